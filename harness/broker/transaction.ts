import type { Message } from './message.ts';
import type { Queue } from './queue.ts';
import type { Outcome } from './vocabulary.ts';

/** A message on its way, with the queues that its exchange chose for it. */
export interface Dispatch {
  readonly message: Message;
  readonly queues: readonly Queue[];
  readonly mandatory: boolean;
  readonly immediate: boolean;
}

/** Deliveries of the channel that are settled together. */
interface Settlement {
  readonly tags: readonly number[];
  readonly outcome: Outcome;
}

/** Octets that a message takes while it waits, be it empty. */
export function costOf({ header, size }: Message): number {
  return size + header.length + messageOverhead;
}

const messageOverhead = 256;

/** What a channel published and settled since its transaction began, in that order. Nothing of it has happened yet. */
export class Transaction {
  readonly work: (Dispatch | Settlement)[] = [];
  /** What the waiting messages cost. */
  octets = 0;
  readonly #settled = new Set<number>();
  /** No tag up to this one is left to settle. */
  #through = 0;

  publish(dispatch: Dispatch): void {
    this.work.push(dispatch);
    this.octets += costOf(dispatch.message);
  }

  /** Tags above the last one that was settled together with all before it. */
  get through(): number {
    return this.#through;
  }

  /** Whether the delivery is settled by this transaction. */
  settles(tag: number): boolean {
    return tag <= this.#through || this.#settled.has(tag);
  }

  /** `through`: every outstanding tag up to this one is among `tags`, or was settled before. */
  settle(tags: readonly number[], outcome: Outcome, through = 0): void {
    this.work.push({ tags, outcome });
    for (const tag of tags) if (tag > through) this.#settled.add(tag);
    this.#through = Math.max(this.#through, through);
  }
}
