import { check } from '../../harness/check/check.ts';
import type { Delivery10, Receiver10 } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { numbered, queueHolds, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { type Crossing, crossing, receiverOf, to10 } from './crossing.ts';

const outcome = 'amqp10/conversion.outcome-on-091:emit';
const settled = 'amqp10/conversion.settled-by-091:emit';

/** A receiver of 1.0 that holds the one message there is, which came from 0-9-1. */
async function heldBy10(peer: Peer, body = 'held'): Promise<Crossing & { readonly receiver: Receiver10; readonly delivery: Delivery10 }> {
  const x = await crossing(peer);
  const receiver = await receiverOf(x, 1);
  return { ...x, receiver, delivery: await to10(x, receiver, {}, body) };
}

/** The only message of a queue, by 0-9-1; with whether it came for the first time. */
async function found(peer: Peer, { channel, queue }: Crossing, body = 'held'): Promise<boolean> {
  const all = await takeAll(peer, channel, queue, 1);
  requireTexts(peer, all.map(textOf), [body], 'Messages that 0-9-1 finds');
  return all[0]?.method.args.redelivered === true;
}

/** How a receiver of 1.0 gives a message back. */
const givesBack: Readonly<Record<string, { readonly title: string; readonly how: (held: Awaited<ReturnType<typeof heldBy10>>) => Promise<void> }>> = {
  released: {
    title: 'releases',
    how: async ({ delivery, receiver }) => {
      delivery.release();
      await receiver.detach();
    },
  },
  modified: {
    title: 'modifies',
    how: async ({ delivery, receiver }) => {
      delivery.modify({});
      await receiver.detach();
    },
  },
  'delivery-failed': {
    title: 'modifies as failed',
    how: async ({ delivery, receiver }) => {
      delivery.modify({ deliveryFailed: true });
      await receiver.detach();
    },
  },
  detached: { title: 'has not settled when it detaches', how: async ({ receiver }) => void (await receiver.detach()) },
  ended: { title: 'has not settled when its session ends', how: ({ session }) => session.end() },
  closed: { title: 'has not settled when its connection closes', how: ({ session }) => session.connection.close() },
  cut: { title: 'has not settled when its connection breaks', how: async ({ session }) => session.connection.destroy() },
};

/** What one protocol does with the messages of the other: what both standards imply together. */
export const crossOutcomeChecks = [
  check('amqp10/cross/outcome/accepted', {
    title: 'A message of 0-9-1 that a receiver of 1.0 accepts is retired from the queue',
    duties: [outcome],
    crosses: true,
    async run(peer: Peer) {
      const { delivery, receiver, ...x } = await heldBy10(peer);
      delivery.accept();
      await receiver.detach();
      await queueHolds(peer, x.channel, x.queue, 0);
      const left = await x.channel.get(x.queue, { noAck: true });
      peer.require(left === null, 'A message that 1.0 accepted came again by 0-9-1.');
    },
  }),
  ...Object.entries(givesBack).map(([slug, { title, how }]) =>
    check(`amqp10/cross/outcome/${slug}`, {
      title: `A message of 0-9-1 that a receiver of 1.0 ${title} is there for 0-9-1, as redelivered`,
      duties: [outcome, settled],
      crosses: true,
      async run(peer: Peer) {
        const held = await heldBy10(peer);
        await how(held);
        const redelivered = await found(peer, held);
        peer.require(redelivered, 'A message that a receiver of 1.0 had before came by 0-9-1 as one that nobody had.', settled);
      },
    }),
  ),
  check('amqp10/cross/outcome/order', {
    title: 'Messages of 0-9-1 that a receiver of 1.0 held come back to their old places',
    duties: [outcome],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const receiver = await receiverOf(x, 3);
      for (const body of numbered(5)) x.channel.publish({ routingKey: x.queue, body });
      for (const _ of numbered(3)) await receiver.receive();
      await receiver.detach();
      requireTexts(peer, (await takeAll(peer, x.channel, x.queue, 5)).map(textOf), numbered(5), 'Messages as they came');
    },
  }),
  check('amqp10/cross/outcome/rejected', {
    title: 'A message of 0-9-1 that a receiver of 1.0 rejects does not come again',
    duties: [outcome],
    crosses: true,
    async run(peer: Peer) {
      const { delivery, receiver, ...x } = await heldBy10(peer);
      delivery.reject({ type: 'error', condition: 'amqp:decode-error' });
      await receiver.detach();
      await queueHolds(peer, x.channel, x.queue, 0);
    },
  }),
  check('amqp10/cross/outcome/dead-letter', {
    title: 'A message of 0-9-1 that a receiver of 1.0 rejects goes where the queue lets its dead letters go',
    duties: [outcome],
    crosses: true,
    async run(peer: Peer) {
      const grave = await crossing(peer);
      const x = await crossing(peer, fieldTable({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': grave.queue }));
      const receiver = await receiverOf(x, 1);
      (await to10(x, receiver, {}, 'letter')).reject({ type: 'error', condition: 'amqp:decode-error' });
      requireTexts(peer, (await takeAll(peer, grave.channel, grave.queue, 1)).map(textOf), ['letter'], 'Dead letters');
    },
  }),
  check('amqp10/cross/outcome/range', {
    title: 'One disposition for several messages of 0-9-1 goes for each of them',
    duties: [outcome],
    crosses: true,
    async run(peer: Peer) {
      const x = await crossing(peer);
      const receiver = await receiverOf(x, 3);
      for (const body of numbered(4)) x.channel.publish({ routingKey: x.queue, body });
      const [first, , last] = [await receiver.receive(), await receiver.receive(), await receiver.receive()];
      x.session.send('disposition', { role: 'receiver', first: first.deliveryId, last: last.deliveryId, settled: true, state: { type: 'accepted' } });
      await receiver.detach();
      requireTexts(peer, (await takeAll(peer, x.channel, x.queue, 1)).map(textOf), ['4'], 'Messages that are left');
    },
  }),
];
