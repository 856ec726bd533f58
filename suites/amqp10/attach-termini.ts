import { type Check, check } from '../../harness/check/check.ts';
import type { Session10, SourceDraft } from '../../harness/probe/amqp10-links.ts';
import type { Frame10 } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { drainedIfPossible } from './optional.ts';
import { fill, receiveAll, scene, sendAll } from './scenes.ts';

/** Attaches by hand, on handle 0. */
function attach(peer: Peer, session: Session10, role: 'sender' | 'receiver', address: string | undefined): void {
  const ours = { name: peer.name('link'), handle: 0, role } as const;
  const remote = address === undefined ? {} : { address };
  if (role === 'receiver')
    session.send('attach', { ...ours, ...(address !== undefined && { source: { type: 'source', ...remote } }), target: { type: 'target' } });
  else
    session.send('attach', {
      ...ours,
      source: { type: 'source' },
      ...(address !== undefined && { target: { type: 'target', ...remote } }),
      initialDeliveryCount: 0,
    });
}

/** The broker's own terminus, as its attach tells it. */
const ownTerminus = ({ performative: { role, source, target } }: Frame10<'attach'>): unknown => (role === 'sender' ? source : target);

/** A node that is not there: an attach without the broker's terminus, and a detach. */
const refused = (role: 'sender' | 'receiver', terminus: string): Check =>
  check(`amqp10/attach/refused/${role}`, {
    title: `A link of a ${role} with a node that is not there is answered with an attach without ${terminus}, and a detach`,
    duties: ['amqp10/2.6.3.refused:emit'],
    departs: true,
    async run(peer: Peer) {
      const address = await peer.absent10();
      const session = await peer.session10();
      attach(peer, session, role, address);
      const answer = await session.expect('attach', { handle: 0 });
      if (ownTerminus(answer) !== undefined) {
        await session.barrier();
        peer.require(!isDetached(session), `The link is refused by an attach with a ${terminus}.`);
        peer.notApplicable('The broker makes the node that a link asks for.');
      }
      await session.expect('detach', { handle: 0 });
    },
  });

const isDetached = ({ connection }: Session10): boolean => connection.taken().some(seen => seen.kind === 'frame' && seen.performative.type === 'detach');

/** A link of which nobody tells the broker's terminus, and that nobody knows. */
const recovered = (role: 'sender' | 'receiver', terminus: string): Check =>
  check(`amqp10/attach/recovered/${role}`, {
    title: `A ${role}'s link that nobody knows, without ${terminus}, is answered without one`,
    duties: ['amqp10/2.6.3.recovered:emit', role === 'receiver' ? 'amqp10/2.7.3.no-source:emit' : 'amqp10/2.7.3.no-target:emit'],
    departs: true,
    async run(peer: Peer) {
      const session = await peer.session10();
      attach(peer, session, role, undefined);
      const answer = await session.expect('attach', { handle: 0 });
      peer.require(ownTerminus(answer) === undefined, `The broker makes up a ${terminus} for a link that nobody knows.`);
    },
  });

const unknownFilter: Extract<SourceDraft, { filter?: unknown }>['filter'] = [
  ['amqpspec:filter', { type: 'described', descriptor: { type: 'symbol', value: 'amqpspec:no-such-filter:string' }, value: { type: 'string', value: 'x' } }],
];

