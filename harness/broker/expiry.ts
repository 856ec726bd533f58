import type { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import { deleteQueue } from './lifecycle.ts';
import { type Entry, never, type Queue } from './queue.ts';

/** Ends what has outlived its time: messages at the head of their queue, and queues that nobody uses. */
export class Expiry {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /** What a consumer is sent next, where messages expire; what it finds expired on the way is given up. */
  nextFor(queue: Queue, consumer: Consumer): Entry | undefined {
    for (;;) {
      const entry = queue.nextFor(consumer);
      if (entry === undefined || !this.#isOver(entry)) return entry;
      queue.takeOut(entry);
      queue.settled();
      this.#core.deadLetters.discard(entry, 'expired');
    }
  }

  /** Gives up what nobody took and may not stay. Says whether there was any. */
  trim(queue: Queue): boolean {
    const before = queue.ready;
    while (queue.overfull) {
      const head = queue.removeHead();
      if (head !== undefined) this.#core.deadLetters.discard(head, 'maxlen');
    }
    this.sweep(queue);
    return queue.ready < before;
  }

  /** Takes what has expired off the head of a queue. What is behind a message that may still wait stays until that one leaves. */
  sweep(queue: Queue): void {
    if (!queue.expiring) return;
    const { now } = this.#core;
    for (let head = queue.head(); head !== undefined && head.deadlineMs !== never && head.deadlineMs <= now; head = queue.head()) {
      queue.removeHead();
      this.#core.deadLetters.discard(head, 'expired');
    }
  }

  /** Sees to it that the head of a queue is swept away when its time is over. */
  watch(queue: Queue): void {
    if (!queue.expiring) return;
    const deadlineMs = queue.head()?.deadlineMs ?? never;
    if (deadlineMs === never || (queue.watchedMs !== never && queue.watchedMs <= deadlineMs)) return;
    queue.watchedMs = deadlineMs;
    this.#core.at(deadlineMs, () => {
      if (queue.watchedMs === deadlineMs) queue.watchedMs = never;
      if (!queue.deleted) this.#core.dispatcher.dispatch(queue);
    });
  }

  /** The queue is in use at this moment: its time begins anew. */
  renew(queue: Queue): void {
    const { expiresMs } = queue.policy;
    if (expiresMs === Number.POSITIVE_INFINITY) return;
    const running = queue.leaseMs !== never;
    queue.leaseMs = this.#core.now + expiresMs;
    if (!running) this.#lease(queue);
  }

  /** Whether it is too late to send an entry. In the very moment that its time ends it is not, so that zero leaves the chance to be delivered at once. */
  #isOver({ deadlineMs }: Entry): boolean {
    return deadlineMs !== never && deadlineMs < this.#core.now;
  }

  /** One task for each queue: it finds out when it is due whether the lease was renewed meanwhile. */
  #lease(queue: Queue): void {
    this.#core.at(queue.leaseMs, () => {
      if (queue.deleted) return;
      if (queue.consumers.size > 0) queue.leaseMs = never;
      else if (queue.leaseMs > this.#core.now) this.#lease(queue);
      else deleteQueue(this.#core, queue);
    });
  }
}
