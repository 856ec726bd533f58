import { shortstrMax, textOctets } from './short-string.ts';

/** Octets that `clear` keeps room for. */
const keptMax = 4096;

/** Appends elementary values to a growing buffer. Values out of the range of their wire type are our own mistake: a `RangeError`. */
export class Octets {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** Begins anew; what was grown for something large is let go. */
  clear(): void {
    this.#length = 0;
    if (this.#bytes.length <= keptMax) return;
    this.#bytes = new Uint8Array(keptMax);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** What was written, as an array of its own. */
  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(size: number): number {
    const start = this.#length;
    const needed = start + size;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#length = needed;
    return start;
  }

  octet(value: number): void {
    const at = this.#grow(1);
    this.#bytes[at] = within(value, 0, 0xff, 'octet');
  }

  short(value: number): void {
    const at = this.#grow(2);
    this.#view.setUint16(at, within(value, 0, 0xffff, 'short'));
  }

  long(value: number): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, within(value, 0, 0xffffffff, 'long'));
  }

  longlong(value: bigint): void {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, within(value, 0n, 0xffffffffffffffffn, 'longlong'));
  }

  signedOctet(value: number): void {
    const at = this.#grow(1);
    this.#view.setInt8(at, within(value, -0x80, 0x7f, 'signed octet'));
  }

  signedShort(value: number): void {
    const at = this.#grow(2);
    this.#view.setInt16(at, within(value, -0x8000, 0x7fff, 'signed short'));
  }

  signedLong(value: number): void {
    const at = this.#grow(4);
    this.#view.setInt32(at, within(value, -0x80000000, 0x7fffffff, 'signed long'));
  }

  signedLonglong(value: bigint): void {
    const at = this.#grow(8);
    this.#view.setBigInt64(at, within(value, -0x8000000000000000n, 0x7fffffffffffffffn, 'signed longlong'));
  }

  float(value: number): void {
    const at = this.#grow(4);
    this.#view.setFloat32(at, value);
  }

  double(value: number): void {
    const at = this.#grow(8);
    this.#view.setFloat64(at, value);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
  }

  shortstr(text: string): void {
    const octets = textOctets(text);
    if (octets.length > shortstrMax) throw new RangeError(`a short string of ${octets.length} octets: ${shortstrMax} is the most`);
    this.octet(octets.length);
    this.raw(octets);
  }

  longstr(bytes: Uint8Array): void {
    this.long(bytes.length);
    this.raw(bytes);
  }

  /** Writes a long in front of what `write` appends: the number of octets appended. */
  sized(write: () => void): void {
    const start = this.skipLong();
    write();
    this.sizeSince(start);
  }

  /** Leaves room for a long and answers where; `sizeSince` writes it: the number of octets appended behind it. */
  skipLong(): number {
    return this.#grow(4);
  }

  sizeSince(start: number): void {
    this.#view.setUint32(start, this.#length - start - 4);
  }
}

function within<N extends number | bigint>(value: N, least: N, most: N, type: string): N {
  if (value < least || value > most || (typeof value === 'number' && !Number.isInteger(value)))
    throw new RangeError(`${value} is no ${type}: it runs from ${least} to ${most}`);
  return value;
}
