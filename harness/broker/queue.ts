import type { FieldTable } from '../spec/amqp091/domains.ts';
import { Backlog } from './backlog.ts';
import type { Consumer } from './consumer.ts';
import type { Binding } from './exchange.ts';
import { argument, integerOf, isTrue } from './extension-arguments.ts';
import type { Lifetime } from './lapsing.ts';
import { Line } from './line.ts';
import type { Message } from './message.ts';
import { type QueuePolicy, unlimited } from './queue-policy.ts';
import type { Channel } from './session.ts';
import type { ConnectionId } from './vocabulary.ts';

/** One message in one queue, from its arrival until it is settled. */
export interface Entry {
  message: Message;
  readonly queue: Queue;
  /** Grows with every message of the broker: the order of arrival. */
  readonly position: number;
  /** Whether the store holds it. */
  readonly stored: boolean;
  /** Whether the octets of its message count as held: not when they are on disk only, nor when nothing is left of it. */
  resident: boolean;
  /** From when on nobody may be sent it; `never`: no such moment comes. */
  readonly deadlineMs: number;
  deliveries: number;
  /** Attempts at delivering it that a receiver called failed. */
  failures: number;
  /** Who was sent it last and has not settled it; undefined for get. */
  consumer: Consumer | undefined;
  /** Who said that it is not to come back to them. */
  declinedBy: WeakSet<Consumer> | undefined;
}

export interface QueueOptions {
  readonly durable: boolean;
  readonly autoDelete: boolean;
  /** The connection that may use the queue and whose end is its own; undefined: everybody. */
  readonly owner: ConnectionId | undefined;
  readonly arguments: FieldTable;
}

/** A deadline that does not come; no moment is negative. */
export const never = -1;

/** Holds messages by priority and arrival until its consumers take them. Knows nothing of connections' states: a gate says who may be served. */
export class Queue {
  readonly virtualHost: string;
  readonly name: string;
  readonly options: QueueOptions;
  readonly policy: QueuePolicy;
  /** Bindings by which exchanges pass messages on to this queue. */
  readonly incoming = new Set<Binding>();
  readonly consumers = new Set<Consumer>();
  /** Where it was made for one channel. */
  lifetime: Lifetime | undefined;
  /** Channels that said that they publish to it. */
  readonly publishers = new Set<Channel>();
  /** Consumers that may take the next message. */
  readonly available = new Line();
  /** Consumers that wait at a gate only because the next message is too large for what is left of their prefetch size. */
  readonly awaitingSmaller = new Set<Consumer>();
  /** Mark of the message that reached this queue last, so that a message comes once however many bindings match. */
  reachedBy = 0;
  deleted = false;
  /** It hands on what comes and keeps nothing: what its consumer has no credit for is dropped. */
  straight = false;
  /** Whether it ever held a message with a deadline. */
  expiring = false;
  /** The deadline that somebody waits for. */
  watchedMs = never;
  /** Up to this position all was sent once, as far as the store knows. */
  sentUpTo = 0;
  /** When it is to be deleted unless it is used before. */
  leaseMs = never;
  /** One consumer gets all messages, for as long as it lasts; the others wait to take its place. */
  readonly singleActive: boolean;
  /** How long its deliveries may wait for their acknowledgement; undefined: for ever. */
  readonly acknowledgementTimeoutMs: number | undefined;
  #active: Consumer | undefined;
  readonly #backlog: Backlog;
  #unacknowledged = 0;

  constructor(virtualHost: string, name: string, options: QueueOptions, policy: QueuePolicy = unlimited) {
    this.virtualHost = virtualHost;
    this.name = name;
    this.options = options;
    this.policy = policy;
    this.#backlog = new Backlog(policy.levels);
    this.acknowledgementTimeoutMs = integerOf(argument(options.arguments, 'x-consumer-timeout'));
    this.singleActive = isTrue(argument(options.arguments, 'x-single-active-consumer'));
  }

  /** Whether definition and persistent messages outlive the broker. An exclusive queue goes with its connection, so it has nothing to keep. */
  get durable(): boolean {
    return this.options.durable && this.options.owner === undefined;
  }

  /** Messages that wait for a consumer. */
  get ready(): number {
    return this.#backlog.size;
  }

  /** Whether more is ready than the queue may hold. What was sent and not settled does not count. */
  get overfull(): boolean {
    return this.#backlog.size > this.policy.maxLength || this.#backlog.octets > this.policy.maxOctets;
  }

