import { Slab } from '../slab.ts';

const loneSurrogate = /\p{Surrogate}/u;

/**
 * Appends elementary values where a slab has room. What is written between `begin` and `done` lies side by side; only where a piece of the slab ends in
 * between is it moved, once. Values out of the range of their type are our own mistake: a `RangeError`.
 */
export class Writer {
  bytes: Uint8Array = new Uint8Array(0);
  /** Of the next octet, in `bytes`. */
  at = 0;
  readonly #slab = new Slab();
  #view = new DataView(this.bytes.buffer);
  #start = 0;

  begin(): void {
    this.#start = this.#slab.reserve(1);
    this.at = this.#start;
    this.#adopt();
  }

  /** What was written since `begin`; it shares its memory with what is written before and after. */
  done(): Uint8Array {
    return this.#slab.cut(this.at);
  }

  /** What was written since `begin`, as an array of its own; the slab is used again. */
  copied(): Uint8Array {
    return new Uint8Array(this.bytes.subarray(this.#start, this.at));
  }

  #adopt(): void {
    if (this.bytes === this.#slab.bytes) return;
    this.bytes = this.#slab.bytes;
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  /** Makes room for `size` octets and answers where. */
  room(size: number): number {
    if (this.at + size > this.bytes.length) this.#move(size);
    const at = this.at;
    this.at += size;
    return at;
  }

  #move(size: number): void {
    const { bytes } = this;
    const written = this.at - this.#start;
    const start = this.#slab.reserve(2 * written + size);
    this.#adopt();
    this.bytes.set(bytes.subarray(this.#start, this.at), start);
    this.#start = start;
    this.at = start + written;
  }

  octet(value: number): void {
    const at = this.room(1);
    this.bytes[at] = within(value, 0, 0xff, 'unsigned integer of 8 bits');
  }

  short(value: number): void {
    const at = this.room(2);
    this.#view.setUint16(at, within(value, 0, 0xffff, 'unsigned integer of 16 bits'));
  }

  long(value: number): void {
    const at = this.room(4);
    this.#view.setUint32(at, within(value, 0, 0xffffffff, 'unsigned integer of 32 bits'));
  }

  longlong(value: bigint): void {
    const at = this.room(8);
    this.#view.setBigUint64(at, within(value, 0n, 0xffffffffffffffffn, 'unsigned integer of 64 bits'));
  }

  signedOctet(value: number): void {
    const at = this.room(1);
    this.#view.setInt8(at, within(value, -0x80, 0x7f, 'integer of 8 bits'));
  }

  signedShort(value: number): void {
    const at = this.room(2);
    this.#view.setInt16(at, within(value, -0x8000, 0x7fff, 'integer of 16 bits'));
  }

  signedLong(value: number): void {
    const at = this.room(4);
    this.#view.setInt32(at, within(value, -0x80000000, 0x7fffffff, 'integer of 32 bits'));
  }

  signedLonglong(value: bigint): void {
    const at = this.room(8);
    this.#view.setBigInt64(at, within(value, -0x8000000000000000n, 0x7fffffffffffffffn, 'integer of 64 bits'));
  }

  float(value: number): void {
    const at = this.room(4);
    this.#view.setFloat32(at, value);
  }

  double(value: number): void {
    const at = this.room(8);
    this.#view.setFloat64(at, value);
  }

  raw(bytes: Uint8Array): void {
    const at = this.room(bytes.length);
    this.bytes.set(bytes, at);
  }

  /** Octets whose number is the type's own. */
  exactly(bytes: Uint8Array, size: number): void {
    if (bytes.length !== size) throw new RangeError(`${bytes.length} octets, where the type has ${size}`);
    this.raw(bytes);
  }

  /** Octets since `begin`: where the next one stands. */
  get length(): number {
    return this.at - this.#start;
  }

  /** Writes a long where room was made before, `at` octets from where writing began. */
  setLong(at: number, value: number): void {
    this.#view.setUint32(this.#start + at, value);
  }

  setOctet(at: number, value: number): void {
    this.bytes[this.#start + at] = value;
  }

  /**
   * Writes ASCII with one octet of size in front, and answers whether it could: other text, or more of it, is left to others.
   */
  shortAscii(text: string): boolean {
    const { length } = text;
    if (length > 0xff) return false;
    const start = this.room(length + 1);
    const { bytes } = this;
    bytes[start] = length;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) {
        this.at = start;
        return false;
      }
      bytes[start + 1 + index] = code;
    }
    return true;
  }

  /** Moves what was written since `from` on by `by` octets. */
  shift(from: number, by: number): void {
    const end = this.length;
    this.room(by);
    this.bytes.copyWithin(this.#start + from + by, this.#start + from, this.#start + end);
  }

  /** Moves the octets from `from` to `to` back to `target`. */
  moveBack(target: number, from: number, to: number): void {
    this.bytes.copyWithin(this.#start + target, this.#start + from, this.#start + to);
  }

  /** Forgets what was written behind so many octets. */
  cutTo(length: number): void {
    this.at = this.#start + length;
  }
}

function within<N extends number | bigint>(value: N, least: N, most: N, type: string): N {
  if (value < least || value > most || (typeof value === 'number' && !Number.isInteger(value)))
    throw new RangeError(`${value} is no ${type}: it runs from ${least} to ${most}`);
  return value;
}

/**
 * The octets of a string.
 * @throws {RangeError} where it holds a lone surrogate: no octets stand for that.
 */
export function utf8Of(text: string): Uint8Array {
  if (loneSurrogate.test(text)) throw new RangeError('no octets stand for a lone surrogate');
  return Buffer.from(text, 'utf8');
}

/**
 * The octets of a symbol.
 * @throws {RangeError} where it is no ASCII.
 */
export function asciiOf(symbol: string): Uint8Array {
  const octets = Buffer.from(symbol, 'latin1');
  for (let index = 0; index < symbol.length; index += 1)
    if (symbol.charCodeAt(index) > 0x7f) throw new RangeError(`${symbol} is no symbol: it has more than ASCII`);
  return octets;
}

/** Where one value is written at a time: no more than one is ever under way. */
export const writer = new Writer();

/** What `write` writes, as an array of its own. */
export function octetsOf(write: (writer: Writer) => void): Uint8Array {
  writer.begin();
  write(writer);
  return writer.copied();
}
