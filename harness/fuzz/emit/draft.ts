import type { Random } from '../random.ts';

/** Places of an input that are worth departing from, by what stands there. */
export const places = { frame: 0, size: 1, length: 2, tag: 3, flags: 4, identifiers: 5, frameEnd: 6 } as const;

export type Place = keyof typeof places;

/** An input while it is made: octets that grow, and where its sizes, tags and the like stand. */
export class Draft {
  bytes: Uint8Array = new Uint8Array(1024);
  length = 0;
  /** Pairs of place and offset, in the order in which they were written. */
  readonly #marks: number[] = [];

  /** Makes the draft empty again, its buffer kept. */
  clear(): void {
    this.length = 0;
    this.#marks.length = 0;
  }

  /** Notes that what is written next is a `place`. */
  mark(place: Place): void {
    this.#marks.push(places[place], this.length);
  }

  /** The offset of one of the places of that kind, any of them; undefined where there is none. */
  find(place: Place, random: Random): number | undefined {
    const kind = places[place];
    const start = 2 * random.below(this.#marks.length / 2);
    for (let step = 0; step < this.#marks.length; step += 2) {
      const at = (start + step) % this.#marks.length;
      const offset = this.#marks[at + 1] as number;
      if (this.#marks[at] === kind && offset < this.length) return offset;
    }
    return undefined;
  }

  /** Makes room for `size` octets behind the last one and answers where they start. */
  grow(size: number): number {
    const start = this.length;
    this.length += size;
    if (this.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.length, this.bytes.length * 2));
      grown.set(this.bytes.subarray(0, start));
      this.bytes = grown;
    }
    return start;
  }

  octet(value: number): void {
    const at = this.grow(1);
    this.bytes[at] = value;
  }

  short(value: number): void {
    this.octet(value >>> 8);
    this.octet(value);
  }

  long(value: number): void {
    this.short(value >>> 16);
    this.short(value);
  }

  raw(octets: Uint8Array): void {
    const at = this.grow(octets.length);
    this.bytes.set(octets, at);
  }

  noise(size: number, random: Random): void {
    const start = this.grow(size);
    for (let at = start; at < start + size; at += 1) this.bytes[at] = random.next();
  }

  /** Writes a marked long in front of what `write` appends: the number of octets appended. */
  sized(write: () => void): void {
    this.mark('size');
    const start = this.grow(4);
    write();
    this.setLong(start, this.length - start - 4);
  }

  /** The long at an offset; 0 where there are not four octets. */
  longAt(at: number): number {
    if (at + 4 > this.length) return 0;
    const [a = 0, b = 0, c = 0, d = 0] = this.bytes.subarray(at, at + 4);
    return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  }

  /** Replaces the octets at an offset by a long, as far as they reach. */
  setLong(at: number, value: number): void {
    for (let octet = 0; octet < 4 && at + octet < this.length; octet += 1) this.bytes[at + octet] = value >>> (24 - 8 * octet);
  }

  /** Keeps only the first `length` octets. */
  truncate(length: number): void {
    this.length = Math.min(length, this.length);
  }

  /** Replaces `removed` octets at an offset by others. */
  splice(at: number, removed: number, inserted: Uint8Array): void {
    const tail = this.bytes.slice(Math.min(at + removed, this.length), this.length);
    const middle = inserted.slice();
    this.length = Math.min(at, this.length);
    this.raw(middle);
    this.raw(tail);
  }
}
