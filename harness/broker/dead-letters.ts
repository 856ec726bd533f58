import type { Core } from './core.ts';
import { Deque } from './deque.ts';
import type { Death, DeathReason, Message } from './message.ts';
import type { Entry, Queue } from './queue.ts';

interface Dead {
  readonly message: Message;
  readonly queue: Queue;
  readonly reason: DeathReason;
  /** What is forgotten when the letter is written; undefined: the queue never took the message. */
  readonly entry: Entry | undefined;
}

/** Publishes what queues give up to their dead letter exchanges. Letters wait for the end of the command, since a queue may feed itself. */
export class DeadLetters {
  readonly #core: Core;
  readonly #waiting = new Deque<Dead>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** Does away with an entry that was taken out of its queue. What the store holds of it is kept until its letter is written. */
  discard(entry: Entry, reason: DeathReason): void {
    const { queue } = entry;
    if (queue.deleted || queue.policy.deadLetterExchange === undefined) this.#core.dispatcher.forget(entry);
    else this.#waiting.push({ message: entry.message, queue, reason, entry });
  }

  /** The queues that have room for a message. Those that have none give it up, where they are to. */
  takers(message: Message, queues: readonly Queue[]): readonly Queue[] {
    return queues.filter(queue => {
      if (!queue.refuses(message)) return true;
      const { overflow, deadLetterExchange } = queue.policy;
      if (overflow === 'reject-publish-dlx' && deadLetterExchange !== undefined) this.#waiting.push({ message, queue, reason: 'maxlen', entry: undefined });
      return false;
    });
  }

  /** Publishes all that wait, and what comes of that. Ends, since what goes in circles without a rejection is dropped. */
  publish(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#publish(next);
      if (next.entry !== undefined) this.#core.dispatcher.forget(next.entry);
    }
  }

  #publish({ message, queue, reason, entry }: Dead): void {
    const core = this.#core;
    const { deadLetterExchange: name = '', deadLetterRoutingKey } = queue.policy;
    const exchange = core.virtualHosts.get(queue.virtualHost)?.exchanges.get(name);
    if (exchange === undefined) return;
    const failures = (entry?.failures ?? 0) + (reason === 'rejected' ? 1 : 0);
    const deaths = died(message, queue, reason, { timeMs: core.now, failures });
    const tellsLast = core.settings.readings.lastDeath === 'text';
    const letter = message.afterDeath({ exchange: name, routingKey: deadLetterRoutingKey, deaths, tellsLast });
    const reached = core.reach.of(exchange, letter);
    const queues = reason === 'rejected' ? reached : reached.filter(each => !circles(each, deaths));
    if (queues.length > 0) core.dispatcher.enqueue(letter, queues, undefined, 0);
  }
}

/** The deaths of a message with one more, which comes first: counted up where it died in the same queue for the same reason before. */
function died(
  message: Message,
  { name: queue }: Queue,
  reason: DeathReason,
  { timeMs, failures }: Required<Pick<Death, 'timeMs' | 'failures'>>,
): readonly Death[] {
  const { deaths, exchange, routingKeys, expiration } = message;
  const known = deaths.find(each => each.queue === queue && each.reason === reason);
  if (known === undefined) return [{ queue, reason, count: 1, timeMs, exchange, routingKeys, expiration, failures }, ...deaths];
  return [{ ...known, count: known.count + 1, failures }, ...deaths.filter(each => each !== known)];
}

/** Whether a letter comes back to a queue that it died in without having been rejected anywhere since. */
function circles({ name }: Queue, deaths: readonly Death[]): boolean {
  const last = deaths.findIndex(({ queue }) => queue === name);
  return last >= 0 && deaths.slice(0, last + 1).every(({ reason }) => reason !== 'rejected');
}
