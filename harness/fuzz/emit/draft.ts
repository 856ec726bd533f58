import type { Random } from '../random.ts';

/** What may stand at a place of an input that is worth departing from. */
export const places = [
  /** A whole frame. */
  'frame',
  'frameType',
  'channel',
  /** How many octets something has: `from` to `end`. */
  'size',
  /** How many elements something has. */
  'count',
  /** Where the body of a frame of 1.0 begins. */
  'dataOffset',
  /** The tag or constructor of a value, which reaches up to `end`. */
  'type',
  /** A key or name with its value, `at` to `end`. */
  'pair',
  /** What describes a value of 1.0, `at` to `end`. */
  'descriptor',
  /** Class and method of 0-9-1. */
  'identifiers',
  /** The flags of a property list. */
  'flags',
  'frameEnd',
  /** The declared size of a body that comes in other frames. */
  'bodySize',
  /** A number that the sender asks the receiver to keep to; of 1.0 the whole value, its constructor first. */
  'limit',
  /** A number that counts on: a delivery tag, a delivery-id, a handle; of 1.0 the whole value. */
  'serial',
  /** Another number of fixed width. */
  'number',
  /** Octets that are text or free, `at` to `end`. */
  'text',
] as const;

export type Place = (typeof places)[number];

/** One place: the `width` octets at `at` are what it is named for, and concern the octets `from` to `end`. */
export interface Mark {
  readonly at: number;
  readonly width: number;
  readonly from: number;
  readonly end: number;
}

const kinds = Object.fromEntries(places.map((place, index) => [place, index])) as Readonly<Record<Place, number>>;
const sizeKind = kinds.size;
/** Numbers that a mark takes: its kind, and those of `Mark`. */
const stride = 5;

/** Octets that grow, and the places in them. */
export class Draft {
  bytes: Uint8Array = new Uint8Array(4096);
  length = 0;
  /** Tags of the field tables of 0-9-1; 1.0 has none. */
  tags: 'text' | 'errata' = 'errata';
  #marks = new Int32Array(stride * 256);
  #marked = 0;

  /** Makes the draft empty again, its memory kept. */
  clear(): void {
    this.length = 0;
    this.#marked = 0;
  }

