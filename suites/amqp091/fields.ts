import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { FieldValue } from '../../harness/spec/amqp091/domains.ts';
import { fieldTable } from '../../harness/wire/amqp091/codec.ts';
import { pattern } from './frames.ts';
import { hold } from './observations.ts';
import { relayed, requireRelayed } from './relay.ts';

/** Values at the limits of their types; only tags that every reading of the standard takes for the same type. */
const values: readonly (readonly [slug: string, ...FieldValue[]])[] = [
  ['boolean', { type: 'boolean', value: true }, { type: 'boolean', value: false }],
  ['short-short-int', { type: 'short-short-int', value: -128 }, { type: 'short-short-int', value: 127 }],
  ['short-short-uint', { type: 'short-short-uint', value: 255 }],
  ['short-uint', { type: 'short-uint', value: 65535 }],
  ['long-int', { type: 'long-int', value: -2147483648 }, { type: 'long-int', value: 2147483647 }],
  ['long-uint', { type: 'long-uint', value: 4294967295 }],
  ['float', { type: 'float', value: 1.5 }, { type: 'float', value: -0.25 }],
  ['double', { type: 'double', value: Math.PI }, { type: 'double', value: -1e300 }],
  ['long-string', { type: 'long-string', value: pattern(300) }, { type: 'long-string', value: new Uint8Array() }],
  ['timestamp', { type: 'timestamp', value: 0n }, { type: 'timestamp', value: 2n ** 33n }],
  ['void', { type: 'void', value: null }],
];

const array: FieldValue = {
  type: 'array',
  value: [
    { type: 'long-int', value: 1 },
    { type: 'boolean', value: true },
    { type: 'long-string', value: pattern(3) },
  ],
};

const table: FieldValue = { type: 'table', value: fieldTable({ one: 1, two: 'two' }) };

/** A table in a table, so many times over. */
function nested(depth: number): FieldValue {
  let value: FieldValue = array;
  for (let at = 0; at < depth; at++) value = at % 2 === 0 ? { type: 'table', value: [['in', value]] } : { type: 'array', value: [value] };
  return value;
}

