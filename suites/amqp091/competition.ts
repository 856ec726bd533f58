import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { allHandedOut, consumerOn, handedOut, requireOnce, requireShares, type Sharing, sharedQueue, shares } from './handing-out.ts';
import { deliveries, fill, numbered, requireTexts, textOf } from './observations.ts';

/** Consumers `1` to `count` of one queue, each on a channel of its own, spread over as many connections as said. */
async function competing(peer: Peer, count: number, connections: number, prefetchCount = 0): Promise<Sharing> {
  const looking = await peer.channel();
  const queue = await sharedQueue(peer, looking);
  const all = await Promise.all(Array.from({ length: connections }, () => peer.connection()));
  const channels = await Promise.all(numbered(count).map((tag, at) => consumerOn(all[at % connections] ?? looking.connection, queue, tag, { prefetchCount })));
  return { looking, queue, channels };
}

/** What consumers get of so many messages when the queue serves them in turn is the same each time; a server whose consumers race is even only now and then. */
const rounds = 20;

async function requireTurns(peer: Peer, sharing: Sharing, tags: readonly string[], each: number, say: (counts: readonly number[]) => string): Promise<void> {
  const total = tags.length * each;
  for (let round = 0; round < rounds; round += 1) {
    fill(sharing.looking, sharing.queue, numbered(total));
    const got = shares(await allHandedOut(peer, sharing, total));
    const counts = tags.map(tag => got.get(tag)?.length ?? 0);
    peer.require(
      counts.every(count => count === each),
      say(counts),
    );
  }
}

