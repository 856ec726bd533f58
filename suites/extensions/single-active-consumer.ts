import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { FieldTable } from '../../harness/spec/amqp091/domains.ts';
import { acknowledge, allHandedOut, consumerOn, handedOut, requireOnce, requireShares, type Sharing, shares } from '../amqp091/handing-out.ts';
import { fill, numbered, queueView, textOf } from '../amqp091/observations.ts';
import { queueWith } from './asking.ts';

const singleActive: FieldTable = [['x-single-active-consumer', { type: 'boolean', value: true }]];

/** A queue with single active consumer that other connections may use, and a channel to look on from. */
async function singleActiveQueue(peer: Peer): Promise<{ readonly looking: ProbeChannel; readonly queue: string }> {
  const looking = await peer.channel();
  return { looking, queue: await queueWith(peer, looking, singleActive, { durable: true, exclusive: false }) };
}

interface Three extends Sharing {
  readonly active: ProbeChannel;
  readonly others: readonly [ProbeChannel, ProbeChannel];
}

/** Three consumers, each on a connection of its own, the first of which is the active one and holds the messages 1 to 3. */
async function threeConsumers(peer: Peer): Promise<Three> {
  const { looking, queue } = await singleActiveQueue(peer);
  const active = await consumerOn(await peer.connection(), queue, 'first');
  const others = [await consumerOn(await peer.connection(), queue, 'second'), await consumerOn(await peer.connection(), queue, 'third')] as const;
  const channels = [active, ...others];
  fill(looking, queue, numbered(3));
  requireShares(peer, await allHandedOut(peer, { looking, queue, channels }, 3), { first: numbered(3) });
  return { looking, queue, channels, active, others };
}

/** The active consumer is gone and its messages are back: one other consumer gets them, and all that is published then. */
async function requireTakeover(peer: Peer, { looking, queue, others }: Three): Promise<void> {
  const sharing = { looking, queue, channels: others };
  const again = await allHandedOut(peer, sharing, 3);
  const heir = again[0]?.method.args.consumerTag ?? 'nobody';
  requireOnce(peer, again, numbered(3), 'Messages that came again');
  peer.require(shares(again).size === 1, 'Two consumers got messages at the same time.');
  const inOrder = again.map(textOf).join() === numbered(3).join();
  peer.require(inOrder, 'The messages came again in another order.', 'amqp091/queue.requeue-position:emit');
  fill(looking, queue, ['4', '5']);
  requireShares(peer, await allHandedOut(peer, sharing, 2), { [heir]: ['4', '5'] });
}

