import type { Consumer } from './consumer.ts';
import { Lane } from './lane.ts';
import type { Entry } from './queue.ts';

/** What is ready in a queue: a lane for each priority, the highest first. */
export class Backlog {
  readonly #levels: number;
  #lanes: (Lane | undefined)[] = [];
  #top = 0;
  #size = 0;
  #octets = 0;

  /** `levels` of priority are told apart; what is above counts as the highest. */
  constructor(levels: number) {
    this.#levels = levels;
  }

  get size(): number {
    return this.#size;
  }

  /** Octets of all bodies. */
  get octets(): number {
    return this.#octets;
  }

  /** Adds an entry behind all others of its priority. */
  push(entry: Entry): void {
    this.#laneOf(entry).push(entry);
    this.#size += 1;
    this.#octets += entry.message.size;
  }

  /** Puts an entry that was taken before back to its place. */
  putBack(entry: Entry): void {
    this.#laneOf(entry).putBack(entry);
    this.#size += 1;
    this.#octets += entry.message.size;
  }

  head(): Entry | undefined {
    return this.#topLane()?.head();
  }

  take(): Entry | undefined {
    const entry = this.#topLane()?.take();
    if (entry !== undefined) this.#left(entry);
    return entry;
  }

  /** Takes this entry out wherever it stands. */
  remove(entry: Entry): void {
    const lane = this.#laneOf(entry);
    if (lane.head() === entry) lane.take();
    else lane.remove(entry);
    this.#left(entry);
  }

  /** The first that this consumer may be sent. Of those that were not put back, looks above position `after` only. */
  firstFor(consumer: Pick<Consumer, 'accepts'>, after: number): Entry | undefined {
    for (let level = this.#top; level >= 0; level -= 1) {
      const entry = this.#lanes[level]?.firstFor(consumer, after);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  clear(): void {
    this.#lanes = [];
    this.#top = 0;
    this.#size = 0;
    this.#octets = 0;
  }

  *[Symbol.iterator](): IterableIterator<Entry> {
    for (let level = this.#lanes.length - 1; level >= 0; level -= 1) yield* this.#lanes[level] ?? [];
  }

  #left(entry: Entry): void {
    this.#size -= 1;
    this.#octets -= entry.message.size;
  }

  #laneOf({ message }: Entry): Lane {
    const level = Math.min(Math.max(message.priority, 0), this.#levels - 1);
    if (level > this.#top) this.#top = level;
    let lane = this.#lanes[level];
    if (lane === undefined) {
      lane = new Lane();
      this.#lanes[level] = lane;
    }
    return lane;
  }

  #topLane(): Lane | undefined {
    for (; this.#top > 0; this.#top -= 1) {
      const lane = this.#lanes[this.#top];
      if (lane !== undefined && lane.size > 0) return lane;
    }
    return this.#lanes[0];
  }
}
