interface Item {
  readonly ms: number;
  readonly order: number;
  task: (() => void) | undefined;
}

/** What is to be done at which time. Tasks of the same moment come in the order they were set. Adding and taking are logarithmic, calling off constant. */
export class Agenda {
  readonly #heap: Item[] = [];
  #order = 0;
  #size = 0;

  /** How many tasks are still to run. */
  get size(): number {
    return this.#size;
  }

  /** When the first task is due; undefined: there is none. */
  get next(): number | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (top.task !== undefined) return top.ms;
      this.#pop();
    }
    return undefined;
  }

  /** Adds a task for `ms`; the returned function calls it off. */
  at(ms: number, task: () => void): () => void {
    const item: Item = { ms, order: this.#order++, task };
    this.#push(item);
    this.#size += 1;
    return () => {
      if (item.task === undefined) return;
      item.task = undefined;
      this.#size -= 1;
    };
  }

  /** Takes the first task that is due at `ms`. */
  takeDue(ms: number): (() => void) | undefined {
    const { next } = this;
    if (next === undefined || next > ms) return undefined;
    const item = this.#pop();
    const task = item?.task;
    if (item === undefined || task === undefined) return undefined;
    item.task = undefined;
    this.#size -= 1;
    return task;
  }

  #push(item: Item): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(item);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || before(parent, item)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = item;
  }

  #pop(): Item | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      if (left === undefined) break;
      const right = heap[2 * at + 2];
      const [child, down] = right !== undefined && before(right, left) ? [right, 2 * at + 2] : [left, 2 * at + 1];
      if (before(last, child)) break;
      heap[at] = child;
      at = down;
    }
    heap[at] = last;
    return top;
  }
}

function before(one: Item, other: Item): boolean {
  return one.ms < other.ms || (one.ms === other.ms && one.order < other.order);
}