/** Class basic: consumers that share a queue, and a consumer that has many. */
export const competitionChecks = [
  ...([1, 3] as const).map(connections =>
    check(`amqp091/competition/in-turn-on-${connections === 1 ? 'one-connection' : 'several-connections'}`, {
      title: `Three consumers on ${connections === 1 ? 'channels of one connection' : 'three connections'} get as many messages each`,
      duties: ['amqp091/basic.deliver.round-robin:emit'],
      async run(peer: Peer) {
        const sharing = await competing(peer, 3, connections);
        await requireTurns(peer, sharing, numbered(3), 3, counts => `Of nine messages three consumers got ${counts.join(', ')}.`);
      },
    }),
  ),
  check('amqp091/competition/in-turn-on-one-channel', {
    title: 'Two consumers on one channel get as many messages each',
    duties: ['amqp091/basic.deliver.round-robin:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const looking = await channel.connection.channel();
      const queue = await channel.queue();
      const tags = ['one', 'two'];
      for (const consumerTag of tags) await channel.consume(queue, { consumerTag });
      const sharing = { looking, queue, channels: [channel] };
      await requireTurns(peer, sharing, tags, 4, counts => `Of eight messages two consumers got ${counts.join(' and ')}.`);
    },
  }),
  check('amqp091/competition/none-starves', {
    title: 'Of twenty consumers that take one message at a time each gets one of twenty messages',
    duties: ['amqp091/3.1.6.delivers:emit', 'amqp091/basic.qos.prefetch-count:emit'],
    async run(peer: Peer) {
      const sharing = await competing(peer, 20, 2, 1);
      fill(sharing.looking, sharing.queue, numbered(20));
      const came = await allHandedOut(peer, sharing, 20);
      requireOnce(peer, came, numbered(20), 'Messages of all consumers');
      peer.require(shares(came).size === 20, `Only ${shares(came).size} of 20 consumers got a message.`);
    },
  }),
  check('amqp091/competition/each-once', {
    title: 'A hundred messages shared by eight consumers on four connections come once each',
    duties: ['amqp091/3.1.4.one-reader:emit'],
    async run(peer) {
      const sharing = await competing(peer, 8, 4);
      fill(sharing.looking, sharing.queue, numbered(100));
      requireOnce(peer, await allHandedOut(peer, sharing, 100), numbered(100), 'Messages of all consumers');
    },
  }),
  check('amqp091/competition/order', {
    title: 'What each of two competing consumers gets comes in the order of publishing',
    duties: ['amqp091/4.7.order:emit'],
    async run(peer) {
      const sharing = await competing(peer, 2, 2);
      fill(sharing.looking, sharing.queue, numbered(40));
      for (const [tag, came] of shares(await allHandedOut(peer, sharing, 40))) {
        const bodies = came.map(textOf);
        requireTexts(
          peer,
          bodies,
          bodies.toSorted((a, b) => Number(a) - Number(b)),
          `Deliveries to the consumer ${tag}`,
        );
      }
    },
  }),
  check('amqp091/competition/slow-one', {
    title: 'A consumer at its prefetch limit that never acknowledges does not keep one on another connection from the rest',
    duties: ['amqp091/3.1.6.delivers:emit'],
    async run(peer) {
      const looking = await peer.channel();
      const queue = await sharedQueue(peer, looking);
      const slow = await consumerOn(await peer.connection(), queue, 'slow', { prefetchCount: 1 });
      fill(looking, queue, numbered(10));
      requireShares(peer, await handedOut(peer, { looking, queue, channels: [slow] }, { atLeast: 1 }), { slow: ['1'] });
      const fast = await consumerOn(await peer.connection(), queue, 'fast');
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [slow, fast] }, 9), { fast: numbered(10).slice(1) });
    },
  }),
  check('amqp091/competition/one-leaves', {
    title: 'When one of two consumers leaves with its channel, the other gets what it held and all that comes',
    duties: ['amqp091/3.1.6.delivers:emit', 'amqp091/4.5.redelivery:emit'],
    async run(peer) {
      const sharing = await competing(peer, 2, 2);
      const { looking, queue, channels } = sharing;
      fill(looking, queue, numbered(6));
      const before = shares(await allHandedOut(peer, sharing, 6));
      await channels[0]?.close();
      fill(looking, queue, ['7']);
      const held = (before.get('1') ?? []).map(textOf);
      const again = await allHandedOut(peer, { looking, queue, channels: channels.slice(1) }, held.length + 1);
      requireOnce(peer, again, [...held, '7'], 'Deliveries to the consumer that stays');
    },
  }),
  check('amqp091/competition/one-joins', {
    title: 'A consumer that joins takes what one at its limit left waiting, at once',
    duties: ['amqp091/3.1.6.delivers:emit'],
    async run(peer) {
      const sharing = await competing(peer, 1, 1, 1);
      const { looking, queue, channels } = sharing;
      fill(looking, queue, numbered(3));
      await handedOut(peer, sharing, { atLeast: 1 });
      const late = await consumerOn(looking.connection, queue, 'late');
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [...channels, late] }, 2), { late: ['2', '3'] });
    },
  }),
  check('amqp091/competition/after-idle', {
    title: 'A consumer that waited on an empty queue gets the next message without asking again',
    duties: ['amqp091/3.1.6.delivers:emit'],
    async run(peer) {
      const sharing = await competing(peer, 1, 1);
      const { looking, queue } = sharing;
      for (const body of numbered(3)) {
        fill(looking, queue, [body]);
        requireShares(peer, await allHandedOut(peer, sharing, 1), { 1: [body] });
      }
    },
  }),
  check('amqp091/competition/many-queues', {
    title: 'A channel that consumes from ten queues gets the messages of each, in order, under the tag of its consumer',
    duties: ['amqp091/3.1.6.delivers:emit', 'amqp091/basic.consume-ok.tag:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queues = [];
      while (queues.length < 10) queues.push(await channel.queue());
      for (const queue of queues) await channel.consume(queue, { consumerTag: `of ${queue}` });
      for (const body of numbered(4)) for (const queue of queues) fill(channel, queue, [body]);
      const wanted = Object.fromEntries(queues.map(queue => [`of ${queue}`, numbered(4)]));
      requireShares(peer, await deliveries(channel, 40), wanted);
    },
  }),
  check('amqp091/competition/one-queue-idle', {
    title: 'A channel whose consumer of one queue waits for messages still gets those of another queue',
    duties: ['amqp091/3.1.6.delivers:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const [idle, busy] = [await channel.queue(), await channel.queue()];
      await channel.consume(idle, { consumerTag: 'idle' });
      await channel.consume(busy, { consumerTag: 'busy' });
      fill(channel, busy, numbered(20));
      requireShares(peer, await deliveries(channel, 20), { busy: numbered(20) });
    },
  }),
];
