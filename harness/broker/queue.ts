import type { FieldTable } from '../spec/amqp091/domains.ts';
import type { Consumer } from './consumer.ts';
import type { Binding } from './exchange.ts';
import { argument, isTrue } from './extension-arguments.ts';
import { Lane } from './lane.ts';
import { Line } from './line.ts';
import type { Message } from './message.ts';
import type { ConnectionId } from './vocabulary.ts';

/** One message in one queue, from its arrival until it is settled. */
export interface Entry {
  readonly message: Message;
  readonly queue: Queue;
  /** Grows with every message of the broker: the order of arrival. */
  readonly position: number;
  /** Whether the store holds it. */
  readonly stored: boolean;
  deliveries: number;
  /** Who was sent it last and has not settled it; undefined for get. */
  consumer: Consumer | undefined;
}

export interface QueueOptions {
  readonly durable: boolean;
  readonly autoDelete: boolean;
  /** The connection that may use the queue and whose end is its own; undefined: everybody. */
  readonly owner: ConnectionId | undefined;
  readonly arguments: FieldTable;
  /** Levels of priority that messages are told apart by. */
  readonly levels: number;
}

/** Holds messages by priority and arrival until its consumers take them. Knows nothing of connections' states: a gate says who may be served. */
export class Queue {
  readonly virtualHost: string;
  readonly name: string;
  readonly options: QueueOptions;
  /** Bindings by which exchanges pass messages on to this queue. */
  readonly incoming = new Set<Binding>();
  readonly consumers = new Set<Consumer>();
  /** Consumers that may take the next message. */
  readonly available = new Line();
  /** Consumers that wait at a gate only because the next message is too large for what is left of their prefetch size. */
  readonly awaitingSmaller = new Set<Consumer>();
  /** Mark of the message that reached this queue last, so that a message comes once however many bindings match. */
  reachedBy = 0;
  deleted = false;
  /** One consumer gets all messages, for as long as it lasts; the others wait to take its place. */
  readonly singleActive: boolean;
  #active: Consumer | undefined;
  #lanes: (Lane | undefined)[] = [];
  #top = 0;
  #ready = 0;
  #unacknowledged = 0;

  constructor(virtualHost: string, name: string, options: QueueOptions) {
    this.virtualHost = virtualHost;
    this.name = name;
    this.options = options;
    this.singleActive = isTrue(argument(options.arguments, 'x-single-active-consumer'));
  }

  /** Whether definition and persistent messages outlive the broker. An exclusive queue goes with its connection, so it has nothing to keep. */
  get durable(): boolean {
    return this.options.durable && this.options.owner === undefined;
  }

  /** Messages that wait for a consumer. */
  get ready(): number {
    return this.#ready;
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

  add(message: Message, position: number, stored: boolean): void {
    this.#laneOf(message).push({ message, queue: this, position, stored, deliveries: 0, consumer: undefined });
    this.#ready += 1;
  }

  /** Puts back what was sent and came back unsettled, to its old place. */
  putBack(entry: Entry): void {
    entry.consumer = undefined;
    this.#laneOf(entry.message).putBack(entry);
    this.#ready += 1;
    this.#unacknowledged -= 1;
  }

  /** What this consumer would be sent next. */
  nextFor(consumer: Consumer): Entry | undefined {
    if (!consumer.options.noLocal) return this.#topLane()?.head();
    const { id } = consumer.channel.connection;
    for (let level = this.#top; level >= 0; level -= 1) {
      const entry = this.#lanes[level]?.firstNotFrom(id, consumer.ownUpTo);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  /** Takes the head, to be settled later or at once. */
  take(): Entry | undefined {
    const entry = this.#topLane()?.take();
    if (entry !== undefined) this.#left(entry);
    return entry;
  }

  /** Takes an entry that `nextFor` gave. */
  takeOut(entry: Entry): void {
    const lane = this.#laneOf(entry.message);
    if (lane.head() === entry) lane.take();
    else lane.remove(entry);
    this.#left(entry);
  }

  settled(): void {
    this.#unacknowledged -= 1;
  }

  /** Takes everything that is ready, in order. */
  drain(): Entry[] {
    const entries = [...this.peek()];
    this.#lanes = [];
    this.#top = 0;
    this.#ready = 0;
    return entries;
  }

  /** What is ready, in the order of delivery. */
  *peek(): IterableIterator<Entry> {
    for (let level = this.#lanes.length - 1; level >= 0; level -= 1) yield* this.#lanes[level] ?? [];
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
    for (const consumer of this.awaitingSmaller) {
      for (const gate of consumer.gates) if (gate.leave(consumer)) break;
      this.available.push(consumer);
    }
    this.awaitingSmaller.clear();
  }

  #left(entry: Entry): void {
    entry.deliveries += 1;
    this.#ready -= 1;
    this.#unacknowledged += 1;
  }

  #laneOf(message: Message): Lane {
    const level = Math.min(Math.max(message.priority, 0), this.options.levels - 1);
    if (level > this.#top) this.#top = level;
    let lane = this.#lanes[level];
    if (lane === undefined) {
      lane = new Lane();
      this.#lanes[level] = lane;
    }
    return lane;
  }

  #topLane(): Lane | undefined {
    for (; this.#top > 0; this.#top -= 1) {
      const lane = this.#lanes[this.#top];
      if (lane !== undefined && lane.size > 0) return lane;
    }
    return this.#lanes[0];
  }
}