/** Sections 4.2.5 and 4.9: data fields that a server takes and gives on. */
export const fieldChecks: readonly Check[] = [
  ...values.map(([slug, ...each]) =>
    check(`amqp091/fields/type-${slug}`, {
      title: `A header of type ${slug} is taken and passed on unchanged`,
      duties: ['amqp091/4.2.5.5.field-types:emit'],
      async run(peer: Peer) {
        const channel = await peer.channel();
        for (const value of each) await requireRelayed(peer, channel, value);
      },
    }),
  ),
  check('amqp091/fields/type-table', {
    title: 'A header that is a table is taken and passed on unchanged',
    duties: ['amqp091/4.2.5.5.field-types:emit', 'amqp091/4.2.5.5.nesting:emit'],
    run: async (peer: Peer) => requireRelayed(peer, await peer.channel(), table),
  }),
  check('amqp091/fields/type-array', {
    title: 'A header that is an array of mixed types is taken and passed on unchanged',
    duties: ['amqp091/4.2.5.5.array:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      await requireRelayed(peer, channel, array);
      await requireRelayed(peer, channel, { type: 'array', value: [] });
    },
  }),
  check('amqp091/fields/type-decimal', {
    title: 'A decimal header is taken and passed on with its scale and value',
    duties: ['amqp091/4.2.5.5.decimal:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      await requireRelayed(peer, channel, { type: 'decimal', value: { scale: 2, value: 12345 } });
      await requireRelayed(peer, channel, { type: 'decimal', value: { scale: 255, value: 0 } });
    },
  }),
  check('amqp091/fields/nested', {
    title: 'Tables and arrays within each other are taken and passed on unchanged',
    duties: ['amqp091/4.2.5.5.nesting:emit'],
    run: async (peer: Peer) => requireRelayed(peer, await peer.channel(), nested(10)),
  }),
  check('amqp091/fields/large-table', {
    title: 'A header of more than 65535 octets is taken and passed on unchanged',
    duties: ['amqp091/4.9.table-size:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const { frameMax } = channel.connection.limits;
      if (frameMax !== 0 && frameMax < 80_000) peer.notApplicable(`A content header of 70000 octets does not fit into the frame-max of ${frameMax}.`);
      await requireRelayed(peer, channel, { type: 'long-string', value: pattern(70_000) });
    },
  }),
  check('amqp091/fields/long-string', {
    title: 'A long string holds zeros and octets that are no UTF-8',
    duties: ['amqp091/4.2.5.3.long-string:emit'],
    run: async (peer: Peer) => requireRelayed(peer, await peer.channel(), { type: 'long-string', value: Uint8Array.of(0, 0xff, 0xc0, 0, 0x80) }),
  }),
  check('amqp091/fields/long-short-string', {
    title: 'A routing key of 255 octets is taken and given back whole',
    duties: ['amqp091/4.2.5.3.short-string-length:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const exchange = await channel.exchange('fanout');
      await channel.bind(queue, exchange);
      const routingKey = 'k'.repeat(255);
      channel.publish({ exchange, routingKey });
      const message = await hold(peer, channel, queue);
      peer.require(message.method.args.routingKey === routingKey, 'The routing key of 255 octets did not come back whole.');
    },
  }),
  check('amqp091/fields/timestamp-property', {
    title: 'A timestamp beyond 32 bits is taken and passed on unchanged',
    duties: ['amqp091/4.2.5.4.timestamp:emit'],
    async run(peer: Peer) {
      const timestamp = 2n ** 33n + 1n;
      const { properties } = await relayed(peer, await peer.channel(), { properties: { timestamp } });
      peer.require(properties.timestamp === timestamp, `The timestamp came back as ${properties.timestamp}.`);
    },
  }),
  check('amqp091/fields/byte-order', {
    title: 'Counts, sizes and codes are sent in network byte order',
    duties: ['amqp091/4.2.5.1.integers:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const message = await relayed(peer, channel, { body: pattern(3) });
      peer.require(message.header.bodySize === 3n, `A body of three octets is announced with a size of ${message.header.bodySize}.`);
      const queue = await channel.queue();
      channel.publish({ routingKey: queue });
      await peer.eventually('a queue with one message counts one', async () => {
        const { args } = await channel.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
        return args.messageCount === 1;
      });
      channel.send('queue.declare', { queue: peer.name(), passive: true });
      const { args } = await channel.expect('channel.close');
      peer.require(args.replyCode === 404, `A missing queue is answered with ${args.replyCode}.`);
    },
  }),
  check('amqp091/fields/bits-from-client', {
    title: 'Each bit of a method is read from its own place',
    duties: ['amqp091/4.2.5.2.bits:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const [queue, quiet] = [peer.name(), peer.name()];
      channel.send('queue.declare', { queue: quiet, exclusive: true, noWait: true });
      await channel.barrier(['queue.declare-ok']);
      await channel.call('queue.declare', { queue: quiet, passive: true }, 'queue.declare-ok');
      channel.send('queue.declare', { queue, passive: true });
      const { args } = await channel.expect('channel.close');
      peer.require(args.replyCode === 404, `A passive declare of a missing queue is answered with ${args.replyCode}.`);
    },
  }),
  check('amqp091/fields/bits-from-server', {
    title: 'A bit of the server stands in the low place of its octet',
    duties: ['amqp091/4.2.5.2.bits:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const { args } = await channel.call('channel.flow', { active: true }, 'channel.flow-ok');
      peer.require(args.active, 'Flow-ok says inactive where active was asked for.');
    },
  }),
  check('amqp091/fields/reply-text', {
    title: 'A reply text is UTF-8 without zero octets',
    duties: ['amqp091/4.2.5.3.short-string-utf8:emit', 'amqp091/4.2.5.3.short-string-zero:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      channel.send('queue.declare', { queue: peer.name(), passive: true });
      const { replyText } = (await channel.expect('channel.close')).args;
      peer.require(!replyText.includes('\0'), 'The reply text holds a zero octet.', 'amqp091/4.2.5.3.short-string-zero:emit');
      peer.require(!/[\udc80-\udcff]/.test(replyText), 'The reply text is not UTF-8.', 'amqp091/4.2.5.3.short-string-utf8:emit');
    },
  }),
];
