import { frameHead as frameHead10 } from '../spec/amqp10/constants.ts';
import { frameOverhead } from '../spec/amqp091/constants.ts';
import { CutFrame as CutFrame10, checkHead } from '../wire/amqp10/raw-frame.ts';
import { readLong } from '../wire/amqp091/cursor.ts';
import { CutFrame, checkEnd, checkSize, checkType, frameHead } from '../wire/amqp091/raw-frame.ts';
import type { Violation } from '../wire/decoded.ts';

/** How a protocol's frames are told apart in a stream. Offsets of violations are those in the stream. */
export interface Framing<F> {
  /** Octets after which the size is known. */
  readonly head: number;
  /** What the first octet alone shows. */
  readonly checkFirst: (octet: number, offset: number) => Violation | undefined;
  /** Octets of the whole frame whose head starts at `bytes[at]`. */
  readonly sizeOf: (bytes: Uint8Array, at: number) => number;
  readonly checkHead: (bytes: Uint8Array, at: number, frameMax: number, offset: number) => Violation | undefined;
  /** Checks the end of a frame whose octets end before `bytes[end]`; `offset` is where the next one starts. */
  readonly checkEnd: (bytes: Uint8Array, end: number, offset: number) => Violation | undefined;
  readonly cut: (bytes: Uint8Array, at: number, size: number, offset: number) => F;
}

export const framing091: Framing<CutFrame> = {
  head: frameHead,
  checkFirst: checkType,
  sizeOf: (bytes, at) => readLong(bytes, at + 3) + frameOverhead,
  checkHead: (bytes, at, frameMax, offset) => checkSize(readLong(bytes, at + 3), frameMax, offset),
  checkEnd: (bytes, end, offset) => checkEnd(bytes[end - 1] as number, offset - 1),
  cut: (bytes, at, size, offset) => new CutFrame(bytes, at + frameHead, size - frameOverhead, offset),
};

export const framing10: Framing<CutFrame10> = {
  head: frameHead10,
  checkFirst: () => undefined,
  sizeOf: readLong,
  checkHead,
  checkEnd: () => undefined,
  cut: (bytes, at, size, offset) => new CutFrame10(bytes, at, size, offset),
};
