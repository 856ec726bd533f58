import { type Check, check } from '../../harness/check/check.ts';
import { describeSeen } from '../../harness/probe/expectation.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { encodePairs, encodeTable, type FieldTable, fieldTable, method } from '../../harness/wire/amqp091/codec.ts';
import { joined, pair, shortString, tableOf, withArgument } from '../../harness/wire/amqp091/craft.ts';
import { ascii, octets } from './frames.ts';

/** Four octets, high one first. */
const long = (value: number): Uint8Array => octets(value >>> 24, value >>> 16, value >>> 8, value);

const good = encodePairs(fieldTable({ good: 'value' }));

interface Malformed {
  readonly slug: string;
  readonly title: string;
  readonly duty: DutyId;
  /** The table with its size. */
  readonly table: Uint8Array;
}

const unknownType: DutyId = 'amqp091/4.2.5.5.field-type-unknown:enforce';
const truncated: DutyId = 'amqp091/4.2.5.5.table-truncated:enforce';
const overrun: DutyId = 'amqp091/4.2.5.5.value-truncated:enforce';
const arrayOverrun: DutyId = 'amqp091/4.2.5.5.array-truncated:enforce';
const fieldName: DutyId = 'amqp091/4.2.5.5.field-name:enforce';

const malformed: readonly Malformed[] = [
  { slug: 'unknown-type', title: 'A value of unknown type', duty: unknownType, table: tableOf(joined(good, pair('odd', 'Z', long(0)))) },
  { slug: 'unknown-type-zero', title: 'A value whose type is a zero octet', duty: unknownType, table: tableOf(pair('odd', 0, long(0))) },
  {
    slug: 'unknown-type-nested',
    title: 'A value of unknown type in a nested table',
    duty: unknownType,
    table: tableOf(pair('in', 'F', tableOf(pair('odd', '?', octets(1))))),
  },
  { slug: 'table-beyond-frame', title: 'A table whose size reaches beyond its frame', duty: truncated, table: tableOf(good, good.length + 1) },
  { slug: 'table-of-4-gib', title: 'A table that claims to be four gigabytes', duty: truncated, table: tableOf(good, 0xffffffff) },
  { slug: 'table-without-size', title: 'A table that ends within its size', duty: truncated, table: octets(0, 0) },
  {
    slug: 'string-beyond-table',
    title: 'A string that reaches beyond its table',
    duty: overrun,
    table: tableOf(pair('long', 'S', joined(long(100), ascii('short')))),
  },
  { slug: 'integer-beyond-table', title: 'An integer that reaches beyond its table', duty: overrun, table: tableOf(pair('int', 'I', octets(1, 2))) },
  { slug: 'name-beyond-table', title: 'A name that reaches beyond its table', duty: overrun, table: tableOf(joined(good, shortString(ascii('name'), 200))) },
  { slug: 'value-missing', title: 'A name without a value', duty: overrun, table: tableOf(joined(good, shortString(ascii('alone')))) },
  {
    slug: 'inner-table-beyond-outer',
    title: 'A nested table that reaches beyond the outer one',
    duty: overrun,
    table: tableOf(pair('in', 'F', tableOf(good, good.length + 50))),
  },
  {
    slug: 'array-beyond-table',
    title: 'An array that reaches beyond its table',
    duty: arrayOverrun,
    table: tableOf(pair('list', 'A', joined(long(100), ascii('I'), long(1)))),
  },
  {
    slug: 'value-beyond-array',
    title: 'A value that reaches beyond its array',
    duty: arrayOverrun,
    table: tableOf(joined(pair('list', 'A', joined(long(3), ascii('I'), octets(0, 1))), good)),
  },
  { slug: 'name-begins-with-digit', title: 'A field name that begins with a digit', duty: fieldName, table: encodeTable(fieldTable({ '1st': 'value' })) },
  { slug: 'name-too-long', title: 'A field name of 129 characters', duty: fieldName, table: encodeTable(fieldTable({ ['n'.repeat(129)]: 'value' })) },
];

/** Binds a queue with arguments as they are, and does not wait for the answer. */
async function bindWith(channel: ProbeChannel, table: Uint8Array, routingKey = 'amqpspec'): Promise<void> {
  const bind = method('queue.bind', { queue: await channel.queue(), exchange: 'amq.direct', routingKey });
  channel.connection.sendBytes(withArgument(channel.number, bind, 'arguments', table));
}

/** Values that only one reading of their type octet can decode, followed by another field. */
const ambiguous: readonly (readonly [reading: string, tag: string, value: Uint8Array])[] = [
  ['short-int', 's', octets(0, 0xff)],
  ['short-string', 's', shortString(ascii('abc'))],
  ['short-int', 'U', octets(0, 1)],
  ['long-long-int', 'L', joined(long(0), long(1))],
  ['long-long-int', 'l', joined(long(0), long(1))],
  ['byte-array', 'x', joined(long(2), octets(1, 2))],
];

const twice: FieldTable = [...fieldTable({ twin: 1 }), ...fieldTable({ twin: 2 })];

/** Sections 4.2.5.3 and 4.2.5.5: fields that cannot be decoded or hold what they must not. */
export const malformedFieldChecks: readonly Check[] = [
  ...malformed.map(({ slug, title, duty, table }) =>
    check(`amqp091/fields/${slug}`, {
      title: `${title} closes the connection`,
      duties: [duty],
      departs: true,
      async run(peer: Peer) {
        const channel = await peer.channel();
        await bindWith(channel, table);
        await channel.connection.answersTo(duty);
      },
    }),
  ),
  check('amqp091/fields/zero-in-short-string', {
    title: 'A routing key that holds a zero octet closes the connection',
    duties: ['amqp091/4.2.5.3.short-string-zero:enforce'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      await bindWith(channel, tableOf(octets()), 'a\0b');
      await channel.connection.answersTo('amqp091/4.2.5.3.short-string-zero:enforce');
    },
  }),
  check('amqp091/fields/no-utf8-in-short-string', {
    title: 'What becomes of a routing key that is not UTF-8',
    duties: ['amqp091/4.2.5.3.short-string-utf8:permit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      await bindWith(channel, tableOf(octets()), 'a\udcffb');
      const seen = await channel.connection.next();
      peer.measure('routing key that is not UTF-8', describeSeen(seen));
    },
  }),
  check('amqp091/fields/duplicate-names', {
    title: 'What becomes of a table that holds a name twice',
    duties: ['amqp091/4.2.5.5.duplicate-fields:permit'],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      await bindWith(channel, encodeTable(twice));
      const seen = await channel.connection.next();
      peer.measure('field table with a duplicate name', describeSeen(seen));
    },
  }),
  check('amqp091/fields/tag-dialect', {
    title: 'How the server reads the type octets that the standard and its implementations take differently',
    duties: ['amqp091/4.2.5.5.tag-dialect:permit'],
    departs: true,
    async run(peer: Peer) {
      for (const [reading, tag, value] of ambiguous) {
        const channel = await peer.channel();
        await bindWith(channel, tableOf(joined(pair('odd', tag, value), pair('last', 't', octets(1)))));
        const seen = await channel.connection.next();
        peer.measure(`type ${tag} as ${reading}`, seen.kind === 'method' && seen.method.name === 'queue.bind-ok' ? 'taken' : 'refused');
      }
    },
  }),
];
