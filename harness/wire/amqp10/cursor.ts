import { isUtf8 } from 'node:buffer';
import { latin1, readText, readWord, type WordSource } from '../amqp091/short-string.ts';
import type { Violation } from '../decoded.ts';
import { firstBeyondAscii, viewOf } from './octets.ts';
import { type WireRule, wireRules } from './wire-rules.ts';

const empty = new Uint8Array(0);
const nothing = Buffer.alloc(0);

/** Deepest nesting of lists, maps, arrays and descriptors that is read. The standard names no limit; without one a peer could make us run out of stack. */
export const nestingMax = 64;

/**
 * Most array elements without octets of their own that are read at one go. The standard names no limit; without one, ten octets could ask for
 * four thousand million values.
 */
export const zeroWidthMax = 16_384;

/** Most octets that one string may keep alive. */
const cutMax = 1024;

const loneSurrogate = /\p{Surrogate}/u;

/**
 * Reads elementary values one behind the other. The first read that cannot succeed sets `fault`; from then on every
 * read answers zero or empty, so that decoders look at `fault` once, at the end. `bytes` is the whole of the memory in which the octets lie that it was opened
 * over, and `at` and `end` count from its start; `offset` and the offsets of faults count from the start of those octets.
 */
export class Cursor implements WordSource {
  bytes: Uint8Array = nothing;
  view: DataView = new DataView(nothing.buffer);
  at = 0;
  end = 0;
  fault: Violation | undefined = undefined;
  /** How many octets the outermost value lacks, where `fault` is that; else 0. */
  lacking = 0;
  #buffer: ArrayBufferLike = nothing.buffer;
  #base = 0;
  #depth = 0;
  /** How many sized values enclose what is read, and where each of those around it ends. */
  #enclosing = 0;
  readonly #ends = new Float64Array(nestingMax + 2);
  #zeroWidth = 0;
  /** Where reading began and may end, and what stands there as one string. */
  #from = 0;
  #to = 0;
  #text: string | undefined = undefined;

  /** Begins anew. What stands for the memory is kept as long as the next octets lie in the same: making it costs more than reading a frame's fields. */
  open(bytes: Uint8Array, start: number, stop: number): void {
    const { buffer, byteOffset } = bytes;
    if (buffer !== this.#buffer) {
      this.#buffer = buffer;
      this.bytes = Buffer.from(buffer);
      this.view = new DataView(buffer);
    }
    this.#base = byteOffset;
    const at = start + byteOffset;
    const end = stop + byteOffset;
    this.at = at;
    this.end = end;
    this.fault = undefined;
    this.lacking = 0;
    this.#depth = 0;
    this.#enclosing = 0;
    this.#zeroWidth = 0;
    this.#from = at;
    this.#to = end;
    this.#text = undefined;
  }

  /** Where the next octet stands, counted from the start of the octets that are read. */
  get offset(): number {
    return this.at - this.#base;
  }

