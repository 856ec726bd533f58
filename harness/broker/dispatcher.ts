import type { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import { letGo } from './holding.ts';
import type { Message } from './message.ts';
import { deliver, show } from './outgoing.ts';
import type { Entry, Queue } from './queue.ts';
import { passesThrough } from './routing.ts';
import type { Channel } from './session.ts';
import type { Outcome, Refusal } from './vocabulary.ts';

/** Moves messages: into queues, from queues to consumers, and back or away when they are settled. */
export class Dispatcher {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /**
   * Puts a message into these queues and serves their consumers. With a channel, the publish is confirmed when it is taken over: stored, or settled already.
   */
  enqueue(message: Message, queues: readonly Queue[], channel: Channel | undefined, deliveryTag: number): void {
    const kept = message.persistent && !passesThrough(queues, message);
    const placed = this.place(message, queues, channel, deliveryTag, kept);
    for (const queue of queues) this.dispatch(queue);
    if (channel !== undefined && placed !== 'storing') this.confirm(channel, deliveryTag, placed === 'taken');
  }

  /**
   * Puts a message into these queues and serves nobody yet. `storing`: a confirm waits for the store. `refused`: not all of them had room. `kept`: whether
   * durable queues have it stored.
   */
  place(
    message: Message,
    queues: readonly Queue[],
    channel: Channel | undefined,
    deliveryTag: number,
    kept = message.persistent,
  ): 'taken' | 'storing' | 'refused' {
    const core = this.#core;
    core.position += 1;
    const takers = queues.some(queue => queue.refuses(message)) ? core.deadLetters.takers(message, queues) : queues;
    const pages = kept && core.pager.pages;
    const stored = kept && this.#store(message, takers, takers.length < queues.length ? undefined : channel, deliveryTag, pages);
    for (const queue of takers) {
      const entry = queue.add(message, core.position, kept && queue.durable, core.now);
      core.heldOctets += message.size;
      core.heldMessages += 1;
      if (pages && entry.stored) core.pageWhenStored(entry);
    }
    if (takers.length < queues.length) return 'refused';
    return stored ? 'storing' : 'taken';
  }

  /** Serves the consumers of a queue in turn, as long as there is something to take and somebody who may take it. */
  dispatch(queue: Queue): void {
    do this.#serveAll(queue);
    while (this.#core.expiry.trim(queue) && queue.awaitingSmaller.size > 0);
    this.#core.expiry.watch(queue);
  }

  #serveAll(queue: Queue): void {
    let served = true;
    while (served && queue.ready > 0 && (queue.available.size > 0 || queue.awaitingSmaller.size > 0)) {
      queue.recallAwaitingSmaller();
      served = this.#serve(queue) && queue.awaitingSmaller.size > 0;
    }
  }

  /** One round until nobody in line can take the next message. Says whether anything was taken. */
  #serve(queue: Queue): boolean {
    let served = false;
    let passed: Consumer[] | undefined;
    while (queue.ready > 0) {
      const consumer = queue.available.shift();
      if (consumer === undefined) break;
      const entry = queue.expiring ? this.#core.expiry.nextFor(queue, consumer) : queue.nextFor(consumer);
      if (entry === undefined) {
        consumer.passedUpTo = this.#core.position;
        passed ??= [];
        passed.push(consumer);
        continue;
      }
      const gate = consumer.stoppedBy(entry.message.size);
      if (gate !== undefined) {
        gate.wait(consumer);
        if (gate.admits(0, !consumer.options.noAck)) queue.awaitingSmaller.add(consumer);
        continue;
      }
      if (consumer.options.browses) show(this.#core, consumer, entry);
      else {
        queue.takeOut(entry);
        deliver(this.#core, consumer, entry);
      }
      queue.available.push(consumer);
      served = true;
    }
    if (passed !== undefined) for (const consumer of passed) queue.available.push(consumer);
    return served;
  }

  /** Lets a consumer that a gate had stopped have its turn again. */
  readonly retry = (consumer: Consumer): void => {
    consumer.queue.awaitingSmaller.delete(consumer);
    consumer.queue.available.push(consumer);
    this.dispatch(consumer.queue);
  };

  /** Settles one delivery that was taken from a ledger. */
  settleOne(channel: Channel, entry: Entry, outcome: Outcome): void {
    const { consumer } = entry;
    if (this.release(entry, outcome)) {
      consumer?.yieldTurn();
      this.dispatch(entry.queue);
    }
    consumer?.gate.wake(this.retry);
    this.wake(channel);
  }

  /** Settles deliveries that were taken from a ledger, all together: nothing goes out before the last one is settled. */
  settleMany(channel: Channel, entries: readonly Entry[], outcome: Outcome): void {
    const queues = new Set<Queue>();
    const consumers = new Set<Consumer>();
    this.releaseAll(entries, outcome, queues, consumers);
    this.serve(channel, queues, consumers);
  }

  /** Takes deliveries back from their consumers; adds who is to be served for that, and serves nobody yet. */
  releaseAll(entries: readonly Entry[], outcome: Outcome, queues: Set<Queue>, consumers: Set<Consumer>): void {
    const own = new Set<Consumer>();
    for (const entry of entries) {
      if (entry.consumer !== undefined) own.add(entry.consumer);
      if (this.release(entry, outcome)) queues.add(entry.queue);
    }
    for (const consumer of own) {
      if (outcome === 'requeue') consumer.yieldTurn();
      consumers.add(consumer);
    }
  }

  /** Serves what was put aside: the consumers of these queues, and those that a limit of the channel had stopped. */
  serve(channel: Channel, queues: ReadonlySet<Queue>, consumers: ReadonlySet<Consumer>): void {
    for (const queue of queues) this.dispatch(queue);
    for (const consumer of consumers) consumer.gate.wake(this.retry);
    this.wake(channel);
  }

  wake(channel: Channel): void {
    channel.gate.wake(this.retry);
    channel.connection.gate.wake(this.retry);
  }

  /** Takes a delivery back from its consumer and says whether it went back to its queue. Serves nobody. */
  release(entry: Entry, outcome: Outcome): boolean {
    entry.consumer?.released(entry.message.size);
    if (outcome === 'requeue' && !entry.queue.deleted) {
      entry.queue.putBack(entry);
      return true;
    }
    if (outcome === 'accept') this.finish(entry);
    else this.#reject(entry);
    return false;
  }

  #reject(entry: Entry): void {
    entry.queue.settled();
    this.#core.deadLetters.discard(entry, 'rejected');
  }

  /** Delivers again to the same consumer what was taken from its channel's ledger. False: it is gone or may get nothing now. */
  redeliver(entry: Entry): boolean {
    const { consumer, queue } = entry;
    if (consumer === undefined || queue.deleted || !queue.consumers.has(consumer) || consumer.channel.gate.closed || consumer.channel.connection.gate.closed)
      return false;
    consumer.released(entry.message.size);
    entry.deliveries += 1;
    deliver(this.#core, consumer, entry);
    return true;
  }

  /** An entry that was taken out of its queue is done with. */
  finish(entry: Entry): void {
    entry.queue.settled();
    this.forget(entry);
  }

  /** Nothing is left of an entry. */
  forget(entry: Entry): void {
    if (entry.stored && !entry.queue.deleted) this.#unstore(entry);
    if (entry.queue.lifetime !== undefined) this.#core.lapsing.add(entry.queue);
    if (entry.resident) letGo(this.#core, entry.message.size, 1);
    entry.resident = false;
  }

  /** Drops what is ready in a queue and says how many there were. */
  drop(queue: Queue): number {
    if (queue.lifetime !== undefined) this.#core.lapsing.add(queue);
    const entries = queue.drain();
    let octets = 0;
    let messages = 0;
    for (const entry of entries) {
      if (entry.resident) {
        octets += entry.message.size;
        messages += 1;
      }
      entry.resident = false;
      if (entry.stored && !queue.deleted) this.#unstore(entry);
    }
    letGo(this.#core, octets, messages);
    return entries.length;
  }

  confirm(channel: Channel, deliveryTag: number, accepted: boolean, refusal?: Refusal): void {
    const lowest = channel.unconfirmed.at(0);
    const multiple = lowest === undefined || lowest > deliveryTag;
    const told = { kind: 'confirm', connection: channel.connection.id, channel: channel.number, deliveryTag, multiple, accepted } as const;
    this.#core.emit(refusal === undefined ? told : { ...told, refusal });
  }

  /** Sees to it that a stored message that is sent and not settled counts as redelivered when it comes back from the store. */
  noteSent({ stored, queue, position }: Entry): void {
    if (!stored || position <= queue.sentUpTo) return;
    queue.sentUpTo = position;
    this.#core.persist({ change: 'sent', virtualHost: queue.virtualHost, queue: queue.name, position });
  }

  /** Writes a persistent message for its durable queues. Says whether a confirm waits for that. */
  #store(message: Message, queues: readonly Queue[], channel: Channel | undefined, deliveryTag: number, pages: boolean): boolean {
    const durable = queues.filter(queue => queue.durable).map(queue => queue.name);
    const [first] = queues;
    if (durable.length === 0 || first === undefined) return false;
    const fixed = { change: 'append', virtualHost: first.virtualHost, queues: durable, position: this.#core.position, message } as const;
    const change =
      message.ttlMs !== undefined || queues.some(queue => queue.policy.messageTtlMs < Number.POSITIVE_INFINITY)
        ? { ...fixed, arrivedMs: this.#core.now }
        : fixed;
    if (channel === undefined) this.#core.persist(change, pages);
    else this.#core.persistAndConfirm(change, channel, deliveryTag);
    return true;
  }

  #unstore({ queue, position }: Entry): void {
    this.#core.persist({ change: 'remove', virtualHost: queue.virtualHost, queue: queue.name, position });
  }
}
