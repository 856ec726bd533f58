/** A queue as naively as can be said: what waits, and what somebody holds. */

export interface Message {
  readonly body: string;
  /** Nobody was sent it yet: only then is its place in the queue promised. */
  fresh: boolean;
}

export interface Held {
  readonly tag: bigint;
  readonly message: Message;
}

export class QueueModel {
  /** What waits, oldest first; of what was handed out before, the place is not promised. */
  waiting: Message[] = [];
  readonly #held = new Map<string, Held[]>();
  #published = 0;

  publish(): Message {
    this.#published += 1;
    const message: Message = { body: `m${this.#published}`, fresh: true };
    this.waiting.push(message);
    return message;
  }

  /** What a channel holds, oldest delivery first. */
  held(holder: string): readonly Held[] {
    return this.#held.get(holder) ?? [];
  }

  /** What may come next: the oldest of those that never went out, and any that did. */
  get next(): readonly Message[] {
    const oldest = this.waiting.find(message => message.fresh);
    return this.waiting.filter(message => !message.fresh || message === oldest);
  }

  /** The message leaves the queue for good, or for a channel that holds it. */
  take(message: Message, holder?: { readonly name: string; readonly tag: bigint }): void {
    this.waiting = this.waiting.filter(each => each !== message);
    message.fresh = false;
    if (holder !== undefined) this.#held.set(holder.name, [...this.held(holder.name), { tag: holder.tag, message }]);
  }

  /** A channel lets go of these: back into the queue, or for good. */
  settle(holder: string, settled: readonly Held[], requeue: boolean): void {
    this.#held.set(
      holder,
      this.held(holder).filter(each => !settled.includes(each)),
    );
    if (requeue) this.waiting.push(...settled.map(({ message }) => message));
  }

  /** Removes what waits and says how much that was. */
  purge(): number {
    const count = this.waiting.length;
    this.waiting = [];
    return count;
  }
}
