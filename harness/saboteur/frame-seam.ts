import type { Stream, Transport } from '../endpoint/transport.ts';
import { protocolVersion } from '../spec/amqp10/constants.ts';
import { encodeFrame as encodeFrame10, type Frame as Frame10 } from '../wire/amqp10/codec.ts';
import { encodeFrame as encodeFrame091, type Frame as Frame091 } from '../wire/amqp091/codec.ts';
import { protocolHeader091 } from '../wire/protocol-header.ts';
import { ConversationRecord } from './conversation.ts';
import { ConversationRecord10 } from './conversation10.ts';
import { Cutter10 } from './cutter10.ts';
import { Cutter091 } from './cutter091.ts';
import type { Conversation, FrameSeam } from './fault.ts';
import type { Conversation10, FrameSeam10 } from './fault10.ts';
import type { Direction } from './passing.ts';
import { type ProtocolOfSeam, type SabotageOptions, Tap } from './tap.ts';

const speaks091 = (header: Uint8Array): boolean => header.every((octet, at) => octet === protocolHeader091[at]);
/** Of any layer: what stands where the version does decides. */
const speaks10 = (header: Uint8Array): boolean => protocolVersion.every((octet, at) => octet === header[5 + at]) && (header[4] ?? 1) !== 1;

const protocol091: ProtocolOfSeam<Frame091, Conversation> = {
  cutter: direction => new Cutter091(direction),
  record: (connection, random, now) => new ConversationRecord(connection, random, now),
  encode: encodeFrame091,
  isForeign: speaks10,
};

const protocol10: ProtocolOfSeam<Frame10, Conversation10> = {
  cutter: direction => new Cutter10(direction),
  record: (connection, random, now) => new ConversationRecord10(connection, random, now),
  encode: encodeFrame10,
  isForeign: speaks091,
};

function tapped(stream: Stream, seam: FrameSeam | FrameSeam10, inbound: Direction, options: SabotageOptions): Stream {
  if (seam.kind === 'frames') return new Tap(stream, { protocol: protocol091, seam }, inbound, options);
  return new Tap(stream, { protocol: protocol10, seam }, inbound, options);
}

/** The stream as a server sees it, with the fault between it and the client. Octets that the fault lets pass go on as they came, as do all of another protocol. */
export function sabotageStream(stream: Stream, seam: FrameSeam | FrameSeam10, options: SabotageOptions = {}): Stream {
  return tapped(stream, seam, 'to-server', options);
}

/** The transport as a client sees it, with the fault between it and the server; connections are numbered in the order they are dialled. */
export function sabotageTransport(transport: Transport, seam: FrameSeam | FrameSeam10, options: SabotageOptions = {}): Transport {
  let dialled = 0;
  return {
    async dial() {
      dialled += 1;
      const connection = dialled;
      return tapped(await transport.dial(), seam, 'to-client', { ...options, connection });
    },
  };
}
