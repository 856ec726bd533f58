import { frameEnd, frameOverhead, frameTypes } from '../../spec/amqp091/constants.ts';
import type { Decoded, Violation } from '../decoded.ts';
import { readLong, readShort, view } from './cursor.ts';
import type { TagOptions } from './field-table.ts';
import { Octets } from './octets.ts';
import { wireRules } from './wire-rules.ts';

/** One frame as the stream holds it: cut out, its type known and its end checked, its payload not looked at. */
export interface RawFrame {
  readonly type: number;
  readonly channel: number;
  readonly payload: Uint8Array;
  /** Of the frame's first octet in the stream. */
  readonly offset: number;
}

/** A frame within the octets it came in; the view on its payload is made when it is first asked for. */
export class CutFrame implements RawFrame {
  readonly type: number;
  readonly channel: number;
  readonly offset: number;
  /** The payload is `bytes[start, end)`. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  #payload: Uint8Array | undefined = undefined;

  /** The frame whose payload of `size` octets starts at `start`; `offset` is that of the frame in its stream. */
  constructor(bytes: Uint8Array, start: number, size: number, offset: number) {
    this.type = bytes[start - frameHead] as number;
    this.channel = readShort(bytes, start - frameHead + 1);
    this.offset = offset;
    this.bytes = bytes;
    this.start = start;
    this.end = start + size;
  }

  get payload(): Uint8Array {
    this.#payload ??= view(this.bytes, this.start, this.end);
    return this.#payload;
  }
}

/** Octets of a frame before its payload. */
export const frameHead = 7;

/** Largest payload that is taken where no frame-max was agreed, in octets; more does not fit one buffer. */
const payloadCeiling = 0x7fff0000;

/** By type octet. */
const known: readonly boolean[] = Array.from({ length: 256 }, (_, type) => (Object.values(frameTypes) as number[]).includes(type));

/** Checks the first octet of a frame; `offset` is where it stands in the stream. */
export function checkType(type: number, offset: number): Violation | undefined {
  if (known[type]) return undefined;
  return { kind: 'violation', rule: wireRules.frameType, offset, detail: `no frame is of type ${type}` };
}

/** Checks the declared payload size of a frame that starts at `offset`. `frameMax` counts the whole frame; 0 is no limit. */
export function checkSize(size: number, frameMax: number, offset: number): Violation | undefined {
  if (frameMax === 0 ? size <= payloadCeiling : size + frameOverhead <= frameMax) return undefined;
  const limit = frameMax === 0 ? `${payloadCeiling + frameOverhead} are the most that is taken` : `frame-max is ${frameMax}`;
  return { kind: 'violation', rule: wireRules.frameMax, offset: offset + 3, detail: `a frame of ${size + frameOverhead} octets, where ${limit}` };
}

/** Checks the octet that should end a frame; `offset` is where it stands in the stream. */
export function checkEnd(octet: number, offset: number): Violation | undefined {
  if (octet === frameEnd) return undefined;
  return { kind: 'violation', rule: wireRules.frameEnd, offset, detail: `0x${octet.toString(16).padStart(2, '0')} where a frame should end` };
}

/** How frames are read. */
export interface FrameOptions extends TagOptions {
  /** Where in `bytes` the frame starts; 0 unless given. */
  readonly offset?: number;
  /** Largest whole frame in octets; 0, the default, is no limit. */
  readonly frameMax?: number;
}

/** Cuts one frame out of `bytes` without looking into its payload. */
export function decodeRawFrame(bytes: Uint8Array, { offset = 0, frameMax = 0 }: FrameOptions = {}): Decoded<RawFrame> {
  const there = bytes.length - offset;
  if (there < 1) return { kind: 'need-more', atLeast: frameOverhead };
  const wrongType = checkType(bytes[offset] as number, offset);
  if (wrongType) return wrongType;
  if (there < frameHead) return { kind: 'need-more', atLeast: frameOverhead - there };
  const size = readLong(bytes, offset + 3);
  const tooLarge = checkSize(size, frameMax, offset);
  if (tooLarge) return tooLarge;
  const end = offset + frameHead + size;
  if (bytes.length <= end) return { kind: 'need-more', atLeast: end + 1 - bytes.length };
  const wrongEnd = checkEnd(bytes[end] as number, end);
  if (wrongEnd) return wrongEnd;
  return { kind: 'value', value: new CutFrame(bytes, offset + frameHead, size, offset), end: end + 1 };
}

/** A frame of any type with any payload. */
export function encodeRawFrame(type: number, channel: number, payload: Uint8Array, end: number = frameEnd): Uint8Array {
  const octets = new Octets(payload.length + frameOverhead);
  octets.octet(type);
  octets.short(channel);
  octets.longstr(payload);
  octets.octet(end);
  return octets.done();
}
