import { check } from '../../harness/check/check.ts';
import { optionalExchange } from '../amqp091/optional.ts';
import { marker } from '../amqp091/routing-observations.ts';
import { flow, outlet, outlets, pour, requireReached } from './exchange-wiring.ts';

const capabilities = ['exchange_exchange_bindings'];

/** Rings of this many exchanges: each bound to the next, the last to the first. */
const rings: readonly (readonly [slug: string, size: number, title: string])[] = [
  ['two', 2, 'Two exchanges bound to each other: each queue gets a message once'],
  ['three', 3, 'A ring of three exchanges: a message comes to each queue once, wherever it enters'],
  ['twenty', 20, 'A ring of twenty exchanges: a message goes round once and no more'],
];

const ringChecks = rings.map(([slug, size, title]) =>
  check(`amqp091/exchange-binding/loop/${slug}`, {
    title,
    duties: ['amqp091/exchange.bind.cyclical:emit', 'amqp091/exchange.bind.unique:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const ring = await outlets(channel, size);
      for (const [at, { exchange }] of ring.entries()) await flow(channel, exchange, (ring[at + 1] ?? ring[0]).exchange);
      const bodies = ring.slice(0, 3).map((_, at) => `entered at ${at}`);
      for (const [at, body] of bodies.entries()) channel.publish({ exchange: ring[at]?.exchange ?? '', body });
      pour(channel, ring[0].exchange);
      for (const each of new Set([ring[0], ring[1], ...ring.slice(-1)])) await requireReached(peer, channel, each, bodies, 'Messages in a queue of the ring');
    },
  }),
);

/** Bindings between exchanges that form loops and double ways: each message is passed on once. */
export const exchangeLoopChecks = [
  ...ringChecks,
  check('amqp091/exchange-binding/loop/self', {
    title: 'An exchange can be bound to itself, and still passes each message on once',
    duties: ['amqp091/exchange.bind.cyclical:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const only = await outlet(channel);
      await flow(channel, only.exchange, only.exchange);
      pour(channel, only.exchange, '1', '2');
      await requireReached(peer, channel, only, ['1', '2'], 'Messages in the queue');
    },
  }),
  check('amqp091/exchange-binding/unique/diamond', {
    title: 'Two ways from one exchange to another: the queue at the end gets a message once',
    duties: ['amqp091/exchange.bind.unique:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, left, right, end] = [
        await channel.exchange('fanout'),
        await channel.exchange('fanout'),
        await channel.exchange('fanout'),
        await outlet(channel),
      ];
      for (const middle of [left, right]) {
        await flow(channel, source, middle);
        await flow(channel, middle, end.exchange);
      }
      pour(channel, source, '1', '2');
      await requireReached(peer, channel, end, ['1', '2'], 'Messages in the queue');
    },
  }),
  check('amqp091/exchange-binding/unique/many-matches', {
    title: 'Several bindings between two exchanges that all match pass a message on once',
    duties: ['amqp091/exchange.bind.unique:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const [source, end] = [await optionalExchange(peer, channel, 'topic'), await outlet(channel)];
      for (const pattern of ['#', 'a.*', 'a.b', '*.b']) await flow(channel, source, end.exchange, pattern);
      for (const body of ['1', '2', marker]) channel.publish({ exchange: source, routingKey: 'a.b', body });
      await requireReached(peer, channel, end, ['1', '2'], 'Messages in the queue');
    },
  }),
  check('amqp091/exchange-binding/unique/queue', {
    title: 'A queue that is bound to a source and to ten of its destinations gets a message once',
    duties: ['amqp091/exchange.bind.unique:emit', 'amqp091/queue.bind.unique:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const source = await outlet(channel);
      for (let count = 1; count <= 10; count += 1) {
        const middle = await channel.exchange('fanout');
        await flow(channel, source.exchange, middle);
        await channel.bind(source.queue, middle);
      }
      pour(channel, source.exchange, '1', '2');
      await requireReached(peer, channel, source, ['1', '2'], 'Messages in the queue');
    },
  }),
];
