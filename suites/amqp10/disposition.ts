import { type Check, check } from '../../harness/check/check.ts';
import type { Delivery10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DeliveryState } from '../../harness/wire/amqp10/codec.ts';
import { compositeAs, frameOf } from '../../harness/wire/amqp10/craft.ts';
import { type Both, both, expectLeft, sendAll } from './deliveries.ts';

const accepted: DeliveryState = { type: 'accepted' };

interface Received extends Both {
  readonly deliveries: readonly Delivery10[];
  readonly ids: readonly number[];
}

/** Messages of these texts in a queue of the check's own, and their deliveries, unsettled. */
async function received(peer: Peer, ...texts: readonly string[]): Promise<Received> {
  const links = await both(peer, { receiver: { sndSettleMode: 'unsettled' } });
  await sendAll(peer, links.sender, ...texts);
  const deliveries: Delivery10[] = [];
  for (const _ of texts) deliveries.push(await links.receiver.receive());
  return { ...links, deliveries, ids: deliveries.map(({ deliveryId }) => deliveryId) };
}

/** Leaves in order, and looks what is left in the queue. */
async function leaves(peer: Peer, { receiver, session, address }: Both, ...left: readonly string[]): Promise<void> {
  await receiver.barrier();
  await receiver.detach();
  await session.connection.close();
  await expectLeft(peer, address, ...left);
}

/** Ranges of the ids of three deliveries, and the messages whose deliveries are not in them. */
const ranges: readonly {
  readonly slug: string;
  readonly title: string;
  readonly of: (ids: readonly number[]) => { first: number; last?: number };
  readonly left: readonly string[];
}[] = [
  {
    slug: 'all',
    title: 'from the first to the last of three deliveries settles them all',
    of: ([one = 0, , three = 0]) => ({ first: one, last: three }),
    left: [],
  },
  { slug: 'two', title: 'of two of three deliveries settles those alone', of: ([one = 0, two = 0]) => ({ first: one, last: two }), left: ['three'] },
  { slug: 'first-alone', title: 'without a last settles the first delivery alone', of: ([one = 0]) => ({ first: one }), left: ['two', 'three'] },
  {
    slug: 'same',
    title: 'whose first and last are the same settles that delivery alone',
    of: ([, two = 0]) => ({ first: two, last: two }),
    left: ['one', 'three'],
  },
];

const ranged: readonly Check[] = ranges.map(({ slug, title, of, left }) =>
  check(`amqp10/disposition/range/${slug}`, {
    title: `A disposition ${title}`,
    duties: ['amqp10/2.7.6.range:emit'],
    async run(peer: Peer) {
      const got = await received(peer, 'one', 'two', 'three');
      got.session.send('disposition', { role: 'receiver', ...of(got.ids), settled: true, state: accepted });
      await leaves(peer, got, ...left);
    },
  }),
);

const octetOrder = ['role', 'first'] as const;

const lacking: readonly Check[] = octetOrder.map(field =>
  check(`amqp10/disposition/mandatory/${field}`, {
    title: `A disposition without ${field} is refused`,
    duties: ['amqp10/2.7.6.mandatory:enforce'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      const fields = { role: 'receiver', first: 0, settled: true } as const;
      const left = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== field)) as typeof fields;
      session.connection.sendBytes(frameOf(compositeAs('disposition', left), { channel: session.channel }));
      await session.answersTo('amqp10/2.7.6.mandatory:enforce');
    },
  }),
);