/** Single active consumer, an extension. */
export const singleActiveConsumerChecks = [
  check('amqp091/single-active-consumer/first', {
    title: 'Of the consumers of a queue with single active consumer the first gets all messages',
    duties: ['amqp091/single-active-consumer.one:emit'],
    run: async peer => void (await threeConsumers(peer)),
  }),
  check('amqp091/single-active-consumer/one-channel', {
    title: 'Also of two consumers on one channel only the first gets messages',
    duties: ['amqp091/single-active-consumer.one:emit'],
    async run(peer) {
      const looking = await peer.channel();
      const queue = await queueWith(peer, looking, singleActive);
      const channel = await looking.connection.channel();
      for (const consumerTag of ['first', 'second']) await channel.consume(queue, { consumerTag });
      fill(looking, queue, numbered(4));
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [channel] }, 4), { first: numbered(4) });
    },
  }),
  check('amqp091/single-active-consumer/busy', {
    title: 'While the active consumer is at its prefetch limit the messages wait for it, and nobody else gets them',
    duties: ['amqp091/single-active-consumer.one:emit'],
    async run(peer) {
      const { looking, queue } = await singleActiveQueue(peer);
      const { connection } = looking;
      const channels = [await consumerOn(connection, queue, 'first', { prefetchCount: 1 }), await consumerOn(connection, queue, 'second')] as const;
      const sharing = { looking, queue, channels };
      fill(looking, queue, numbered(3));
      const came = await handedOut(peer, sharing, { atLeast: 1 });
      requireShares(peer, came, { first: ['1'] });
      acknowledge(channels[0], came);
      requireShares(peer, await handedOut(peer, sharing, { atLeast: 1 }), { first: ['2'] });
    },
  }),
  check('amqp091/single-active-consumer/idle-leaves', {
    title: 'When a consumer that waits for its turn is cancelled, the active one stays active',
    duties: ['amqp091/single-active-consumer.one:emit'],
    async run(peer) {
      const three = await threeConsumers(peer);
      const { looking, queue, active } = three;
      const [second, third] = three.others;
      await second.call('basic.cancel', { consumerTag: 'second' }, 'basic.cancel-ok');
      await third.connection.close();
      fill(looking, queue, ['4']);
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [active, second] }, 1), { first: ['4'] });
    },
  }),
  check('amqp091/single-active-consumer/cancelled', {
    title: 'When the active consumer is cancelled, another gets what comes; what was delivered stays with the first',
    duties: ['amqp091/single-active-consumer.takeover:emit'],
    async run(peer: Peer) {
      const { looking, queue, channels, active } = await threeConsumers(peer);
      await active.call('basic.cancel', { consumerTag: 'first' }, 'basic.cancel-ok');
      fill(looking, queue, ['4', '5']);
      const came = await allHandedOut(peer, { looking, queue, channels }, 2);
      const heir = came[0]?.method.args.consumerTag ?? 'nobody';
      peer.require(heir !== 'first', 'The cancelled consumer is still the active one.');
      requireShares(peer, came, { [heir]: ['4', '5'] });
    },
  }),
  check('amqp091/single-active-consumer/waiting', {
    title: 'When the active consumer is cancelled, another gets the messages that wait in the queue',
    duties: ['amqp091/single-active-consumer.takeover:emit'],
    async run(peer) {
      const { looking, queue } = await singleActiveQueue(peer);
      const { connection } = looking;
      const [first, second] = [await consumerOn(connection, queue, 'first', { prefetchCount: 1 }), await consumerOn(connection, queue, 'second')];
      const sharing = { looking, queue, channels: [first, second] };
      fill(looking, queue, numbered(3));
      await handedOut(peer, sharing, { atLeast: 1 });
      await first.call('basic.cancel', { consumerTag: 'first' }, 'basic.cancel-ok');
      requireShares(peer, await allHandedOut(peer, sharing, 2), { second: ['2', '3'] });
    },
  }),
  check('amqp091/single-active-consumer/channel-closed', {
    title: 'When the channel of the active consumer closes, another gets its messages in order, and all that come',
    duties: ['amqp091/single-active-consumer.takeover:emit', 'amqp091/queue.requeue-position:emit'],
    async run(peer) {
      const three = await threeConsumers(peer);
      await three.active.close();
      await requireTakeover(peer, three);
    },
  }),
  check('amqp091/single-active-consumer/connection-closed', {
    title: 'When the connection of the active consumer closes, another gets its messages in order, and all that come',
    duties: ['amqp091/single-active-consumer.takeover:emit', 'amqp091/queue.requeue-position:emit'],
    async run(peer) {
      const three = await threeConsumers(peer);
      await three.active.connection.close();
      await requireTakeover(peer, three);
    },
  }),
  check('amqp091/single-active-consumer/connection-lost', {
    title: 'When the connection of the active consumer is lost, another gets its messages in order, and all that come',
    duties: ['amqp091/single-active-consumer.takeover:emit', 'amqp091/queue.requeue-position:emit'],
    async run(peer) {
      const three = await threeConsumers(peer);
      three.active.connection.destroy();
      await requireTakeover(peer, three);
    },
  }),
  check('amqp091/single-active-consumer/channel-failed', {
    title: 'When an error closes the channel of the active consumer, another gets its messages in order, and all that come',
    duties: ['amqp091/single-active-consumer.takeover:emit', 'amqp091/queue.requeue-position:emit'],
    departs: true,
    async run(peer) {
      const three = await threeConsumers(peer);
      three.active.send('queue.declare', { queue: peer.name(), passive: true });
      await three.active.answersTo('amqp091/queue.declare.passive-missing:enforce');
      await requireTakeover(peer, three);
    },
  }),
  check('amqp091/single-active-consumer/last-leaves', {
    title: 'When all consumers are gone, the next that comes is the active one',
    duties: ['amqp091/single-active-consumer.takeover:emit'],
    async run(peer) {
      const looking = await peer.channel();
      const queue = await queueWith(peer, looking, singleActive);
      const first = await consumerOn(looking.connection, queue, 'first');
      await first.call('basic.cancel', { consumerTag: 'first' }, 'basic.cancel-ok');
      const second = await consumerOn(looking.connection, queue, 'second');
      fill(looking, queue, ['1']);
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [first, second] }, 1), { second: ['1'] });
    },
  }),
  check('amqp091/single-active-consumer/exclusive', {
    title: 'An exclusive consumer is refused on a queue with single active consumer',
    duties: ['amqp091/single-active-consumer.exclusive:enforce'],
    departs: true,
    async run(peer) {
      const looking = await peer.channel();
      const queue = await queueWith(peer, looking, singleActive);
      looking.send('basic.consume', { queue, exclusive: true });
      await looking.answersTo('amqp091/single-active-consumer.exclusive:enforce');
    },
  }),
  check('amqp091/single-active-consumer/number', {
    title: 'x-single-active-consumer given as a number is refused, and no queue comes of it',
    duties: ['amqp091/single-active-consumer.boolean:enforce'],
    departs: true,
    async run(peer: Peer) {
      const looking = await peer.channel();
      await queueWith(peer, looking, singleActive);
      const queue = peer.name();
      looking.send('queue.declare', { queue, exclusive: true, arguments: [['x-single-active-consumer', { type: 'long-int', value: 1 }]] });
      await looking.answersTo('amqp091/single-active-consumer.boolean:enforce');
      const view = await queueView(peer, looking.connection, queue);
      peer.require(view.kind === 'refused' && view.code === 404, 'The queue that was refused exists.');
    },
  }),
];
