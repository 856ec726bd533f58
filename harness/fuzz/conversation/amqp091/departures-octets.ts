import { frameOverhead, frameTypes } from '../../../spec/amqp091/constants.ts';
import { contentHeader } from '../../../wire/amqp091/content.ts';
import {
  declaredSize,
  frameOfType,
  nestedTables,
  onChannel,
  trailing,
  truncatedPayload,
  unknownMethod,
  withArgument,
  wrongFrameEnd,
} from '../../../wire/amqp091/craft.ts';
import { encodeMethodFrame, method } from '../../../wire/amqp091/method.ts';
import { encodeRawFrame } from '../../../wire/amqp091/raw-frame.ts';
import type { Random } from '../../random.ts';
import type { ChannelPlace } from './channels.ts';
import type { Departure, Departures } from './departure.ts';
import type { Script } from './script.ts';

const encoder = new TextEncoder();

/** A frame that would be legal there. */
export function frameAt({ random, setting }: Script, channel: number, { channel: state, content }: ChannelPlace): Uint8Array {
  if (state === 'closed') return encodeMethodFrame(channel, method('channel.open'));
  if (content === 'header') return encodeRawFrame(frameTypes.header, channel, contentHeader({ bodySize: 3, properties: { contentType: 'text/plain' } }).raw);
  if (content === 'body') return encodeRawFrame(frameTypes.body, channel, encoder.encode('octet'));
  return encodeMethodFrame(
    channel,
    random.pick([
      method('basic.qos', { prefetchCount: 1 }),
      method('queue.declare', { exclusive: true, autoDelete: true, arguments: [['x-expires', { type: 'long-int', value: 60_000 }]] }),
      method('exchange.declare', { exchange: 'amq.direct', type: 'direct', passive: true }),
      method('basic.publish', { routingKey: `${setting.prefix}nowhere` }),
      method('queue.delete', { queue: `${setting.prefix}missing` }),
      method('channel.close', { replyCode: 200, replyText: 'done' }),
    ]),
  );
}

const changed = (bytes: Uint8Array, at: number, octet: number): Uint8Array => {
  const copy = bytes.slice();
  if (at < copy.length) copy[at] = octet;
  return copy;
};

/** A departure that changes the octets of one frame. */
function frameRow(weight: number, change: (frame: Uint8Array, random: Random, channel: number) => Uint8Array, last = true): Departure {
  return {
    weight,
    ...(last && { last }),
    apply: (script, channel, place, name) => script.depart(name, change(frameAt(script, channel, place), script.random, channel), { channel }),
  };
}

const size = (frame: Uint8Array): number => frame.length - frameOverhead;
const oddOctets = [0, 1, 7, 0x1f, 0x7f, 0x80, 0xff];
const notUtf8 = [0xff, 0xc0, 0x80, 0xed, 0xa0, 0xf4, 0x90];

/** A declaration whose arguments are these octets, size included. */
const withTable = (script: Script, channel: number, name: string, octets: Uint8Array) =>
  script.depart(name, withArgument(channel, method('queue.declare', { exclusive: true, autoDelete: true }), 'arguments', octets), { channel });

const sized = (declared: number, octets: readonly number[]): Uint8Array =>
  Uint8Array.from([declared >>> 24, (declared >>> 16) & 0xff, (declared >>> 8) & 0xff, declared & 0xff, ...octets]);

/** Lengths, counts, identifiers and single octets. */
export const octetDepartures: Departures = {
  'size one more': frameRow(3, frame => declaredSize(frame, size(frame) + 1)),
  'size one less': frameRow(3, frame => declaredSize(frame, Math.max(0, size(frame) - 1))),
  'size zero': frameRow(2, frame => declaredSize(frame, 0)),
  'size huge': frameRow(3, (frame, random) => declaredSize(frame, random.pick([0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff, 131_065, 131_072, 65_536]))),
  'frame end': frameRow(3, (frame, random) => wrongFrameEnd(frame, random.pick(oddOctets))),
  'frame type': frameRow(3, (frame, random) => changed(frame, 0, random.pick([0, 4, 5, 7, 9, 0x41, 0x80, 255]))),
  'payload cut': frameRow(4, (frame, random) => truncatedPayload(frame, random.below(size(frame)))),
  'payload longer': frameRow(4, (frame, random) => trailing(frame, new Uint8Array(random.pick([1, 2, 7, 256])))),
  'bit flip': frameRow(6, (frame, random) => {
    const at = random.below(frame.length);
    return changed(frame, at, (frame[at] as number) ^ (1 << random.below(8)));
  }),
  'odd octet': frameRow(4, (frame, random) => changed(frame, random.below(frame.length), random.pick(oddOctets))),
  'frame twice': frameRow(3, frame => Uint8Array.from([...frame, ...frame])),
  'class unknown': frameRow(2, (_, random, channel) =>
    unknownMethod(channel, random.pick([0, 1, 11, 55, 0x7fff, 0xf000, 0xffff]), random.pick([0, 10, 0xffff])),
  ),
  'method unknown': frameRow(2, (_, random, channel) => unknownMethod(channel, random.pick([10, 20, 40, 50, 60, 85, 90]), random.pick([0, 5, 99, 0xffff]))),
  'on channel zero': frameRow(2, frame => onChannel(frame, 0)),
  'on another channel': frameRow(3, (frame, random) => onChannel(frame, random.pick([77, 2048, 0x7fff, 0xffff]))),
  'frame without payload': frameRow(2, (_, random, channel) => frameOfType(random.pick([1, 2, 3, 8]), channel)),
  'table size': {
    weight: 4,
    last: true,
    apply: (script, channel, _, name) => withTable(script, channel, name, sized(script.random.pick([1, 2, 0x7fffffff, 0x80000000, 0xffffffff]), [])),
  },
  'field tag': {
    weight: 4,
    last: true,
    apply: (script, channel, _, name) => withTable(script, channel, name, sized(3, [1, 0x6b, script.random.pick([0, 0x20, 0x5a, 0x7f, 0xff])])),
  },
  'field name': {
    weight: 2,
    last: true,
    apply: (script, channel, _, name) =>
      withTable(script, channel, name, script.random.pick([sized(3, [1, 0x31, 0x56]), sized(2, [0, 0x56]), sized(4, [2, 0xc3, 0xa9, 0x56])])),
  },
  'field cut': {
    weight: 3,
    last: true,
    apply: (script, channel, _, name) =>
      withTable(
        script,
        channel,
        name,
        sized(7, [
          1,
          0x6b,
          script.random.pick([0x53, 0x41, 0x46, 0x78]),
          ...script.random.pick([
            [0, 0, 0, 9],
            [255, 255, 255, 255],
            [127, 255, 255, 255],
          ]),
        ]),
      ),
  },
  'deep table': {
    weight: 2,
    last: true,
    apply: (script, channel, _, name) => withTable(script, channel, name, nestedTables(script.random.pick([64, 300, 2_000, 12_000]))),
  },
  'string not UTF-8': {
    weight: 2,
    last: true,
    apply: (script, channel, _, name) =>
      script.depart(name, withArgument(channel, method('queue.declare', { passive: true }), 'queue', Uint8Array.from([2, 0x71, script.random.pick(notUtf8)])), {
        channel,
      }),
  },
  'string with zero': {
    weight: 2,
    last: true,
    apply: (script, channel, _, name) =>
      script.depart(name, withArgument(channel, method('queue.declare', { passive: true }), 'queue', Uint8Array.from([3, 0x71, 0, 0x71])), { channel }),
  },
};
