import { check } from '../../harness/check/check.ts';
import type { Draft, Peer, ProbeChannel, ProbeConnection } from '../../harness/probe/peer.ts';
import type { FieldValue } from '../../harness/spec/amqp091/domains.ts';
import { acknowledge, allHandedOut, consumerOn, handedOut, requireOnce, requireShares, shares } from '../amqp091/handing-out.ts';
import { fill, numbered, queueHolds } from '../amqp091/observations.ts';

const capabilities = ['consumer_priorities'] as const;

const prioritised = (value: FieldValue): Draft<'basic.consume'> => ({ arguments: [['x-priority', value]] });
const priority = (value: number): Draft<'basic.consume'> => prioritised({ type: 'long-int', value });

interface Stage {
  readonly looking: ProbeChannel;
  readonly connection: ProbeConnection;
  readonly queue: string;
}

async function stage(peer: Peer): Promise<Stage> {
  const looking = await peer.channel();
  return { looking, connection: looking.connection, queue: await looking.queue() };
}

/** Consumer priorities, an extension. */
export const consumerPriorityChecks = [
  check('amqp091/consumer-priority/highest', {
    title: 'Of three consumers the one with the highest priority gets all messages, whatever the order they came in',
    duties: ['amqp091/consumer-priority.highest:emit'],
    capabilities,
    async run(peer) {
      const { looking, connection, queue } = await stage(peer);
      const channels: ProbeChannel[] = [];
      for (const [tag, value] of [
        ['low', 1],
        ['high', 10],
        ['middle', 5],
      ] as const)
        channels.push(await consumerOn(connection, queue, tag, priority(value)));
      fill(looking, queue, numbered(6));
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels }, 6), { high: numbered(6) });
    },
  }),
  check('amqp091/consumer-priority/latecomer', {
    title: 'A consumer with a higher priority that comes later gets what the one before it has no room for, and all that is published then',
    duties: ['amqp091/consumer-priority.highest:emit'],
    capabilities,
    async run(peer) {
      const { looking, connection, queue } = await stage(peer);
      fill(looking, queue, numbered(3));
      await queueHolds(peer, looking, queue, 3);
      const low = await consumerOn(connection, queue, 'low', { ...priority(1), prefetchCount: 1 });
      const first = await handedOut(peer, { looking, queue, channels: [low] }, { atLeast: 1 });
      const high = await consumerOn(connection, queue, 'high', priority(2));
      const channels = [low, high];
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels }, 2), { high: ['2', '3'] });
      acknowledge(low, first);
      fill(looking, queue, ['4', '5']);
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels }, 2), { high: ['4', '5'] });
    },
  }),
  check('amqp091/consumer-priority/no-ack', {
    title: 'A consumer with no-ack and the highest priority gets all messages',
    duties: ['amqp091/consumer-priority.highest:emit'],
    capabilities,
    async run(peer) {
      const { looking, connection, queue } = await stage(peer);
      const low = await consumerOn(connection, queue, 'low');
      const high = await consumerOn(connection, queue, 'high', { ...priority(1), noAck: true });
      fill(looking, queue, numbered(5));
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [low, high] }, 5), { high: numbered(5) });
    },
  }),
  check('amqp091/consumer-priority/one-channel', {
    title: 'Priorities hold also between consumers of one channel',
    duties: ['amqp091/consumer-priority.highest:emit'],
    capabilities,
    async run(peer) {
      const { looking, connection, queue } = await stage(peer);
      const channel = await connection.channel();
      await channel.consume(queue, { consumerTag: 'low', ...priority(1) });
      await channel.consume(queue, { consumerTag: 'high', ...priority(2) });
      fill(looking, queue, numbered(4));
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [channel] }, 4), { high: numbered(4) });
    },
  }),
  check('amqp091/consumer-priority/blocked', {
    title: 'What a consumer at its prefetch limit cannot take goes to one of lower priority',
    duties: ['amqp091/consumer-priority.blocked:emit'],
    capabilities,
    async run(peer) {
      const { looking, connection, queue } = await stage(peer);
      const high = await consumerOn(connection, queue, 'high', { ...priority(2), prefetchCount: 1 });
      const low = await consumerOn(connection, queue, 'low', priority(1));
      fill(looking, queue, numbered(4));
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [high, low] }, 4), { high: ['1'], low: ['2', '3', '4'] });
    },
  }),
  check('amqp091/consumer-priority/unblocked', {
    title: 'A consumer with room again takes precedence again',
    duties: ['amqp091/consumer-priority.highest:emit', 'amqp091/consumer-priority.blocked:emit'],
    capabilities,
    async run(peer) {
      const { looking, connection, queue } = await stage(peer);
      const high = await consumerOn(connection, queue, 'high', { ...priority(2), prefetchCount: 1 });
      const low = await consumerOn(connection, queue, 'low', { ...priority(1), prefetchCount: 1 });
      const sharing = { looking, queue, channels: [high, low] };
      fill(looking, queue, numbered(3));
      const first = await handedOut(peer, sharing, { atLeast: 2 });
      requireShares(peer, first, { high: ['1'], low: ['2'] });
      acknowledge(high, shares(first).get('high') ?? []);
      requireShares(peer, await allHandedOut(peer, sharing, 1), { high: ['3'] });
    },
  }),
  check('amqp091/consumer-priority/gone', {
    title: 'When the consumer with the highest priority ends, the next gets what comes and what it leaves behind',
    duties: ['amqp091/consumer-priority.blocked:emit'],
    capabilities,
    async run(peer) {
      const { looking, connection, queue } = await stage(peer);
      const high = await consumerOn(connection, queue, 'high', priority(2));
      const low = await consumerOn(connection, queue, 'low', priority(1));
      fill(looking, queue, ['1']);
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [high, low] }, 1), { high: ['1'] });
      await high.close();
      fill(looking, queue, ['2']);
      requireOnce(peer, await allHandedOut(peer, { looking, queue, channels: [low] }, 2), ['1', '2'], 'Deliveries to the consumer that is left');
    },
  }),
  check('amqp091/consumer-priority/absent-is-zero', {
    title: 'A consumer without a priority comes before one of priority -1 and behind one of priority 1',
    duties: ['amqp091/consumer-priority.default:emit'],
    capabilities,
    async run(peer) {
      const { looking, connection, queue } = await stage(peer);
      const plain = await consumerOn(connection, queue, 'plain');
      const below = await consumerOn(connection, queue, 'below', priority(-1));
      fill(looking, queue, ['1', '2']);
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [plain, below] }, 2), { plain: ['1', '2'] });
      const above = await consumerOn(connection, queue, 'above', priority(1));
      fill(looking, queue, ['3', '4']);
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels: [plain, below, above] }, 2), { above: ['3', '4'] });
    },
  }),
  check('amqp091/consumer-priority/limits', {
    title: 'Priorities may be as low and as high as a 32-bit integer is',
    duties: ['amqp091/consumer-priority.default:emit'],
    capabilities,
    async run(peer) {
      const { looking, connection, queue } = await stage(peer);
      const channels = [
        await consumerOn(connection, queue, 'lowest', priority(-(2 ** 31))),
        await consumerOn(connection, queue, 'highest', priority(2 ** 31 - 1)),
        await consumerOn(connection, queue, 'octet', prioritised({ type: 'short-short-int', value: 127 })),
      ];
      fill(looking, queue, numbered(3));
      requireShares(peer, await allHandedOut(peer, { looking, queue, channels }, 3), { highest: numbered(3) });
    },
  }),
  check('amqp091/consumer-priority/equal', {
    title: 'Consumers of the same high priority get as many messages each, and one of a lower gets none',
    duties: ['amqp091/consumer-priority.equal:emit', 'amqp091/consumer-priority.highest:emit'],
    capabilities,
    async run(peer: Peer) {
      const { looking, connection, queue } = await stage(peer);
      const channels = [
        await consumerOn(connection, queue, 'one', priority(3)),
        await consumerOn(connection, queue, 'low', priority(2)),
        await consumerOn(connection, queue, 'two', priority(3)),
      ];
      fill(looking, queue, numbered(8));
      const got = shares(await allHandedOut(peer, { looking, queue, channels }, 8));
      const [one, low, two] = ['one', 'low', 'two'].map(tag => got.get(tag)?.length ?? 0);
      peer.require(low === 0, `The consumer of lower priority got ${low} messages.`, 'amqp091/consumer-priority.highest:emit');
      peer.require(one === 4 && two === 4, `Of eight messages two equal consumers got ${one} and ${two}.`);
    },
  }),
  ...(
    [
      ['text', { type: 'long-string', value: new TextEncoder().encode('10') }],
      ['boolean', { type: 'boolean', value: true }],
    ] as const
  ).map(([label, value]) =>
    check(`amqp091/consumer-priority/${label}`, {
      title: `A priority given as ${label} is refused`,
      duties: ['amqp091/consumer-priority.integer:enforce'],
      capabilities,
      departs: true,
      async run(peer) {
        const { looking, queue } = await stage(peer);
        looking.send('basic.consume', { queue, ...prioritised(value) });
        await looking.answersTo('amqp091/consumer-priority.integer:enforce');
      },
    }),
  ),
];
