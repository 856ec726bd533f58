import type { Consumer } from './consumer.ts';
import { Deque } from './deque.ts';
import type { Entry } from './queue.ts';

/**
 * The messages of one priority in a queue, by position. New ones come at the end and leave at the head in constant time;
 * those that were put back wait in a heap, and the lower head of the two is the head of the lane.
 */
export class Lane {
  readonly #fresh = new Deque<Entry>();
  readonly #returned: Entry[] = [];

  get size(): number {
    return this.#fresh.size + this.#returned.length;
  }

  /** Adds an entry behind all others. */
  push(entry: Entry): void {
    this.#fresh.push(entry);
  }

  /** Puts an entry that was taken before back to its position. */
  putBack(entry: Entry): void {
    this.#returned.push(entry);
    this.#rise(entry, this.#returned.length - 1);
  }

  head(): Entry | undefined {
    return this.#returnedFirst() ? this.#returned[0] : this.#fresh.at(0);
  }

  take(): Entry | undefined {
    return this.#returnedFirst() ? this.#takeReturned(0) : this.#fresh.shift();
  }

  /** The first entry that this consumer may be sent. Looks at new entries above position `after` only. */
  firstFor(consumer: Pick<Consumer, 'accepts'>, after: number): Entry | undefined {
    let first: Entry | undefined;
    for (const entry of this.#returned) {
      if ((first === undefined || entry.position < first.position) && consumer.accepts(entry)) first = entry;
    }
    for (let index = this.#firstAbove(after); index < this.#fresh.size; index += 1) {
      const entry = this.#fresh.at(index);
      if (entry === undefined || (first !== undefined && first.position < entry.position)) break;
      if (consumer.accepts(entry)) return entry;
    }
    return first;
  }

  /** Takes out this entry wherever it stands. */
  remove(entry: Entry): void {
    const index = this.#returned.indexOf(entry);
    if (index >= 0) this.#takeReturned(index);
    else this.#fresh.removeAt(this.#firstAbove(entry.position - 1));
  }

  *[Symbol.iterator](): IterableIterator<Entry> {
    yield* [...this.#returned, ...this.#fresh].sort((a, b) => a.position - b.position);
  }

  clear(): void {
    this.#fresh.clear();
    this.#returned.length = 0;
  }

  /** Index of the first new entry whose position is above `position`. */
  #firstAbove(position: number): number {
    let low = 0;
    let high = this.#fresh.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#fresh.at(middle)?.position ?? 0) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #returnedFirst(): boolean {
    const returned = this.#returned[0];
    if (returned === undefined) return false;
    const fresh = this.#fresh.at(0);
    return fresh === undefined || returned.position < fresh.position;
  }

  #takeReturned(index: number): Entry | undefined {
    const heap = this.#returned;
    const taken = heap[index];
    const last = heap.pop();
    if (last === undefined || index >= heap.length) return taken;
    this.#sink(last, index);
    if (heap[index] === last) this.#rise(last, index);
    return taken;
  }

  #rise(entry: Entry, from: number): void {
    const heap = this.#returned;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.position <= entry.position) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  #sink(entry: Entry, from: number): void {
    const heap = this.#returned;
    let at = from;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const lower = right !== undefined && left !== undefined && right.position < left.position ? right : left;
      if (lower === undefined || lower.position >= entry.position) break;
      heap[at] = lower;
      at = 2 * at + (lower === right ? 2 : 1);
    }
    heap[at] = entry;
  }
}
