import type { Violation } from '../decoded.ts';
import { readText } from './short-string.ts';
import { type WireRule, wireRules } from './wire-rules.ts';

/** Writes two halves of 64 bits and reads them as one number, without a view on every input. */
const scratch = new DataView(new ArrayBuffer(8));

/**
 * Deepest nesting of tables and arrays that is read, the outermost table included. The standard names no limit; without one a peer could
 * make whoever walks a table recursively run out of stack.
 */
export const nestingMax = 64;

/** What may hold further field values. */
type Container = 'a field table' | 'an array';

/** What `leave` restores. */
interface Enclosing {
  readonly end: number;
  readonly overrun: WireRule;
  readonly container: string;
}

/**
 * Reads elementary values one behind the other within `bytes[at, end)`. The first read that cannot succeed sets `fault`; from then on every
 * read answers zero or empty, so that decoders look at `fault` once, at the end. Offsets of faults count from the start of `bytes`.
 */
export class Cursor {
  readonly bytes: Uint8Array;
  at: number;
  end: number;
  fault: Violation | undefined = undefined;
  /** Rule that a value breaks which runs beyond `end`; the detail names the container. */
  overrun: WireRule;
  #container: string;

  constructor(bytes: Uint8Array, at: number, end: number, overrun: WireRule, container: string) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.overrun = overrun;
    this.#container = container;
  }

  /** Records the first fault and ends all further reading. */
  fail(rule: WireRule, offset: number, detail: string): void {
    this.fault ??= { kind: 'violation', rule: wireRules[rule], offset, detail };
    this.at = this.end;
  }

  /** Steps over `size` octets and answers where they start, or -1 where the container ends before them. */
  take(size: number, what: string): number {
    const start = this.at;
    if (size > this.end - start) {
      this.fail(this.overrun, start, `${what} of ${size} octets at the end of ${this.#container}, where ${this.end - start} are left`);
      return -1;
    }
    this.at = start + size;
    return start;
  }

  octet(): number {
    const start = this.take(1, 'an octet');
    return start < 0 ? 0 : (this.bytes[start] as number);
  }

  short(): number {
    const start = this.take(2, 'a short');
    return start < 0 ? 0 : readShort(this.bytes, start);
  }

  long(): number {
    const start = this.take(4, 'a long');
    return start < 0 ? 0 : readLong(this.bytes, start);
  }

  longlong(): bigint {
    const start = this.take(8, 'a longlong');
    return start < 0 ? 0n : readLonglong(this.bytes, start);
  }

  /** Start of a short string's octets, which end at `at`; -1 where it is malformed. */
  shortstrAt(): number {
    const length = this.octet();
    const start = this.take(length, 'a short string');
    if (start < 0) return -1;
    for (let at = start; at < this.at; at += 1) {
      if (this.bytes[at] === 0) {
        this.fail('zeroInShortString', at, 'a zero octet within a short string');
        return -1;
      }
    }
    return start;
  }

  shortstr(): string {
    const start = this.shortstrAt();
    return start < 0 ? '' : readText(this.bytes, start, this.at);
  }

  signedLonglong(): bigint {
    const start = this.take(8, 'a longlong');
    return start < 0 ? 0n : readSignedLonglong(this.bytes, start);
  }

  float(): number {
    const start = this.take(4, 'a float');
    return start < 0 ? 0 : readFloat(this.bytes, start);
  }

  double(): number {
    const start = this.take(8, 'a double');
    return start < 0 ? 0 : readDouble(this.bytes, start);
  }

  /** Reads a size in octets and narrows `end` to what it encloses, `depth` containers deep; `leave` takes the answer and widens again. */
  enter(container: Container, depth: number): Enclosing {
    const outer = { end: this.end, overrun: this.overrun, container: this.#container };
    const offset = this.at;
    const size = this.long();
    if (size > this.end - this.at) {
      this.fail(
        container === 'an array' ? 'arrayTruncated' : 'tableTruncated',
        offset,
        `${container} of ${size} octets, where ${this.end - this.at} are left of ${this.#container}`,
      );
    } else if (depth >= nestingMax) {
      this.fail('nesting', offset, `${container} nested more than ${nestingMax} deep`);
    } else {
      this.end = this.at + size;
      this.overrun = container === 'an array' ? 'arrayTruncated' : 'valueTruncated';
      this.#container = container;
    }
    return outer;
  }

  leave(outer: Enclosing): void {
    this.end = outer.end;
    this.overrun = outer.overrun;
    this.#container = outer.container;
    if (this.fault) this.at = this.end;
  }

  /** A view, not a copy. */
  longstr(): Uint8Array {
    const length = this.long();
    const start = this.take(length, 'a long string');
    return start < 0 ? empty : this.bytes.subarray(start, start + length);
  }
}

const empty = new Uint8Array(0);

export function readShort(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

export function readLong(bytes: Uint8Array, at: number): number {
  return (((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number)) >>> 0;
}

function load(bytes: Uint8Array, at: number): DataView {
  scratch.setUint32(0, readLong(bytes, at));
  scratch.setUint32(4, readLong(bytes, at + 4));
  return scratch;
}

export function readLonglong(bytes: Uint8Array, at: number): bigint {
  return load(bytes, at).getBigUint64(0);
}

export function readSignedLonglong(bytes: Uint8Array, at: number): bigint {
  return load(bytes, at).getBigInt64(0);
}

export function readDouble(bytes: Uint8Array, at: number): number {
  return load(bytes, at).getFloat64(0);
}

export function readFloat(bytes: Uint8Array, at: number): number {
  scratch.setUint32(0, readLong(bytes, at));
  return scratch.getFloat32(0);
}
