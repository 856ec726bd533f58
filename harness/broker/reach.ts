import type { Binding, Exchange } from './exchange.ts';
import type { Message } from './message.ts';
import { Queue } from './queue.ts';

const none: readonly Message[] = [];

/** Where the alternate exchanges are found, by virtual host and name. */
type Hosts = ReadonlyMap<string, { readonly exchanges: ReadonlyMap<string, Exchange> }>;

/**
 * Collects the queues that a message reaches, each once however many bindings match and whatever loops the bindings between exchanges make. One is
 * enough for a broker: it works on one message at a time.
 */
export class Reach {
  readonly #hosts: Hosts;
  readonly #onward: Exchange[] = [];
  #queues: Queue[] = [];
  #matches = 0;
  #run = 0;

  constructor(hosts: Hosts = new Map()) {
    this.#hosts = hosts;
  }

  /** The queues that an exchange passes a message to, by itself and through others; `copies` are the same message under further keys. */
  of(exchange: Exchange, message: Message, copies: readonly Message[] = none): readonly Queue[] {
    this.#queues = [];
    this.#run += 1;
    exchange.reachedBy = this.#run;
    for (let next: Exchange | undefined = exchange; next !== undefined; next = this.#onward.pop()) {
      this.#matches = 0;
      next.route(message, this);
      for (const copy of copies) next.route(copy, this);
      if (this.#matches === 0 && next.alternate !== undefined) this.#toAlternate(next, next.alternate);
    }
    return this.#queues;
  }

  /** Called by an exchange for each binding that matches. */
  add({ destination }: Binding): void {
    this.#matches += 1;
    if (destination.reachedBy === this.#run) return;
    destination.reachedBy = this.#run;
    if (destination instanceof Queue) this.#queues.push(destination);
    else this.#onward.push(destination);
  }

  /** An alternate that does not exist, or has had the message, is the end of the chain. */
  #toAlternate({ virtualHost }: Exchange, name: string): void {
    const alternate = this.#hosts.get(virtualHost)?.exchanges.get(name);
    if (alternate === undefined || alternate.reachedBy === this.#run) return;
    alternate.reachedBy = this.#run;
    this.#onward.push(alternate);
  }
}
