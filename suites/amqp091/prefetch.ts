import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { acknowledge, allHandedOut, consumerOn, limit, requireAhead, requireShares, type Sharing, sharedQueue } from './handing-out.ts';
import { fill, hold, numbered } from './observations.ts';

interface Consuming extends Sharing {
  readonly channel: ProbeChannel;
}

/** Class basic, method qos: whom a limit binds. */
export const prefetchScopeChecks = [
  check('amqp091/qos/scope/channel', {
    title: 'A prefetch count without global holds for the consumers of a channel together',
    duties: ['amqp091/basic.qos.channel:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const looking = await channel.connection.channel();
      await limit(channel, { prefetchCount: 2 });
      const queue = await channel.queue();
      for (const consumerTag of ['one', 'other']) await channel.consume(queue, { consumerTag });
      fill(looking, queue, numbered(6));
      await requireAhead(peer, { looking, queue, channels: [channel] }, 2, 1);
    },
  }),
  check('amqp091/qos/scope/channel-of-two-queues', {
    title: 'A prefetch count without global holds for the consumers of a channel together, also on different queues',
    duties: ['amqp091/basic.qos.channel:emit'],
    async run(peer) {
      const channel = await peer.channel();
      await limit(channel, { prefetchCount: 1 });
      const looking = await channel.connection.channel();
      const [one, other] = [await channel.queue(), await channel.queue()];
      await channel.consume(one);
      fill(looking, one, ['1']);
      const first = await allHandedOut(peer, { looking, queue: one, channels: [channel] }, 1);
      await channel.consume(other);
      fill(looking, other, ['2']);
      await requireAhead(peer, { looking, queue: other, channels: [channel] }, 0);
      acknowledge(channel, first);
      await allHandedOut(peer, { looking, queue: other, channels: [channel] }, 1);
    },
  }),
  check('amqp091/qos/scope/other-channel', {
    title: 'A prefetch count without global does not bind another channel of the connection',
    duties: ['amqp091/basic.qos.channel:emit'],
    async run(peer) {
      const looking = await peer.channel();
      const { connection } = looking;
      const queue = await looking.queue();
      const bound = await consumerOn(connection, queue, 'bound', { prefetchCount: 1 });
      fill(looking, queue, numbered(4));
      await requireAhead(peer, { looking, queue, channels: [bound] }, 1, 1);
      const free = await consumerOn(connection, queue, 'free');
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [bound, free] }, 3), { free: ['2', '3', '4'] });
    },
  }),
  check('amqp091/qos/scope/connection', {
    title: 'A global prefetch count holds for all channels of the connection together',
    duties: ['amqp091/basic.qos.connection:emit'],
    async run(peer) {
      const looking = await peer.channel();
      const { connection } = looking;
      await limit(looking, { prefetchCount: 2, global: true });
      const queue = await looking.queue();
      const channels = [await consumerOn(connection, queue, 'one'), await consumerOn(connection, queue, 'other')];
      fill(looking, queue, numbered(6));
      await requireAhead(peer, { looking, queue, channels }, 2, 1);
    },
  }),
  check('amqp091/qos/scope/both', {
    title: 'A channel with a limit of its own keeps to it below the limit of its connection, and both hold',
    duties: ['amqp091/basic.qos.connection:emit', 'amqp091/basic.qos.channel:emit'],
    async run(peer) {
      const looking = await peer.channel();
      const { connection } = looking;
      await limit(looking, { prefetchCount: 3, global: true });
      const queue = await looking.queue();
      const narrow = await consumerOn(connection, queue, 'narrow', { prefetchCount: 1 });
      fill(looking, queue, numbered(6));
      await requireAhead(peer, { looking, queue, channels: [narrow] }, 1, 1);
      const wide = await consumerOn(connection, queue, 'wide');
      await requireAhead(peer, { looking, queue, channels: [narrow, wide] }, 2);
    },
  }),
  check('amqp091/qos/scope/other-connection', {
    title: 'A global prefetch count does not bind another connection of the same user',
    duties: ['amqp091/basic.qos.connection:emit'],
    async run(peer: Peer) {
      const looking = await peer.channel();
      const queue = await sharedQueue(peer, looking);
      const bound = await looking.connection.channel();
      await limit(bound, { prefetchCount: 1, global: true });
      await bound.consume(queue);
      const free = await consumerOn(await peer.connection(), queue, 'free');
      fill(looking, queue, numbered(6));
      const came = await allHandedOut(peer, { looking, queue, channels: [bound, free] }, 6);
      const others = came.filter(({ method }) => method.args.consumerTag !== 'free').length;
      peer.require(others <= 1, `${others} messages were sent ahead of acknowledgement where 1 is allowed.`);
    },
  }),
];

/** A queue of its own with a consumer that has this prefetch count. */
async function withCount(peer: Peer, prefetchCount: number): Promise<Consuming> {
  const looking = await peer.channel();
  const queue = await looking.queue();
  const channel = await consumerOn(looking.connection, queue, 'one', { prefetchCount });
  return { looking, queue, channel, channels: [channel] };
}

/** Class basic, method qos: what makes room. */
export const prefetchRoomChecks = [
  check('amqp091/qos/prefetch/ack-multiple', {
    title: 'An ack of many messages at once makes room for as many',
    duties: ['amqp091/basic.qos.filled:emit', 'amqp091/basic.qos.prefetch-count:emit'],
    async run(peer) {
      const sharing = await withCount(peer, 3);
      const { channel, looking, queue } = sharing;
      fill(looking, queue, numbered(10));
      const [, , third] = await requireAhead(peer, sharing, 3, 3);
      channel.send('basic.ack', { deliveryTag: third?.method.args.deliveryTag ?? 0n, multiple: true });
      await requireAhead(peer, sharing, 3, 3);
      channel.send('basic.ack', { deliveryTag: 0n, multiple: true });
      await requireAhead(peer, sharing, 3, 3);
    },
  }),
  check('amqp091/qos/prefetch/reject', {
    title: 'A message rejected for good makes room for the next',
    duties: ['amqp091/3.1.6.delivers:emit', 'amqp091/basic.qos.prefetch-count:emit'],
    async run(peer) {
      const sharing = await withCount(peer, 1);
      const { channel, looking, queue } = sharing;
      fill(looking, queue, numbered(3));
      const [first] = await requireAhead(peer, sharing, 1, 1);
      channel.send('basic.reject', { deliveryTag: first?.method.args.deliveryTag ?? 0n, requeue: false });
      await requireAhead(peer, sharing, 1, 1);
    },
  }),
  check('amqp091/qos/prefetch/highest', {
    title: 'The highest prefetch count that the field can hold lets many messages through',
    duties: ['amqp091/basic.qos.filled:emit'],
    async run(peer) {
      const sharing = await withCount(peer, 0xffff);
      fill(sharing.looking, sharing.queue, numbered(50));
      await allHandedOut(peer, sharing, 50);
    },
  }),
  check('amqp091/qos/get', {
    title: 'A channel at its prefetch limit still gets messages with basic.get',
    duties: ['amqp091/basic.qos.get:emit'],
    async run(peer: Peer) {
      const sharing = await withCount(peer, 1);
      const { channel, looking, queue } = sharing;
      fill(looking, queue, numbered(2));
      await requireAhead(peer, sharing, 1, 1);
      const { body } = await hold(peer, channel, queue);
      peer.require(body.length > 0, 'The message got is empty.');
    },
  }),
];
