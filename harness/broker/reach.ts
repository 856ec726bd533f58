import type { Binding, Exchange } from './exchange.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';

/** Collects the queues that a message reaches, each once however many bindings match. One is enough for a broker: it works on one message at a time. */
export class Reach {
  #queues: Queue[] = [];
  #run = 0;

  /** The queues that an exchange passes a message to. */
  of(exchange: Exchange, message: Message): readonly Queue[] {
    this.#queues = [];
    this.#run += 1;
    exchange.route(message, this);
    return this.#queues;
  }

  /** Called by an exchange for each binding that matches. */
  add({ queue }: Binding): void {
    if (queue.reachedBy === this.#run) return;
    queue.reachedBy = this.#run;
    this.#queues.push(queue);
  }
}