/** Dispositions: section 2.7.6. */
export const disposition10Checks: readonly Check[] = [
  ...lacking,
  check('amqp10/disposition/fields', {
    title: 'The dispositions of the broker have the role of a receiver and the first delivery that they are about',
    duties: ['amqp10/2.7.6.mandatory:emit'],
    async run(peer: Peer) {
      const { session, sender } = await both(peer);
      for (const text of ['one', 'two']) {
        const deliveryId = await sender.deliver(text);
        const { performative } = await session.expect('disposition');
        const { role, first, last = first } = performative;
        peer.require(role === 'receiver', 'The disposition of a receiver has the role of a sender.');
        peer.require(first <= deliveryId && deliveryId <= last, `The disposition is about ${first} to ${last}, where delivery ${deliveryId} was sent.`);
      }
    },
  }),
  ...ranged,
  check('amqp10/disposition/range/two-links', {
    title: 'A disposition goes for the deliveries of all links of its session',
    duties: ['amqp10/2.7.6.range:emit'],
    async run(peer: Peer) {
      const got = await received(peer, 'one');
      const { address } = await peer.node10();
      const [sender, receiver] = [await got.session.sender(address), await got.session.receiver(address)];
      receiver.credit(1);
      await sendAll(peer, sender, 'other');
      const { deliveryId } = await receiver.receive();
      got.session.send('disposition', { role: 'receiver', first: got.ids[0] ?? 0, last: deliveryId, settled: true, state: accepted });
      await leaves(peer, got);
      await expectLeft(peer, address);
    },
  }),
  check('amqp10/disposition/range/settled-within', {
    title: 'A range with a delivery in it that is settled already goes for the others',
    duties: ['amqp10/2.7.6.range:emit'],
    async run(peer: Peer) {
      const got = await received(peer, 'one', 'two', 'three');
      got.deliveries[1]?.accept();
      await got.receiver.barrier();
      got.session.send('disposition', { role: 'receiver', first: got.ids[0] ?? 0, last: got.ids[2] ?? 0, settled: true, state: accepted });
      await leaves(peer, got);
    },
  }),
  check('amqp10/disposition/batchable', {
    title: 'A disposition that is batchable holds all the same',
    duties: ['amqp10/2.7.5.batchable:emit'],
    async run(peer: Peer) {
      const got = await received(peer, 'one');
      got.session.send('disposition', { role: 'receiver', first: got.ids[0] ?? 0, settled: true, state: accepted, batchable: true });
      await leaves(peer, got);
    },
  }),
  check('amqp10/disposition/direction', {
    title: 'A disposition of the role of a sender does not settle what the broker has sent',
    duties: ['amqp10/2.7.6.direction:emit'],
    async run(peer: Peer) {
      const got = await received(peer, 'one');
      got.session.send('disposition', { role: 'sender', first: got.ids[0] ?? 0, settled: true, state: accepted });
      await got.session.answersTo('amqp10/2.7.6.unknown-delivery:permit');
      got.session.connection.destroy();
      await expectLeft(peer, got.address, 'one');
    },
  }),
  check('amqp10/disposition/unknown-delivery', {
    title: 'A disposition of a delivery that nobody knows settles nothing',
    duties: ['amqp10/2.7.6.range:emit', 'amqp10/2.7.6.unknown-delivery:permit'],
    departs: true,
    async run(peer: Peer) {
      const got = await received(peer, 'one');
      got.session.send('disposition', { role: 'receiver', first: (got.ids[0] ?? 0) + 1000, last: (got.ids[0] ?? 0) + 1001, settled: true, state: accepted });
      await got.session.answersTo('amqp10/2.7.6.unknown-delivery:permit');
      got.session.connection.destroy();
      await expectLeft(peer, got.address, 'one');
    },
  }),
  check('amqp10/disposition/first-beyond-last', {
    title: 'A disposition whose last comes before its first settles neither',
    duties: ['amqp10/2.7.6.range:emit', 'amqp10/2.7.6.unknown-delivery:permit'],
    departs: true,
    async run(peer: Peer) {
      const got = await received(peer, 'one', 'two', 'three');
      got.session.send('disposition', { role: 'receiver', first: got.ids[1] ?? 0, last: got.ids[0] ?? 0, settled: true, state: accepted });
      await got.session.answersTo('amqp10/2.7.6.unknown-delivery:permit');
      got.session.connection.destroy();
      await expectLeft(peer, got.address, 'one', 'two', 'three');
    },
  }),
  check('amqp10/disposition/settled-twice', {
    title: 'A delivery that is settled stays so, whatever else is said of it',
    duties: ['amqp10/2.6.12.terminal-state:emit', 'amqp10/2.7.6.unknown-delivery:permit'],
    async run(peer: Peer) {
      const got = await received(peer, 'one', 'two');
      const [one] = got.deliveries;
      one?.accept();
      await got.receiver.barrier();
      one?.release();
      await got.session.answersTo('amqp10/2.7.6.unknown-delivery:permit');
      got.session.connection.destroy();
      await expectLeft(peer, got.address, 'two');
    },
  }),
  check('amqp10/disposition/settled-default', {
    title: 'A disposition that does not say settled leaves the delivery unsettled',
    duties: ['amqp10/2.7.6.settled-default:emit'],
    async run(peer: Peer) {
      const got = await received(peer, 'one');
      got.session.send('disposition', {
        role: 'receiver',
        first: got.ids[0] ?? 0,
        state: { type: 'received', sectionNumber: 0, sectionOffset: 0n },
      });
      await got.receiver.barrier(['transfer']);
      got.deliveries[0]?.accept();
      await leaves(peer, got);
    },
  }),
  check('amqp10/disposition/no-state', {
    title: 'A disposition without a state that does not settle changes nothing',
    duties: ['amqp10/2.7.6.settled-default:emit'],
    async run(peer: Peer) {
      const got = await received(peer, 'one');
      got.session.send('disposition', { role: 'receiver', first: got.ids[0] ?? 0 });
      await got.receiver.barrier(['transfer']);
      got.deliveries[0]?.accept();
      await leaves(peer, got);
    },
  }),
  check('amqp10/disposition/detached-link', {
    title: 'A disposition goes for a delivery of a link that is detached and not closed',
    duties: ['amqp10/2.7.6.detached-link:emit'],
    async run(peer: Peer) {
      const got = await received(peer, 'one');
      const { performative } = await got.receiver.detach({ closed: false });
      if (performative.closed === true) peer.notApplicable('The broker closes the link that is detached.');
      got.deliveries[0]?.accept();
      await got.session.barrier();
      await got.session.connection.close();
      await expectLeft(peer, got.address);
    },
  }),
];