  /** Whether one more message is too much for a queue that takes none then. */
  refuses({ size }: Message): boolean {
    const { overflow, maxLength, maxOctets } = this.policy;
    return overflow !== 'drop-head' && (this.#backlog.size >= maxLength || this.#backlog.octets + size > maxOctets);
  }

  /** Messages sent and not settled. */
  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  /** Consumers whose channel has not stopped the flow. */
  get activeConsumers(): number {
    let count = 0;
    for (const consumer of this.consumers) if (!consumer.channel.gate.closed) count += 1;
    return count;
  }

  get hasExclusiveConsumer(): boolean {
    for (const consumer of this.consumers) return consumer.options.exclusive;
    return false;
  }

  /** Takes a consumer in. Where only one is active and another is, it waits and is served nothing. */
  admit(consumer: Consumer): void {
    this.consumers.add(consumer);
    if (this.singleActive && this.#active !== undefined) return;
    if (this.singleActive) this.#active = consumer;
    this.available.push(consumer);
  }

  /** `arrivedMs`: from when on its time to live counts. */
  add(message: Message, position: number, stored: boolean, arrivedMs: number): Entry {
    const deadlineMs = this.#deadlineOf(message, arrivedMs);
    const entry: Entry = {
      message,
      queue: this,
      position,
      stored,
      resident: true,
      deadlineMs,
      deliveries: 0,
      // Stored letters are read back without.
      failures: message.deaths[0]?.failures ?? 0,
      consumer: undefined,
      declinedBy: undefined,
    };
    this.#backlog.push(entry);
    return entry;
  }

  /** Brings back that messages up to this position were sent before. */
  restoreSent(position: number): void {
    this.sentUpTo = position;
    for (const entry of this.#backlog) if (entry.position <= position) entry.deliveries = 1;
  }

  /** Puts back what was sent and came back unsettled, to its old place. */
  putBack(entry: Entry): void {
    entry.consumer = undefined;
    this.#backlog.putBack(entry);
    this.#unacknowledged -= 1;
  }

  head(): Entry | undefined {
    return this.#backlog.head();
  }

  /** Takes the head away, to be given up. */
  removeHead(): Entry | undefined {
    return this.#backlog.take();
  }

  /** What this consumer would be sent next. */
  nextFor(consumer: Consumer): Entry | undefined {
    return consumer.selective ? this.#backlog.firstFor(consumer, consumer.passedUpTo) : this.head();
  }

  /** Takes the head, to be settled later or at once. */
  take(): Entry | undefined {
    const entry = this.#backlog.take();
    if (entry !== undefined) this.#left(entry);
    return entry;
  }

  /** Takes an entry that `nextFor` gave. */
  takeOut(entry: Entry): void {
    this.#backlog.remove(entry);
    this.#left(entry);
  }

  settled(): void {
    this.#unacknowledged -= 1;
  }

  /** Takes everything that is ready, in order. */
  drain(): Entry[] {
    const entries = [...this.peek()];
    this.#backlog.clear();
    return entries;
  }

  /** What is ready, in the order of delivery. */
  peek(): Iterable<Entry> {
    return this.#backlog;
  }

  /** Takes a consumer out of wherever it waits. Says whether another took its place, so that the queue has somebody new to serve. */
  forget(consumer: Consumer): boolean {
    this.consumers.delete(consumer);
    this.awaitingSmaller.delete(consumer);
    if (!this.available.remove(consumer)) for (const gate of consumer.gates) if (gate.leave(consumer)) break;
    if (this.#active !== consumer) return false;
    [this.#active] = this.consumers;
    if (this.#active === undefined) return false;
    this.available.push(this.#active);
    return true;
  }

  /** Puts those back in line for whom another message may be next now. */
  recallAwaitingSmaller(): void {
    if (this.awaitingSmaller.size === 0) return;
    for (const consumer of this.awaitingSmaller) {
      for (const gate of consumer.gates) if (gate.leave(consumer)) break;
      this.available.push(consumer);
    }
    this.awaitingSmaller.clear();
  }

  #left(entry: Entry): void {
    entry.deliveries += 1;
    this.#unacknowledged += 1;
  }

  #deadlineOf({ ttlMs = Number.POSITIVE_INFINITY }: Message, arrivedMs: number): number {
    const least = Math.min(ttlMs, this.policy.messageTtlMs);
    if (!(least < Number.POSITIVE_INFINITY)) return never;
    this.expiring = true;
    return arrivedMs + least;
  }
}