  /** Records the first fault, which stands at `bytes[at]`, and ends all further reading. */
  fail(rule: WireRule, at: number, detail: string): undefined {
    this.fault ??= { kind: 'violation', rule: wireRules[rule], offset: at - this.#base, detail };
    this.at = this.end;
  }

  /** Steps over `size` octets and answers where they start, or -1 where the enclosing value ends before them. */
  take(size: number, rule: WireRule = 'truncated'): number {
    const start = this.at;
    if (size > this.end - start) return this.#overrun(size, rule);
    this.at = start + size;
    return start;
  }

  #overrun(size: number, rule: WireRule): number {
    const left = this.end - this.at;
    if (this.fault === undefined && this.#enclosing === 0) this.lacking = size - left;
    this.fail(rule, this.at, `${size} octets are due where ${left} are left`);
    return -1;
  }

  octet(): number {
    const start = this.take(1);
    return start < 0 ? 0 : this.view.getUint8(start);
  }

  short(): number {
    const start = this.take(2);
    return start < 0 ? 0 : this.view.getUint16(start);
  }

  long(): number {
    const start = this.take(4);
    return start < 0 ? 0 : this.view.getUint32(start);
  }

  longlong(): bigint {
    const start = this.take(8);
    return start < 0 ? 0n : this.view.getBigUint64(start);
  }

  signedLonglong(): bigint {
    const start = this.take(8);
    return start < 0 ? 0n : this.view.getBigInt64(start);
  }

  float(): number {
    const start = this.take(4);
    return start < 0 ? 0 : this.view.getFloat32(start);
  }

  double(): number {
    const start = this.take(8);
    return start < 0 ? 0 : this.view.getFloat64(start);
  }

  /** A view, not a copy. */
  raw(size: number): Uint8Array {
    const start = this.take(size);
    return start < 0 ? empty : viewOf(this.bytes, start, start + size);
  }

  /** A view on octets whose number the peer declared. */
  variable(size: number): Uint8Array {
    const start = this.take(size, 'variableSize');
    return start < 0 ? empty : viewOf(this.bytes, start, start + size);
  }

  string(size: number): string {
    const start = this.take(size, 'variableSize');
    if (start < 0) return '';
    const word = readWord(this, start, this.at);
    if (word !== undefined) return word;
    const text = readText(this.bytes, start, this.at);
    if (loneSurrogate.test(text)) this.fail('utf8', start, 'a string that is no UTF-8');
    return text;
  }

  /** Steps over a string, checking it. */
  skipString(size: number): void {
    const start = this.take(size, 'variableSize');
    if (start < 0 || firstBeyondAscii(this.view, start, this.at) < 0 || isUtf8(viewOf(this.bytes, start, this.at))) return;
    this.fail('utf8', start, 'a string that is no UTF-8');
  }

  /** Steps over a symbol, checking it. */
  skipSymbol(size: number): void {
    const start = this.take(size, 'variableSize');
    const beyond = start < 0 ? -1 : firstBeyondAscii(this.view, start, this.at);
    if (beyond >= 0) this.fail('symbolAscii', beyond, 'an octet that is no ASCII within a symbol');
  }

  symbol(size: number): string {
    const start = this.take(size, 'variableSize');
    if (start < 0) return '';
    const word = readWord(this, start, this.at);
    if (word !== undefined) return word;
    const beyond = firstBeyondAscii(this.view, start, this.at);
    if (beyond < 0) return latin1(this.bytes, start, this.at);
    this.fail('symbolAscii', beyond, 'an octet that is no ASCII within a symbol');
    return '';
  }

  /**
   * Octets as one character each. One large string is made of all that is read here and small ones are cut out of it, which costs a fraction of making each
   * from its octets; what is cut out may keep the large one alive, so that this is only done where that is small.
   */
  cut(start: number, end: number): string {
    if (this.#to - this.#from > cutMax) return latin1(this.bytes, start, end);
    this.#text ??= latin1(this.bytes, this.#from, this.#to);
    return this.#text.slice(start - this.#from, end - this.#from);
  }

  /** Narrows `end` to the `size` octets from here on; `leave` widens it again. */
  enter(size: number, rule: WireRule): void {
    const outer = this.end;
    if (size > outer - this.at) this.#overrun(size, rule);
    else if (this.descend()) this.end = this.at + size;
    this.#ends[this.#enclosing] = outer;
    this.#enclosing += 1;
  }

  /** Ends what `enter` began: all its octets must have been read. */
  leave(rule: WireRule): void {
    if (this.at !== this.end) this.fail(rule, this.at, `${this.end - this.at} octets behind the last element`);
    this.#enclosing -= 1;
    this.end = this.#ends[this.#enclosing] as number;
    this.ascend();
  }

  /** One level deeper, unless that is too deep. */
  descend(): boolean {
    this.#depth += 1;
    if (this.#depth <= nestingMax) return true;
    this.fail('bounds', this.at, `values nested more than ${nestingMax} deep`);
    return false;
  }

  ascend(): void {
    this.#depth -= 1;
    if (this.fault) this.at = this.end;
  }

  /** Whether so many further elements without octets may be read. */
  spendZeroWidth(count: number): boolean {
    this.#zeroWidth += count;
    if (this.#zeroWidth <= zeroWidthMax) return true;
    this.fail('bounds', this.at, `more than ${zeroWidthMax} array elements without octets of their own`);
    return false;
  }
}

const shared = new Cursor();

/**
 * The cursor, over `bytes[at, end)`. There is one for all, since decoding runs to its end without calling anyone else's code, and making one for each frame
 * costs more than reading it.
 */
export function cursorOver(bytes: Uint8Array, at: number, end: number): Cursor {
  shared.open(bytes, at, end);
  return shared;
}
