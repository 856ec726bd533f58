import type { Clock } from '../endpoint/transport.ts';
import type { Violation } from '../wire/decoded.ts';
import type { Seen } from './peer.ts';
import type { Stop } from './stop.ts';

/** One thing that came in: what it is, or why it is nothing legal. Both where it is well-formed and out of place. */
export interface Item<S = Seen> {
  readonly seen?: S;
  readonly breach?: Violation;
}

/** What a waiter makes of an item that it was looking for; `keep` leaves the item for others. */
export interface Picked<T> {
  readonly value: T;
  readonly keep?: true;
}

export type Pick<T, S = Seen> = (item: Item<S>) => Picked<T> | undefined;

interface Waiter<S> {
  offer(item: Item<S>): 'taken' | 'kept' | 'passed';
  fail(stop: Stop): void;
}

const contentUnit = 4096;
const compactFrom = 512;
const taken = {};
const loadMax = 20_000;

/** All that came on one connection and was not taken yet. Each wait scans it from its oldest item, then listens. */
export class Inbox<S = Seen> {
  /** Told when more lies here than a check will ever look at, and when half of that is gone. */
  onLoad: ((heavy: boolean) => void) | undefined;
  readonly #clock: Clock;
  readonly #items: Item<S>[] = [];
  /** Index of the oldest item. */
  #first = 0;
  readonly #waiters = new Set<Waiter<S>>();
  /** Octets of content that an item bears. */
  readonly #contentOf: (seen: S) => number;
  readonly #loadMax: number;
  #load = 0;
  #heavy = false;
  #stop: Stop | undefined;

  constructor(clock: Clock, contentOf: (seen: S) => number, max = loadMax) {
    this.#clock = clock;
    this.#contentOf = contentOf;
    this.#loadMax = max;
  }

  push(item: Item<S>): void {
    for (const waiter of this.#waiters) {
      const answer = waiter.offer(item);
      if (answer === 'taken') return;
      if (answer === 'kept') break;
    }
    this.#items.push(item);
    this.#weigh(this.#loadOf(item));
  }

  /** Waits until `pick` answers a value, or for undefined at `untilMs`. Rejects when the check is stopped from outside. */
  wait<T>(pick: Pick<T, S>, untilMs: number): Promise<T | undefined> {
    const found = this.poll(pick);
    if (found !== undefined) return Promise.resolve(found.value);
    if (this.#stop !== undefined) return Promise.reject(this.#stop);
    return new Promise((resolve, reject) => {
      const waiter: Waiter<S> = {
        offer: item => {
          const picked = pick(item);
          if (picked === undefined) return 'passed';
          over();
          resolve(picked.value);
          return picked.keep === true ? 'kept' : 'taken';
        },
        fail: stop => {
          over();
          reject(stop);
        },
      };
      const cancel = this.#clock.at(untilMs, () => {
        over();
        resolve(undefined);
      });
      const over = () => {
        this.#waiters.delete(waiter);
        cancel();
      };
      this.#waiters.add(waiter);
    });
  }

  /** As `wait`, for what is here already. */
  poll<T>(pick: Pick<T, S>): Picked<T> | undefined {
    for (let at = this.#first; at < this.#items.length; at += 1) {
      const item = this.#items[at];
      const picked = item === undefined ? undefined : pick(item);
      if (item === undefined || picked === undefined) continue;
      if (picked.keep !== true) this.#remove(at, item);
      return picked;
    }
    return undefined;
  }

  /** What lies here, oldest first. */
  get items(): readonly Item<S>[] {
    return this.#items.slice(this.#first);
  }

  /** Ends every wait, now and later. */
  stop(stop: Stop): void {
    this.#stop = stop;
    for (const waiter of [...this.#waiters]) waiter.fail(stop);
  }

  /** The oldest is only stepped over, so that taking one after another stays cheap however many there are. */
  #remove(at: number, item: Item<S>): void {
    if (at > this.#first) this.#items.splice(at, 1);
    else {
      this.#items[at] = taken;
      this.#first += 1;
    }
    if (this.#first > compactFrom && this.#first > this.#items.length / 2) {
      this.#items.splice(0, this.#first);
      this.#first = 0;
    }
    this.#weigh(-this.#loadOf(item));
  }

  #weigh(load: number): void {
    this.#load += load;
    const heavy = this.#load > (this.#heavy ? this.#loadMax / 2 : this.#loadMax);
    if (heavy === this.#heavy) return;
    this.#heavy = heavy;
    this.onLoad?.(heavy);
  }

  #loadOf({ seen }: Item<S>): number {
    return 1 + (seen === undefined ? 0 : Math.ceil(this.#contentOf(seen) / contentUnit));
  }
}
