import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { encodePairs, fieldTable, method } from '../../harness/wire/amqp091/codec.ts';
import { contentHeaderOf, joined, shortString, tableOf, truncatedPayload, withArgument } from '../../harness/wire/amqp091/craft.ts';
import { ascii, methodFrame, publishFrame } from './frames.ts';

interface Cut {
  readonly slug: string;
  readonly title: string;
  readonly duty: DutyId;
  /** After how many octets to cut. */
  readonly places: readonly number[];
  /** What to send on this channel, cut there. */
  readonly octets: (channel: number, at: number) => Uint8Array;
}

const places = (from: number, to: number, except: readonly number[] = []): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index).filter(at => !except.includes(at));

/** Where a pair of this table ends, a shorter table ends as well. */
const pairs = [encodePairs(fieldTable({ s: 'abc' })), encodePairs(fieldTable({ i: 7 })), encodePairs(fieldTable({ t: { b: true } }))];
const ends = pairs.map((_, index) => joined(...pairs.slice(0, index + 1)).length);
const table = joined(...pairs);

const declare = method('queue.declare', { queue: 'amqpspec', passive: true });
const declareFrame = (channel: number): Uint8Array => methodFrame(channel, 'queue.declare', declare.args);
/** Class and method ids, a reserved short, the name, the bits, an empty table. */
const declarePayload = 4 + 2 + 9 + 1 + 4;

const headerFixed = 14;
const list = joined(shortString(ascii('text/plain')), tableOf(pairs[0] ?? ascii('')));
const flags = [0x8000 | 0x2000];
const withProperties = (channel: number): Uint8Array => contentHeaderOf(channel, { flags, list });

const cuts: readonly Cut[] = [
  {
    slug: 'fields/table-cut-anywhere',
    title: 'A field table that ends within a name or a value, whichever octet is its last',
    duty: 'amqp091/4.2.5.5.value-truncated:enforce',
    places: places(1, table.length, ends),
    octets: (channel, at) => withArgument(channel, declare, 'arguments', tableOf(table.subarray(0, at))),
  },
  {
    slug: 'methods/cut-anywhere',
    title: 'A declare that ends before its arguments do, whichever octet is its last',
    duty: 'amqp091/4.2.4.arguments-truncated:enforce',
    places: places(4, declarePayload),
    octets: (channel, at) => truncatedPayload(declareFrame(channel), at),
  },
  {
    slug: 'content/header-cut-anywhere',
    title: 'A content header that ends before its flags do, whichever octet is its last',
    duty: 'amqp091/4.2.6.1.content-header:enforce',
    places: places(0, headerFixed),
    octets: (channel, at) => joined(publishFrame(channel, 'amqpspec'), truncatedPayload(contentHeaderOf(channel, {}), at)),
  },
  {
    slug: 'content/properties-cut-anywhere',
    title: 'A property list that ends before its values do, whichever octet is its last',
    duty: 'amqp091/4.2.6.1.property-list:enforce',
    places: places(headerFixed, headerFixed + list.length),
    octets: (channel, at) => joined(publishFrame(channel, 'amqpspec'), truncatedPayload(withProperties(channel), at)),
  },
];

/** What is cut off after each of its octets; each try costs a connection. */
export const cutChecks: readonly Check[] = cuts.map(({ slug, title, duty, places: every, octets }) =>
  check(`amqp091/${slug}`, {
    title: `${title}, closes the connection`,
    duties: [duty],
    departs: true,
    worstMs: 3000,
    async run(peer: Peer) {
      for (const at of every) {
        const { connection, number } = await peer.channel();
        peer.note(`cut after ${at} octets`);
        connection.sendBytes(octets(number, at));
        await connection.answersTo(duty);
      }
    },
  }),
);
