import type { BasicProperties, Method } from '../../../spec/amqp091/classes.ts';
import type { FieldValue } from '../../../spec/amqp091/domains.ts';
import type { RuleId } from '../../../spec/catalogue.ts';
import { contentHeader, encodeContent } from '../../../wire/amqp091/content.ts';
import { joined } from '../../../wire/amqp091/craft.ts';
import { encodeMethodFrame, method } from '../../../wire/amqp091/method.ts';
import type { Departure, Departures } from './departure.ts';
import { message } from './legal-steps.ts';
import type { Script } from './script.ts';

const encoder = new TextEncoder();
const longest = 2n ** 64n - 1n;
const tags = [0n, 1n, 2n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n - 1n, 2n ** 63n, longest];
const names = [
  '',
  'a',
  '.',
  'amq.',
  '\u0001',
  'q'.repeat(127),
  'q'.repeat(128),
  'q'.repeat(254),
  'é'.repeat(64),
  '\u{1f407}'.repeat(32),
  'a b',
  "';--",
  '%s%n',
  '../..',
];

/** A method on an open channel whose arguments are out of the ordinary: what the broker makes of them is its own affair. */
const methodRow = (weight: number, make: (script: Script) => Method): Departure => ({
  weight,
  apply: (script, channel, { channel: state, content }, name) => {
    // Elsewhere it would be the place that is wrong.
    const at = state === 'open' && content === 'method' ? name : `${name}, out of place`;
    script.depart(at, encodeMethodFrame(channel, make(script)), { channel });
  },
});

const specials: readonly FieldValue[] = [
  { type: 'double', value: Number.NaN },
  { type: 'double', value: Number.POSITIVE_INFINITY },
  { type: 'double', value: Number.NEGATIVE_INFINITY },
  { type: 'double', value: -0 },
  { type: 'float', value: Number.NaN },
  { type: 'decimal', value: { scale: 255, value: -2_147_483_648 } },
  { type: 'timestamp', value: longest },
  { type: 'long-long-int', value: -(2n ** 63n) },
  { type: 'long-string', value: new Uint8Array(0) },
  { type: 'long-string', value: Uint8Array.of(0, 0xff, 0xce) },
  { type: 'byte-array', value: new Uint8Array(300) },
  { type: 'void', value: null },
  { type: 'array', value: [] },
  { type: 'table', value: [] },
];

const oddProperties: readonly BasicProperties[] = [
  { deliveryMode: 0 },
  { deliveryMode: 255, priority: 255 },
  { expiration: '' },
  { expiration: '-1' },
  { expiration: '1e9' },
  { expiration: '99999999999999999999' },
  { timestamp: longest },
  { userId: 'nobody' },
  { contentType: 'é'.repeat(127), messageId: '\u0000' },
  { replyTo: '', correlationId: 'c'.repeat(255) },
];

/** A message that a broker has to take. */
const messageRow = (weight: number, rule: RuleId, make: (script: Script, channel: number) => Uint8Array): Departure => ({
  weight,
  apply: (script, channel, { channel: state, content }, name) => {
    const open = state === 'open' && content === 'method';
    script.depart(open ? name : `${name}, out of place`, make(script, channel), { channel, ...(open && { rule }) });
  },
});

/** A message of which it is the broker's affair what becomes of it. */
const methodContent = (
  weight: number,
  make: (script: Script) => Method<'basic.publish'>,
  properties: (script: Script) => BasicProperties = () => ({}),
): Departure => ({
  weight,
  apply: (script, channel, { channel: state, content }, name) => {
    const at = state === 'open' && content === 'method' ? name : `${name}, out of place`;
    const body = encoder.encode('x');
    const frames = encodeContent(channel, make(script), contentHeader({ properties: properties(script), bodySize: body.length }), [body], 4096);
    script.depart(at, joined(...frames), { channel });
  },
});

/** It may end the connection with a code of the broker's own choice, so that nothing behind it can be judged. */
const last = (row: Departure): Departure => ({ ...row, last: true });

