import type { Consumer } from './consumer.ts';
import { Deque } from './deque.ts';

/**
 * One thing that can hold deliveries back: a prefetch limit, a stopped flow, a full window. Consumers that it stops wait here, first come
 * first served, so that no search is needed when it opens.
 */
export class Gate {
  /** Most messages and octets out and unsettled; 0 is no limit. */
  countLimit = 0;
  sizeLimit = 0;
  /** Deliveries that may still go out, settled or not; no limit unless credit is given. */
  credit = Number.POSITIVE_INFINITY;
  #count = 0;
  #size = 0;
  #closed = false;
  readonly #waiting = new Deque<Consumer>();

  get closed(): boolean {
    return this.#closed;
  }

  /** Messages out and unsettled. */
  get count(): number {
    return this.#count;
  }

  get waiting(): Iterable<Consumer> {
    return this.#waiting;
  }

  /** Whether a message of this many octets may go out now. `counted`: the prefetch limits apply to it. */
  admits(size: number, counted: boolean): boolean {
    if (this.#closed || this.credit <= 0) return false;
    if (!counted || this.#count === 0) return true;
    return (this.countLimit === 0 || this.#count < this.countLimit) && (this.sizeLimit === 0 || this.#size + size <= this.sizeLimit);
  }

  took(size: number): void {
    this.#count += 1;
    this.#size += size;
  }

  released(size: number): void {
    this.#count -= 1;
    this.#size -= size;
  }

  wait(consumer: Consumer): void {
    this.#waiting.push(consumer);
  }

  leave(consumer: Consumer): boolean {
    return this.#waiting.remove(consumer);
  }

  close(): void {
    this.#closed = true;
  }

  /** Opens the gate and lets the waiting try again, as long as it stays open. */
  open(retry: (consumer: Consumer) => void): void {
    this.#closed = false;
    for (let rest = this.#waiting.size; rest > 0 && !this.#closed; rest -= 1) this.#letTry(retry);
  }

  /** Lets the waiting try again after a release, as long as there is room. */
  wake(retry: (consumer: Consumer) => void): void {
    for (let rest = this.#waiting.size; rest > 0 && this.#hasRoom(); rest -= 1) this.#letTry(retry);
  }

  #hasRoom(): boolean {
    return this.admits(0, true);
  }

  #letTry(retry: (consumer: Consumer) => void): void {
    const consumer = this.#waiting.shift();
    if (consumer !== undefined) retry(consumer);
  }
}