/** What attaches tell of termini and of modes: sections 2.6.3 and 2.7.3. */
export const attachTermini10Checks: readonly Check[] = [
  refused('receiver', 'source'),
  refused('sender', 'target'),
  recovered('receiver', 'source'),
  recovered('sender', 'target'),
  check('amqp10/attach/adjusted', {
    title: 'The attach for a dynamic node tells the address of the node that was made',
    duties: ['amqp10/2.6.3.adjusted:emit'],
    async run(peer: Peer) {
      const session = await peer.session10();
      session.send('attach', {
        name: peer.name('link'),
        handle: 0,
        role: 'receiver',
        source: { type: 'source', dynamic: true },
        target: { type: 'target' },
      });
      const seen = await session.connection.next();
      const { source } = seen.kind === 'frame' && seen.performative.type === 'attach' ? seen.performative : {};
      if (source?.type !== 'source') peer.unsupported('The broker makes no dynamic nodes.');
      peer.require((source.address ?? '') !== '', 'The attach tells no address of the node that was made.');
    },
  }),
  check('amqp10/attach/not-preempted', {
    title: 'A link with a filter that nobody knows is attached, without the filter',
    duties: ['amqp10/2.6.3.not-preempted:emit', 'amqp10/2.6.3.adjusted:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const { attach: told } = await session.receiver({ address, filter: unknownFilter });
      const filters = told.source?.type === 'source' ? (told.source.filter ?? []) : [];
      peer.require(filters.length === 0, 'The attach tells that a filter is in place which nobody knows.', 'amqp10/2.6.3.adjusted:emit');
    },
  }),
  check('amqp10/attach/settle-mode-defaults', {
    title: 'On a link of no mode in particular settled and unsettled deliveries are taken, and the broker settles these without waiting',
    duties: ['amqp10/2.7.3.settle-mode-defaults:emit', 'amqp10/2.8.2.mixed:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const receiver = await session.receiver(address);
      receiver.credit(2);
      const sender = await session.sender(address);
      await sender.deliver('settled', { settled: true });
      const { settled, state } = await sender.outcome(await sender.deliver('unsettled'));
      peer.require(state?.type === 'accepted', 'The unsettled delivery was not accepted.');
      const { rcvSettleMode = 'first' } = sender.attach;
      peer.require(settled === (rcvSettleMode === 'first'), `The broker told that it settles ${rcvSettleMode}, and did otherwise.`);
      await receiveAll(peer, receiver, ['settled', 'unsettled']);
    },
  }),
  ...(['settled', 'unsettled'] as const).map(mode =>
    check(`amqp10/attach/settle-mode-told/${mode}`, {
      title: `Deliveries keep to the mode that the broker's attach tells where ${mode} was asked for`,
      duties: ['amqp10/2.7.3.settle-mode-told:emit'],
      async run(peer: Peer) {
        const found = await scene(peer);
        await fill(peer, found, ['moded']);
        const receiver = await found.session.receiver(found.address, { sndSettleMode: mode });
        const { sndSettleMode: told = 'mixed' } = receiver.attach;
        receiver.credit(1);
        const { settled } = await receiver.receive();
        const is = settled ? 'settled' : 'unsettled';
        peer.require(told === 'mixed' || told === is, `The broker's attach says ${told}, and its delivery is ${is}.`);
      },
    }),
  ),
  check('amqp10/attach/settle-mode-told/second', {
    title: 'The broker settles in the order that its attach tells, where it was asked to settle second',
    duties: ['amqp10/2.7.3.settle-mode-told:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      session.send('attach', {
        name: peer.name('link'),
        handle: 0,
        role: 'sender',
        rcvSettleMode: 'second',
        source: { type: 'source' },
        target: { type: 'target', address },
        initialDeliveryCount: 0,
      });
      const seen = await session.connection.next();
      const told = seen.kind === 'frame' && seen.performative.type === 'attach' && seen.performative.target !== undefined ? seen.performative : undefined;
      if (told === undefined) peer.unsupported('The broker refuses links on which it is to settle second.');
      await session.expect('flow', { handle: 0 });
      session.send('transfer', { handle: 0, deliveryId: 0, deliveryTag: Buffer.from('t'), messageFormat: 0 }, empty);
      const { performative } = await session.expect('disposition');
      const { rcvSettleMode = 'first' } = told;
      peer.require((performative.settled === true) === (rcvSettleMode === 'first'), `The broker told that it settles ${rcvSettleMode}, and did otherwise.`);
    },
  }),
  check('amqp10/attach/initial-delivery-count/told', {
    title: 'The broker tells an initial-delivery-count where it sends',
    duties: ['amqp10/2.7.3.initial-delivery-count:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      for (const initialDeliveryCount of [undefined, 77]) {
        const { attach: told } = await session.receiver(address, { initialDeliveryCount });
        peer.require(told.initialDeliveryCount !== undefined, 'The attach of the broker as a sender has no initial-delivery-count.');
      }
    },
  }),
  check('amqp10/attach/initial-delivery-count/missing', {
    title: 'The attach of a sender without initial-delivery-count is refused',
    duties: ['amqp10/2.7.3.initial-delivery-count:enforce'],
    departs: true,
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      session.send('attach', { name: peer.name('link'), handle: 0, role: 'sender', source: { type: 'source' }, target: { type: 'target', address } });
      await session.answersTo('amqp10/2.7.3.initial-delivery-count:enforce', { handle: 0 });
    },
  }),
  check('amqp10/attach/max-message-size/kept', {
    title: 'No message is sent that is larger than the receiver takes',
    duties: ['amqp10/2.7.3.max-message-size:emit'],
    async run(peer: Peer) {
      const found = await scene(peer);
      await fill(peer, found, ['x'.repeat(2000), 'small']);
      const receiver = await found.session.receiver(found.address, { maxMessageSize: 1000n });
      receiver.credit(2);
      // What the broker does instead, be it an end of link or session, is another matter.
      await drainedIfPossible(receiver);
      await (await found.connection.session()).barrier();
      const large = found.connection.taken().filter(seen => seen.kind === 'frame' && seen.performative.type === 'transfer' && seen.payload.length > 1000);
      peer.require(large.length === 0, 'A message of more than 2,000 octets came, where 1,000 are taken.');
    },
  }),
  check('amqp10/attach/max-message-size/exceeded', {
    title: 'A message above the max-message-size of the broker detaches the link with message-size-exceeded',
    duties: ['amqp10/2.7.3.max-message-size:enforce'],
    departs: true,
    worstMs: 3000,
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const sender = await session.sender(address);
      const { maxMessageSize = 0n } = sender.attach;
      peer.measure('1.0 max-message-size', Number(maxMessageSize), 'octets');
      if (maxMessageSize === 0n || maxMessageSize > sizeMost) peer.notApplicable('The broker takes messages of any size, or of more than 32 MiB.');
      await sender.credited();
      await sender.deliver(new Uint8Array(Number(maxMessageSize) + 1));
      await sender.answersTo('amqp10/2.7.3.max-message-size:enforce');
    },
  }),
  check('amqp10/attach/max-message-size/none', {
    title: 'A max-message-size of zero is no limit',
    duties: ['amqp10/2.7.3.max-message-size-none:emit'],
    async run(peer: Peer) {
      const { session, address } = await scene(peer);
      const receiver = await session.receiver(address, { maxMessageSize: 0n });
      receiver.credit(1);
      await sendAll(peer, await session.sender(address, { maxMessageSize: 0n }), ['unlimited']);
      await receiveAll(peer, receiver, ['unlimited']);
    },
  }),
];

const sizeMost = 32n * 1024n * 1024n;
/** A message whose body is one data section without octets. */
const empty = Uint8Array.of(0x00, 0x53, 0x75, 0xa0, 0x00);
