import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { FieldTable } from '../../harness/spec/amqp091/domains.ts';
import { encodeTable, fieldTable, fieldValue } from '../../harness/wire/amqp091/codec.ts';
import { same } from './frames.ts';
import { relayed, requireRelayed } from './relay.ts';

/** Fails unless every field of this table comes back from the headers of a message under its name; a server may add some. */
async function requireTableRelayed(peer: Peer, channel: ProbeChannel, table: FieldTable): Promise<void> {
  const { properties } = await relayed(peer, channel, { properties: { headers: table } });
  const back = properties.headers ?? [];
  for (const [name, value] of table) {
    const came = fieldValue(back, name);
    const intact = came !== undefined && same(encodeTable([['', came]]), encodeTable([['', value]]));
    peer.require(intact, `Field ${name.length > 20 ? `${name.slice(0, 20)}… of ${name.length} characters` : name} did not come back as it was.`);
  }
}

/** Field tables at the limits of their names, sizes and values. */
export const fieldLimitChecks = [
  check('amqp091/fields/many-entries', {
    title: 'A table of a thousand fields is taken and passed on with every one',
    duties: ['amqp091/4.2.5.5.field-types:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const { frameMax } = channel.connection.limits;
      if (frameMax !== 0 && frameMax < 20_000) peer.notApplicable(`A content header of 15000 octets does not fit into the frame-max of ${frameMax}.`);
      const many = fieldTable(Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`field${at}`, at])));
      await requireTableRelayed(peer, channel, many);
    },
  }),
  check('amqp091/fields/longest-name', {
    title: 'A field name of 128 characters is taken and passed on whole',
    duties: ['amqp091/4.2.5.5.field-name:emit'],
    run: async (peer: Peer) => requireTableRelayed(peer, await peer.channel(), fieldTable({ ['n'.repeat(128)]: 'value' })),
  }),
  check('amqp091/fields/every-letter-of-names', {
    title: 'Field names with letters, digits, underlines, $ and # are taken and passed on as they are',
    duties: ['amqp091/4.2.5.5.field-name:emit'],
    run: async (peer: Peer) => requireTableRelayed(peer, await peer.channel(), fieldTable({ $a1: 1, '#b_2': 2, Az$: 3, zZ9: 4 })),
  }),
  check('amqp091/fields/type-double-special', {
    title: 'A double that is infinite, minus zero or not a number is taken and passed on unchanged',
    duties: ['amqp091/4.2.5.5.field-types:emit'],
    departs: true,
    async run(peer: Peer) {
      for (const value of [-0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]) {
        await requireRelayed(peer, await peer.channel(), { type: 'double', value });
      }
    },
  }),
  check('amqp091/fields/type-decimal-limits', {
    title: 'A decimal at the limits of its value is taken and passed on with its scale and value',
    duties: ['amqp091/4.2.5.5.decimal:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      for (const value of [2147483647, -2147483648, -1]) await requireRelayed(peer, channel, { type: 'decimal', value: { scale: 255, value } });
    },
  }),
];