/** Values at the edge of what is legal, and names and tags of nothing that is there. */
export const valueDepartures: Departures = {
  'unknown delivery tag': methodRow(8, ({ random }) => {
    const args = { deliveryTag: random.pick(tags), multiple: random.oneIn(2), requeue: random.oneIn(2) };
    return random.pick([method('basic.ack', args), method('basic.nack', args), method('basic.reject', args)]);
  }),
  'odd queue name': methodRow(6, ({ random }) => {
    const queue = random.pick(names);
    return random.pick([
      method('queue.declare', { queue, passive: true }),
      method('queue.bind', { queue: `${queue}?`, exchange: 'amq.direct' }),
      method('queue.purge', { queue: `${queue}?` }),
      method('basic.consume', { queue: `${queue}?` }),
      method('basic.get', { queue: `${queue}?` }),
      method('queue.delete', { queue: `${queue}?`, ifUnused: true }),
    ]);
  }),
  'odd exchange name': methodRow(5, ({ random }) => {
    const exchange = random.pick(names);
    return random.pick([
      method('exchange.declare', { exchange, type: 'direct', passive: true }),
      method('exchange.delete', { exchange: `${exchange}?` }),
      method('queue.bind', { exchange: `${exchange}?` }),
      method('exchange.bind', { source: exchange, destination: `${exchange}?` }),
    ]);
  }),
  'exchange type': last(
    methodRow(3, ({ random, setting }) =>
      method('exchange.declare', {
        exchange: `${setting.prefix}type`,
        type: random.pick(['', 'x', 'DIRECT', 'x'.repeat(255), 'amq.direct']),
        autoDelete: true,
      }),
    ),
  ),
  'unknown consumer tag': methodRow(3, ({ random }) => method('basic.cancel', { consumerTag: random.pick(names) })),
  prefetch: last(
    methodRow(3, ({ random }) =>
      method('basic.qos', { prefetchSize: random.pick([1, 0x7fffffff, 0xffffffff]), prefetchCount: random.pick([0, 65_535]), global: random.oneIn(2) }),
    ),
  ),
  'odd arguments': last(
    methodRow(6, ({ random }) =>
      method('queue.declare', {
        exclusive: true,
        autoDelete: true,
        arguments: [
          [random.pick(['x-max-length', 'x-message-ttl', 'x-expires', 'x-max-priority', 'x-queue-type', 'x-dead-letter-exchange', 'a']), random.pick(specials)],
        ],
      }),
    ),
  ),
  'flow off': last(methodRow(2, () => method('channel.flow', { active: false }))),
  immediate: last(methodRow(1, () => method('basic.publish', { immediate: true }))),
  'commit without select': last(methodRow(2, ({ random }) => method(random.pick(['tx.commit', 'tx.rollback'] as const)))),
  recover: last(methodRow(2, ({ random }) => method(random.pick(['basic.recover', 'basic.recover-async'] as const), { requeue: random.oneIn(2) }))),
  'publish to nowhere': methodContent(3, ({ setting }) => method('basic.publish', { exchange: `${setting.prefix}none`, mandatory: true })),
  'odd property': last(
    methodContent(
      4,
      ({ setting }) => method('basic.publish', { routingKey: `${setting.prefix}nowhere` }),
      ({ random }) => random.pick(oddProperties),
    ),
  ),
  'special header value': last(
    messageRow(5, 'amqp091/4.2.5.5.field-types', ({ random, setting }, channel) =>
      message(channel, `${setting.prefix}nowhere`, encoder.encode('x'), { headers: [['v', random.pick(specials)]] }),
    ),
  ),
  'many small frames': messageRow(2, 'amqp091/4.2.6.2.body-frames', ({ random, setting }, channel) =>
    message(channel, `${setting.prefix}nowhere`, new Uint8Array(random.pick([1, 4_000, 9_000]))),
  ),
};
