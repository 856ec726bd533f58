import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { allHandedOut, handedOut, limit, requireShares, shares } from '../amqp091/handing-out.ts';
import { fill, numbered } from '../amqp091/observations.ts';

const capabilities = ['per_consumer_qos'] as const;

/** Prefetch of each consumer, as RabbitMQ redefined it and other brokers took it over. */
export const perConsumerPrefetchChecks = [
  check('amqp091/per-consumer-prefetch/each', {
    title: 'A prefetch count without global holds for each consumer of the channel by itself',
    duties: ['amqp091/per-consumer-prefetch.each:emit'],
    capabilities,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const looking = await channel.connection.channel();
      await limit(channel, { prefetchCount: 1 });
      const queue = await channel.queue();
      for (const consumerTag of ['one', 'other']) await channel.consume(queue, { consumerTag });
      fill(looking, queue, numbered(5));
      const got = shares(await handedOut(peer, { looking, queue, channels: [channel] }, { atLeast: 2 }));
      const counts = [...got.values()].map(({ length }) => length);
      peer.require(counts.join() === '1,1', `With a prefetch count of 1 two consumers got ${counts.join(' and ')} messages.`);
    },
  }),
  check('amqp091/per-consumer-prefetch/own-room', {
    title: "An acknowledgement makes room for the consumer that the message was for, not for its channel's others",
    duties: ['amqp091/per-consumer-prefetch.each:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const looking = await channel.connection.channel();
      await limit(channel, { prefetchCount: 1 });
      const [one, other] = [await channel.queue(), await channel.queue()];
      await channel.consume(one, { consumerTag: 'one' });
      await channel.consume(other, { consumerTag: 'other' });
      fill(looking, other, numbered(2));
      requireShares(peer, await handedOut(peer, { looking, queue: other, channels: [channel] }, { atLeast: 1 }), { other: ['1'] });
      fill(looking, one, numbered(2));
      const [first] = await handedOut(peer, { looking, queue: one, channels: [channel] }, { atLeast: 1 });
      channel.send('basic.ack', { deliveryTag: first?.method.args.deliveryTag ?? 0n });
      requireShares(peer, await allHandedOut(peer, { looking, queue: one, channels: [channel] }, 1), { one: ['2'] });
      requireShares(peer, await handedOut(peer, { looking, queue: other, channels: [channel] }), {});
    },
  }),
  check('amqp091/per-consumer-prefetch/new-only', {
    title: 'A prefetch count holds for the consumers made after it, and leaves those that exist as they are',
    duties: ['amqp091/per-consumer-prefetch.new-only:emit'],
    capabilities,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const looking = await channel.connection.channel();
      const queue = await channel.queue();
      await limit(channel, { prefetchCount: 1 });
      await channel.consume(queue, { consumerTag: 'narrow' });
      await limit(channel, { prefetchCount: 3 });
      await channel.consume(queue, { consumerTag: 'wide' });
      fill(looking, queue, numbered(8));
      const got = shares(await handedOut(peer, { looking, queue, channels: [channel] }, { atLeast: 2, hoped: 4 }));
      const [narrow = 0, wide = 0] = ['narrow', 'wide'].map(tag => got.get(tag)?.length);
      peer.require(narrow === 1 && wide >= 1 && wide <= 3, `Consumers with prefetch counts of 1 and 3 got ${narrow} and ${wide} messages.`);
    },
  }),
  check('amqp091/per-consumer-prefetch/shared', {
    title: 'With a count for each consumer and a global one both hold, and no other channel is bound',
    duties: ['amqp091/per-consumer-prefetch.shared:emit'],
    capabilities,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const looking = await channel.connection.channel();
      const queue = await channel.queue();
      await limit(channel, { prefetchCount: 2 });
      await limit(channel, { prefetchCount: 3, global: true });
      for (const consumerTag of ['one', 'other']) await channel.consume(queue, { consumerTag });
      fill(looking, queue, numbered(8));
      const sharing = { looking, queue, channels: [channel] };
      const came = await handedOut(peer, sharing, { atLeast: 1, hoped: 3 });
      const counts = [...shares(came).values()].map(({ length }) => length);
      const within = came.length <= 3 && counts.every(count => count <= 2);
      peer.require(within, `Two consumers with 2 each and 3 together got ${counts.join(' and ')} messages.`);
      const free = await channel.connection.channel();
      await free.consume(queue, { consumerTag: 'free' });
      const rest = numbered(8).slice(came.length);
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [channel, free] }, rest.length), { free: rest });
    },
  }),
];
