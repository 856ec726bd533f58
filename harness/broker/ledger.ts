import type { Entry } from './queue.ts';

/**
 * What a channel was sent and has not settled, by delivery tag. Tags only grow, so two parallel arrays in order hold them; a settled one
 * leaves a gap, and gaps are closed when they are the majority. Adding is constant, settling constant at the head and logarithmic elsewhere.
 */
export class Ledger {
  #tags: number[] = [];
  #entries: (Entry | undefined)[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** `tag` is above every tag added before. */
  add(tag: number, entry: Entry): void {
    this.#tags.push(tag);
    this.#entries.push(entry);
    this.#size += 1;
  }

  has(tag: number): boolean {
    return this.#entries[this.#find(tag)] !== undefined;
  }

  /** The entry of an outstanding tag. */
  peek(tag: number): Entry | undefined {
    return this.#entries[this.#find(tag)];
  }

  /** Takes out one entry, or answers undefined when the tag is not outstanding. */
  take(tag: number): Entry | undefined {
    const index = this.#find(tag);
    const entry = this.#entries[index];
    if (entry === undefined) return undefined;
    this.#entries[index] = undefined;
    this.#size -= 1;
    this.#tidy();
    return entry;
  }

  /** Takes out everything up to and including `tag`, lowest first. */
  takeThrough(tag: number): Entry[] {
    const taken: Entry[] = [];
    while (this.#head < this.#tags.length && (this.#tags[this.#head] ?? 0) <= tag) {
      const entry = this.#entries[this.#head];
      this.#entries[this.#head] = undefined;
      this.#head += 1;
      if (entry !== undefined) taken.push(entry);
    }
    this.#size -= taken.length;
    this.#tidy();
    return taken;
  }

  /** The outstanding tags above `after`, up to and including `through`, lowest first. */
  tags(after: number, through: number): number[] {
    const found: number[] = [];
    for (let index = this.#firstAbove(after); index < this.#tags.length; index += 1) {
      const tag = this.#tags[index] ?? 0;
      if (tag > through) break;
      if (this.#entries[index] !== undefined) found.push(tag);
    }
    return found;
  }

  *[Symbol.iterator](): IterableIterator<Entry> {
    for (const entry of this.#entries) if (entry !== undefined) yield entry;
  }

  /** Without gaps a tag stands as far behind the first as it is greater; with gaps closed, before that. */
  #find(tag: number): number {
    const first = this.#tags[this.#head];
    if (first === undefined || !(tag >= first)) return -1;
    const guess = Math.min(this.#head + tag - first, this.#tags.length - 1);
    if (this.#tags[guess] === tag) return guess;
    let low = this.#head;
    let high = guess;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tags[middle] ?? 0) < tag) low = middle + 1;
      else high = middle;
    }
    return this.#tags[low] === tag ? low : -1;
  }

  #firstAbove(tag: number): number {
    let low = this.#head;
    let high = this.#tags.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tags[middle] ?? 0) > tag) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #tidy(): void {
    while (this.#head < this.#tags.length && this.#entries[this.#head] === undefined) this.#head += 1;
    if (this.#tags.length < 64 || this.#size * 2 > this.#tags.length) return;
    const tags: number[] = [];
    const entries: Entry[] = [];
    for (let index = this.#head; index < this.#tags.length; index += 1) {
      const entry = this.#entries[index];
      if (entry === undefined) continue;
      tags.push(this.#tags[index] ?? 0);
      entries.push(entry);
    }
    this.#tags = tags;
    this.#entries = entries;
    this.#head = 0;
  }
}
