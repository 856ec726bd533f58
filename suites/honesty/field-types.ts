import { type Check, check } from '../../harness/check/check.ts';
import type { Arrival, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { encodeTable, fieldTable } from '../../harness/wire/amqp091/codec.ts';
import { contentHeaderOf, joined, pair } from '../../harness/wire/amqp091/craft.ts';
import { bodyFrame, octets, publishFrame, same, sendFrames } from '../amqp091/frames.ts';
import { deliveries, hold } from '../amqp091/observations.ts';
import { queueWith } from '../extensions/asking.ts';
import { isMethod } from './trials.ts';

/** Flag of the property headers. */
const headersFlag = 0x2000;
const name = 'amqpspec-type';

/** Every type octet that the standard, its grammar or its implementations use, with octets that are a value under each of their readings. */
const specimens: readonly (readonly [tag: string, value: Uint8Array])[] = [
  ['t', octets(1)],
  ['b', octets(0x85)],
  ['B', octets(0x85)],
  ['U', octets(0x80, 1)],
  ['u', octets(0x80, 1)],
  ['s', octets(1, 0x61)],
  ['I', octets(0x80, 0, 0, 1)],
  ['i', octets(0x80, 0, 0, 1)],
  ['L', octets(0x80, 0, 0, 0, 0, 0, 0, 1)],
  ['l', octets(0x80, 0, 0, 0, 0, 0, 0, 1)],
  ['f', octets(0x3f, 0xc0, 0, 0)],
  ['d', octets(0x3f, 0xf8, 0, 0, 0, 0, 0, 0)],
  ['D', octets(2, 0, 0, 1, 0)],
  ['S', octets(0, 0, 0, 1, 0x61)],
  ['A', octets(0, 0, 0, 2, 0x74, 1)],
  ['T', octets(0, 0, 0, 0, 0x60, 0, 0, 0)],
  ['F', encodeTable(fieldTable({ a: true }))],
  ['V', octets()],
  ['x', octets(0, 0, 0, 1, 0x61)],
];

/** What became of a value: the same, or the octets that stand for it now. */
function fate({ header }: Arrival, tag: string, value: Uint8Array): string {
  const { raw } = header;
  const at = Buffer.from(raw).indexOf(name);
  if (at < 0) return 'left out';
  const behind = raw.subarray(at + name.length);
  const back = String.fromCharCode(behind[0] ?? 0);
  if (back === tag) return same(behind.subarray(1, 1 + value.length), value) ? 'the same' : 'changed';
  return `becomes ${back}`;
}

/** Publishes a message with one header of this type; false where the broker does not take it. */
async function publishes(channel: ProbeChannel, routingKey: string, tag: string, value: Uint8Array): Promise<boolean> {
  const entry = pair(name, tag, value);
  const list = joined(octets(0, 0, 0, entry.length), entry);
  const header = contentHeaderOf(channel.number, { bodySize: 1n, flags: [headersFlag], list });
  sendFrames(channel, publishFrame(channel.number, routingKey), header, bodyFrame(channel.number, octets(1)));
  channel.send('basic.qos');
  return isMethod(await channel.connection.next('close'), 'basic.qos-ok');
}

type Way = (peer: Peer, channel: ProbeChannel, publish: (queue: string) => Promise<boolean>) => Promise<Arrival | undefined>;

const ways: Readonly<Record<'get' | 'deliver' | 'dead-letter', Way>> = {
  async get(peer, channel, publish) {
    const queue = await channel.queue();
    return (await publish(queue)) ? hold(peer, channel, queue) : undefined;
  },
  async deliver(_peer, channel, publish) {
    const queue = await channel.queue();
    if (!(await publish(queue))) return undefined;
    await channel.consume(queue, { noAck: true });
    return (await deliveries(channel, 1))[0];
  },
  async 'dead-letter'(peer, channel, publish) {
    const graveyard = await channel.queue();
    const queue = await queueWith(peer, channel, fieldTable({ 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': graveyard }));
    if (!(await publish(queue))) return undefined;
    const { method } = await hold(peer, channel, queue);
    channel.send('basic.reject', { deliveryTag: method.args.deliveryTag, requeue: false });
    return hold(peer, channel, graveyard);
  },
};

const titles = { get: 'a get', deliver: 'a delivery', 'dead-letter': 'dead-lettering' } as const;

/** The field-type matrix: what each type octet of a header becomes on its way through the broker. */
export const fieldTypeChecks: readonly Check[] = (['get', 'deliver', 'dead-letter'] as const).map(way =>
  check(`amqp091/field-types/${way}`, {
    title: `What each type of a header becomes through ${titles[way]}; a long string stays what it is`,
    duties: [way === 'dead-letter' ? 'amqp091/3.1.1.properties-intact:emit' : 'amqp091/4.2.5.5.field-types:emit'],
    departs: true,
    worstMs: 2000,
    async run(peer: Peer) {
      const rows = await Promise.all(
        specimens.map(async ([tag, value]) => {
          const channel = await peer.channel();
          const arrival = await ways[way](peer, channel, queue => publishes(channel, queue, tag, value));
          channel.connection.destroy();
          return [tag, arrival === undefined ? 'refused' : fate(arrival, tag, value)] as const;
        }),
      );
      for (const [tag, became] of rows) peer.tabulate('Field types on their way', tag, way, became);
      const text = rows.find(([tag]) => tag === 'S')?.[1];
      peer.require(text === 'the same', `A header that is a long string is ${text} after ${titles[way]}.`);
    },
  }),
);
