import { tagKey, type UnsettledEntry, unsettledEntries, unsettledMap } from '../../endpoint/amqp10/unsettled.ts';
import type { LinkEndpoint, OutgoingDelivery } from '../../endpoint/amqp10/vocabulary.ts';
import type { CompositeFields, DeliveryState } from '../../wire/amqp10/codec.ts';
import { settlementFor } from './amqp10-outcomes.ts';

/** A delivery that a suspended link left unsettled. */
export interface LeftDelivery {
  readonly tag: Uint8Array;
  /** The message as it goes out again. */
  payload(): readonly Uint8Array[];
  settle(outcome: DeliveryState): void;
}

/** What a suspended link leaves to the one that is attached under its name (2.6.13). */
export interface Legacy {
  /** Oldest first. */
  readonly deliveries: readonly LeftDelivery[];
  /** Of what the client sent, those that it has not settled. */
  readonly outcomes: readonly UnsettledEntry[];
  /** Links of this name before: no two of them give out the same tag. */
  readonly generation: number;
  /** Whatever is not settled by then goes back. */
  release(): void;
}

/** What a link does for deliveries that it resumes. */
export interface Resuming {
  readonly link: LinkEndpoint;
  deliver(delivery: OutgoingDelivery): number | undefined;
}

interface Resumed {
  readonly left: LeftDelivery;
  /** The outcome that the receiver has come to already. */
  readonly outcome: DeliveryState | undefined;
  /** The receiver has part of it. */
  readonly partly: boolean;
}

const fromTheStart: DeliveryState = { type: 'received', sectionNumber: 0, sectionOffset: 0n };

/** The deliveries that both ends of a link held for unsettled when it came back: first sent as resumed, then settled by what the client says. */
export class Resumption {
  readonly #legacy: Legacy;
  readonly #on: Resuming;
  readonly #theirs: ReadonlyMap<string, UnsettledEntry>;
  readonly #left = new Map<string, LeftDelivery>();
  #waiting: Resumed[] = [];

  constructor(legacy: Legacy, on: Resuming) {
    this.#legacy = legacy;
    this.#on = on;
    const theirs = unsettledEntries(on.link.remoteAttach?.unsettled) ?? [];
    this.#theirs = new Map(theirs.map(entry => [tagKey(entry.tag), entry]));
    for (const left of legacy.deliveries) this.#left.set(tagKey(left.tag), left);
  }

  /** What the attach says of them. A client that tells no map resumes nothing, and is told none. */
  get fields(): Partial<CompositeFields<'attach'>> {
    if (this.#on.link.remoteAttach?.unsettled === undefined || this.#left.size === 0) return {};
    return { unsettled: unsettledMap(Array.from(this.#left.values(), ({ tag }) => ({ tag, state: undefined }))) };
  }

  /** One of the maps has not all: nothing new is sent, and nothing is given up for what is not in the other. */
  get incomplete(): boolean {
    const { attach, remoteAttach } = this.#on.link;
    return attach?.incompleteUnsettled === true || remoteAttach?.incompleteUnsettled === true;
  }

  /** Both maps are there: what the client does not hold goes back to its queue, and comes as a new delivery. */
  begin(): void {
    for (const [key, left] of this.#left) {
      const theirs = this.#theirs.get(key);
      if (theirs !== undefined) this.#waiting.push(resumedBy(left, theirs.state));
      else if (!this.incomplete) this.#settle(key, { type: 'released' });
    }
    this.#endIfOver();
  }

  /** Resumes as much as there is credit for. True where all of it was. */
  goOn(): boolean {
    while (this.#waiting.length > 0 && this.#on.link.credit > 0) this.#resume(this.#waiting.shift() as Resumed);
    return this.#waiting.length === 0;
  }

  has(tag: Uint8Array): boolean {
    return this.#left.has(tagKey(tag));
  }

  settle(tag: Uint8Array, outcome: DeliveryState): void {
    this.#settle(tagKey(tag), outcome);
    this.#endIfOver();
  }

  /** Nothing of what was left is unsettled any more. */
  get isOver(): boolean {
    return this.#left.size === 0;
  }

  /** The link is suspended in its turn. */
  get deliveries(): readonly LeftDelivery[] {
    return [...this.#left.values()];
  }

  get generation(): number {
    return this.#legacy.generation + 1;
  }

  release(): void {
    this.#legacy.release();
  }

  #resume({ left, outcome, partly }: Resumed): void {
    const { tag } = left;
    if (outcome === undefined) this.#on.deliver({ tag, payload: left.payload(), resume: true, ...(partly && { state: fromTheStart }) });
    else {
      this.#on.deliver({ tag, payload: [], resume: true, settled: true, state: outcome });
      this.settle(tag, outcome);
    }
  }

  #settle(key: string, outcome: DeliveryState): void {
    const left = this.#left.get(key);
    this.#left.delete(key);
    left?.settle(outcome);
  }

  #endIfOver(): void {
    if (this.isOver) this.#legacy.release();
  }
}

function resumedBy(left: LeftDelivery, state: DeliveryState | undefined): Resumed {
  const outcome = state !== undefined && settlementFor(state) !== undefined ? state : undefined;
  return { left, outcome, partly: state?.type === 'received' };
}