  /** A view that changes with the draft. */
  get octets(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** Whether any place was marked. */
  get marked(): boolean {
    return this.#marked > 0;
  }

  /** Notes what stands at `at`. */
  mark(place: Place, at: number, width: number, from: number = at, end: number = at + width): void {
    const index = this.#marked;
    if (index + stride > this.#marks.length) {
      const grown = new Int32Array(this.#marks.length * 2);
      grown.set(this.#marks);
      this.#marks = grown;
    }
    const marks = this.#marks;
    marks[index] = kinds[place];
    marks[index + 1] = at;
    marks[index + 2] = width;
    marks[index + 3] = from;
    marks[index + 4] = end;
    this.#marked = index + stride;
  }

  forgetMarks(): void {
    this.#marked = 0;
  }

  /** One of the places of that kind, any of them; undefined where there is none. */
  find(place: Place, random: Random): Mark | undefined {
    const kind = kinds[place];
    const marks = this.#marks;
    let count = 0;
    for (let index = 0; index < this.#marked; index += stride) if (marks[index] === kind) count += 1;
    let left = random.below(count);
    for (let index = 0; index < this.#marked && count > 0; index += stride) {
      if (marks[index] !== kind) continue;
      if (left === 0) return this.#within(index);
      left -= 1;
    }
    return undefined;
  }

  /** All places of that kind, in the order in which they stand. */
  all(place: Place): readonly Mark[] {
    const found: Mark[] = [];
    for (let index = 0; index < this.#marked; index += stride) {
      const mark = this.#marks[index] === kinds[place] ? this.#within(index) : undefined;
      if (mark) found.push(mark);
    }
    return found.sort((a, b) => a.at - b.at);
  }

  #within(index: number): Mark | undefined {
    const marks = this.#marks;
    const mark = { at: marks[index + 1] as number, width: marks[index + 2] as number, from: marks[index + 3] as number, end: marks[index + 4] as number };
    return mark.at + mark.width <= this.length && mark.end <= this.length ? mark : undefined;
  }

  /** Makes room for `size` octets behind the last one and answers where they start. */
  grow(size: number): number {
    const start = this.length;
    this.length = start + size;
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
    const at = this.grow(2);
    this.bytes[at] = value >>> 8;
    this.bytes[at + 1] = value;
  }

  long(value: number): void {
    this.setNumber(this.grow(4), 4, value);
  }

  raw(octets: Uint8Array): void {
    const at = this.grow(octets.length);
    if (octets.length > 24) this.bytes.set(octets, at);
    else for (let index = 0; index < octets.length; index += 1) this.bytes[at + index] = octets[index] as number;
  }

  /** Leaves room for a size of four octets and answers where; `endSize` writes it: the number of octets appended behind it. */
  beginSize(): number {
    return this.grow(4);
  }

  endSize(at: number): void {
    this.setNumber(at, 4, this.length - at - 4);
  }

  noise(size: number, random: Random): void {
    const start = this.grow(size);
    for (let at = start; at < start + size; at += 4) {
      const four = random.next();
      for (let octet = at; octet < at + 4 && octet < start + size; octet += 1) this.bytes[octet] = four >>> (8 * (octet - at));
    }
  }

  /** The number that `width` octets at `at` are; 0 where they are not there. Exact up to six octets. */
  numberAt(at: number, width: number): number {
    if (at + width > this.length) return 0;
    let value = 0;
    for (let octet = at; octet < at + width; octet += 1) value = value * 256 + (this.bytes[octet] as number);
    return value;
  }

  /** Writes the low `width` octets of a number at `at`, as far as they reach; above four octets zeros come first, or ones for -1. */
  setNumber(at: number, width: number, value: number): void {
    for (let octet = 0; octet < width && at + octet < this.length; octet += 1) {
      const shift = 8 * (width - 1 - octet);
      this.bytes[at + octet] = shift >= 32 ? (value < 0 ? 0xff : Math.floor(value / 2 ** shift)) : value >>> shift;
    }
  }

  /** Keeps only the first `length` octets. */
  truncate(length: number): void {
    this.length = Math.min(length, this.length);
  }

  /** Puts octets in place of `removed` others, whatever the sizes around them say. Places behind them move, places within them are forgotten. */
  splice(at: number, removed: number, inserted: Uint8Array): void {
    const start = Math.min(at, this.length);
    const stop = Math.min(at + removed, this.length);
    const piece = inserted.slice();
    const before = this.length;
    const grown = piece.length - (stop - start);
    if (grown > 0) this.grow(grown);
    this.bytes.copyWithin(stop + grown, stop, before);
    this.length = before + grown;
    this.bytes.set(piece, start);
    this.#move(start, stop, grown);
  }

  /**
   * As `splice`, with every size around them made to fit, unless it was wrong already. Where octets are added at the end of something, `inside` says of what.
   */
  replace(at: number, removed: number, inserted: Uint8Array, inside?: Mark): void {
    const stop = Math.min(at + removed, this.length);
    const { from, end } = inside ?? { from: at, end: stop };
    this.#fit(at, from, end, inserted.length - (stop - Math.min(at, this.length)));
    this.splice(at, removed, inserted);
  }

  /** Adds to each right size of octets that enclose those from `start` to `stop`, unless it stands among them. */
  #fit(at: number, start: number, stop: number, grown: number): void {
    const marks = this.#marks;
    for (let index = 0; index < this.#marked && grown !== 0; index += stride) {
      if (marks[index] !== sizeKind) continue;
      const [from, end] = [marks[index + 3] as number, marks[index + 4] as number];
      if (from > start || end < stop) continue;
      const [sizeAt, width] = [marks[index + 1] as number, marks[index + 2] as number];
      if (sizeAt + width <= at && this.numberAt(sizeAt, width) === end - from) this.setNumber(sizeAt, width, end - from + grown);
    }
  }

  #move(start: number, stop: number, moved: number): void {
    const marks = this.#marks;
    for (let index = 0; index < this.#marked; index += stride) {
      const at = marks[index + 1] as number;
      if (at >= stop) marks[index + 1] = at + moved;
      else if (at >= start && at + (marks[index + 2] as number) <= stop) marks[index] = -1;
      if ((marks[index + 3] as number) >= stop) (marks[index + 3] as number) += moved;
      if ((marks[index + 4] as number) >= stop) (marks[index + 4] as number) += moved;
    }
  }
}
