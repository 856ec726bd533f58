import { dataOffsetMin, frameHead, frameTypes, protocolIds, protocolVersion } from '../../spec/amqp10/constants.ts';
import { readLong, readShort } from '../amqp091/cursor.ts';
import type { Decoded, Violation } from '../decoded.ts';
import { viewOf } from './octets.ts';
import { type WireRule, wireRules } from './wire-rules.ts';

/** A frame as the stream holds it: cut out, its head checked, its body not looked at. */
export class CutFrame {
  readonly type: number;
  /** The last two octets of the head: a channel where the type is that of AMQP frames. */
  readonly channel: number;
  /** Of the frame's first octet in the stream. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** The frame is `bytes[start, end)`, its body `bytes[bodyStart, end)`. */
  readonly start: number;
  readonly bodyStart: number;
  readonly end: number;

  constructor(bytes: Uint8Array, start: number, size: number, offset: number) {
    this.type = bytes[start + 5] as number;
    this.channel = readShort(bytes, start + 6);
    this.offset = offset;
    this.bytes = bytes;
    this.start = start;
    this.bodyStart = start + 4 * (bytes[start + 4] as number);
    this.end = start + size;
  }

  /** What stands between the head and the body, as a view: nobody has given it a meaning yet. */
  get extendedHeader(): Uint8Array {
    return viewOf(this.bytes, this.start + frameHead, this.bodyStart);
  }

  /** A view. */
  get body(): Uint8Array {
    return viewOf(this.bytes, this.bodyStart, this.end);
  }
}

/** Largest frame that is taken where there is no other limit, in octets; more does not fit one buffer. */
const sizeCeiling = 0x7fff0000;

const violation = (rule: WireRule, offset: number, detail: string): Violation => ({ kind: 'violation', rule: wireRules[rule], offset, detail });

/**
 * Checks the head of a frame that starts at `bytes[at]`, of which its eight octets are there; `offset` is where it stands in the stream. `maxFrameSize` counts
 * the whole frame; 0 is no limit.
 */
export function checkHead(bytes: Uint8Array, at: number, maxFrameSize: number, offset: number): Violation | undefined {
  const size = readLong(bytes, at);
  if (size < frameHead) return violation('frameSize', offset, `a frame of ${size} octets, where its head alone has ${frameHead}`);
  if (size > (maxFrameSize || sizeCeiling))
    return violation('frameMax', offset, `a frame of ${size} octets, where ${maxFrameSize || sizeCeiling} are the most`);
  const dataOffset = bytes[at + 4] as number;
  if (dataOffset < dataOffsetMin) return violation('dataOffset', offset + 4, `a data offset of ${dataOffset} words, where the head alone has ${dataOffsetMin}`);
  if (dataOffset * 4 > size) return violation('dataOffsetBeyond', offset + 4, `a data offset of ${dataOffset} words in ${size} octets`);
  const type = bytes[at + 5] as number;
  if (type === frameTypes.amqp || type === frameTypes.sasl) return undefined;
  return violation('frameType', offset + 5, `no frame is of type ${type}`);
}

/** How frames are read. */
export interface FrameOptions {
  /** Where in `bytes` the frame starts; 0 unless given. */
  readonly offset?: number;
  /** Largest whole frame in octets; 0, the default, is no limit. */
  readonly maxFrameSize?: number;
}

/** Cuts one frame out of `bytes` without looking into its body. */
export function decodeRawFrame(bytes: Uint8Array, { offset = 0, maxFrameSize = 0 }: FrameOptions = {}): Decoded<CutFrame> {
  const there = bytes.length - offset;
  if (there < frameHead) return { kind: 'need-more', atLeast: frameHead - there };
  const wrong = checkHead(bytes, offset, maxFrameSize, offset);
  if (wrong) return wrong;
  const size = readLong(bytes, offset);
  if (there < size) return { kind: 'need-more', atLeast: size - there };
  return { kind: 'value', value: new CutFrame(bytes, offset, size, offset), end: offset + size };
}

const header = (id: keyof typeof protocolIds): Uint8Array => Uint8Array.of(0x41, 0x4d, 0x51, 0x50, protocolIds[id], ...protocolVersion);

/** The protocol headers of AMQP 1.0: for frames at once, and for those behind a SASL or TLS exchange. */
export const protocolHeaders = { amqp: header('amqp'), sasl: header('sasl'), tls: header('tls') } as const;
