import type { Clock } from '../endpoint/transport.ts';

interface Timer {
  readonly ms: number;
  readonly order: number;
  task: (() => void) | undefined;
}

/** Time that stands still until it is advanced. Tasks of the same moment run in the order they were set. */
export class VirtualClock implements Clock {
  readonly #heap: Timer[] = [];
  #now = 0;
  #order = 0;
  #live = 0;

  now(): number {
    return this.#now;
  }

  at(ms: number, task: () => void): () => void {
    const timer: Timer = { ms: Math.max(ms, this.#now), order: this.#order++, task };
    this.#push(timer);
    this.#live++;
    return () => {
      if (timer.task === undefined) return;
      timer.task = undefined;
      this.#live--;
    };
  }

  /** How many tasks are still to run. */
  get pending(): number {
    return this.#live;
  }

  /** Moves on to the next task and runs it. False where there is none. */
  advance(): boolean {
    for (let timer = this.#pop(); timer !== undefined; timer = this.#pop()) {
      const { task } = timer;
      if (task === undefined) continue;
      timer.task = undefined;
      this.#live--;
      this.#now = timer.ms;
      task();
      return true;
    }
    return false;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || before(parent, timer)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = timer;
  }

  #pop(): Timer | undefined {
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

function before(one: Timer, other: Timer): boolean {
  return one.ms < other.ms || (one.ms === other.ms && one.order < other.order);
}
