import type { Consumer } from './consumer.ts';
import { Deque } from './deque.ts';

interface Rank {
  readonly priority: number;
  readonly consumers: Deque<Consumer>;
}

/** Ranks that are kept although nobody stands in them. */
const emptyMax = 8;

/** Consumers that may take the next message: those of the highest priority first, equals in turn. With one priority it is one deque. */
export class Line {
  /** Highest priority first. */
  #ranks: Rank[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Puts a consumer behind its equals. */
  push(consumer: Consumer): void {
    this.#rankOf(consumer.options.priority).consumers.push(consumer);
    this.#size += 1;
  }

  shift(): Consumer | undefined {
    for (const { consumers } of this.#ranks) {
      const first = consumers.shift();
      if (first === undefined) continue;
      this.#size -= 1;
      return first;
    }
    return undefined;
  }

  /** Whom `shift` would give. */
  head(): Consumer | undefined {
    for (const { consumers } of this.#ranks) if (consumers.size > 0) return consumers.at(0);
    return undefined;
  }

  remove(consumer: Consumer): boolean {
    const rank = this.#ranks.find(({ priority }) => priority === consumer.options.priority);
    if (rank === undefined || !rank.consumers.remove(consumer)) return false;
    this.#size -= 1;
    return true;
  }

  *[Symbol.iterator](): IterableIterator<Consumer> {
    for (const { consumers } of this.#ranks) yield* consumers;
  }

  #rankOf(priority: number): Rank {
    const found = this.#ranks.find(rank => rank.priority === priority);
    if (found !== undefined) return found;
    if (this.#ranks.length > emptyMax) this.#ranks = this.#ranks.filter(({ consumers }) => consumers.size > 0);
    const rank = { priority, consumers: new Deque<Consumer>() };
    const at = this.#ranks.findIndex(each => each.priority < priority);
    this.#ranks.splice(at < 0 ? this.#ranks.length : at, 0, rank);
    return rank;
  }
}
