/** A double-ended queue in a ring of slots: constant time at both ends, no allocation in steady state, shrinks when it empties. */
export class Deque<T> {
  #slots: (T | undefined)[] = new Array(smallest);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    if (this.#size === this.#slots.length) this.#resize(this.#size * 2);
    this.#slots[(this.#head + this.#size) & (this.#slots.length - 1)] = item;
    this.#size += 1;
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#size -= 1;
    if (this.#size * 4 < this.#slots.length && this.#slots.length > smallest) this.#resize(this.#slots.length / 2);
    return item;
  }

  /** The item `index` places behind the head. */
  at(index: number): T | undefined {
    return index < 0 || index >= this.#size ? undefined : this.#slots[(this.#head + index) & (this.#slots.length - 1)];
  }

  /** Takes out the item at `index`; those before it move up, so that the cost is its distance from the head. */
  removeAt(index: number): T | undefined {
    const item = this.at(index);
    if (item === undefined) return undefined;
    const mask = this.#slots.length - 1;
    for (let i = index; i > 0; i -= 1) this.#slots[(this.#head + i) & mask] = this.#slots[(this.#head + i - 1) & mask];
    this.shift();
    return item;
  }

  remove(item: T): boolean {
    for (let index = 0; index < this.#size; index += 1) {
      if (this.at(index) === item) return this.removeAt(index) !== undefined;
    }
    return false;
  }

  clear(): void {
    this.#slots = new Array(smallest);
    this.#head = 0;
    this.#size = 0;
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let index = 0; index < this.#size; index += 1) {
      const item = this.at(index);
      if (item !== undefined) yield item;
    }
  }

  #resize(length: number): void {
    const slots: (T | undefined)[] = new Array(length);
    for (let index = 0; index < this.#size; index += 1) slots[index] = this.at(index);
    this.#slots = slots;
    this.#head = 0;
  }
}

/** Slots of an empty deque; lengths stay powers of two. */
const smallest = 8;
