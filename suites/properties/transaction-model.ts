/** Transactions as naively as can be said: what is committed, and what only would be. */

export interface Message {
  readonly body: string;
  readonly queue: string;
  /** Nobody was sent it yet: only then is its place in the queue promised. */
  fresh: boolean;
}

export interface Held {
  readonly tag: bigint;
  readonly message: Message;
}

interface Settlement {
  readonly held: Held;
  readonly requeue: boolean;
}

export class TransactionModel {
  /** What is committed and waits, oldest first. */
  #waiting: Message[] = [];
  /** Outstanding on the transacted channel, oldest first, whether the transaction settles it or not. */
  #held: Held[] = [];
  #publications: Message[] = [];
  #settlements: Settlement[] = [];
  #published = 0;

  /** Published in the transaction, once for each queue that it goes to. */
  publish(queues: readonly string[]): string {
    this.#published += 1;
    const body = `m${this.#published}`;
    this.#publications.push(...queues.map(queue => ({ body, queue, fresh: true })));
    return body;
  }

  waiting(queue: string): readonly Message[] {
    return this.#waiting.filter(each => each.queue === queue);
  }

  /** What may come next from a queue: the oldest of those that never went out, and any that did. */
  next(queue: string): readonly Message[] {
    const oldest = this.waiting(queue).find(message => message.fresh);
    return this.waiting(queue).filter(message => !message.fresh || message === oldest);
  }

  /** What the client may still settle: outstanding, and not settled by the transaction at hand. */
  get open(): readonly Held[] {
    return this.#held.filter(held => !this.#settlements.some(each => each.held === held));
  }

  /** The message goes to the transacted channel under this tag, or to somebody else for good. */
  take(message: Message, tag?: bigint): void {
    this.#waiting = this.#waiting.filter(each => each !== message);
    message.fresh = false;
    if (tag !== undefined) this.#held.push({ tag, message });
  }

  settle(settled: readonly Held[], requeue: boolean): void {
    this.#settlements.push(...settled.map(held => ({ held, requeue })));
  }

  commit(): void {
    const settled = this.#settlements.map(({ held }) => held);
    const back = this.#settlements.filter(({ requeue }) => requeue).map(({ held }) => held.message);
    this.#held = this.#held.filter(held => !settled.includes(held));
    this.#waiting.push(...back, ...this.#publications);
    this.rollback();
  }

  rollback(): void {
    this.#publications = [];
    this.#settlements = [];
  }

  /** The channel ends: nothing of the transaction stays, and what was outstanding goes back. */
  end(): void {
    this.rollback();
    this.#waiting.push(...this.#held.map(({ message }) => message));
    this.#held = [];
  }
}
