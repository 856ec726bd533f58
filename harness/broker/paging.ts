import type { FieldTable } from '../spec/amqp091/domains.ts';
import type { Core } from './core.ts';
import { Deque } from './deque.ts';
import { letGo } from './holding.ts';
import type { Afterlife, Copies, Death, Message } from './message.ts';
import type { Entry, Queue } from './queue.ts';
import type { ConnectionId } from './vocabulary.ts';

/** Reads a message from the store. */
export type Recall = (queue: Queue, position: number) => Message;

/** A message that only the store holds: what queues go by is kept, all else is read anew whenever somebody asks for it. */
export class PagedMessage implements Message {
  readonly publisher: ConnectionId;
  readonly size: number;
  readonly priority: number;
  readonly #queue: Queue;
  readonly #position: number;
  readonly #recall: Recall;

  constructor({ publisher, size, priority }: Message, queue: Queue, position: number, recall: Recall) {
    this.publisher = publisher;
    this.size = size;
    this.priority = priority;
    this.#queue = queue;
    this.#position = position;
    this.#recall = recall;
  }

  /** The message with everything. */
  get whole(): Message {
    return this.#recall(this.#queue, this.#position);
  }

  get persistent(): boolean {
    return true;
  }

  get exchange(): string {
    return this.whole.exchange;
  }

  get routingKey(): string {
    return this.whole.routingKey;
  }

  get dialect(): string {
    return this.whole.dialect;
  }

  get header(): Uint8Array {
    return this.whole.header;
  }

  get body(): readonly Uint8Array[] {
    return this.whole.body;
  }

  get ttlMs(): number | undefined {
    return this.whole.ttlMs;
  }

  get expiration(): string | undefined {
    return this.whole.expiration;
  }

  get routingKeys(): readonly string[] {
    return this.whole.routingKeys;
  }

  get headers(): FieldTable | undefined {
    return this.whole.headers;
  }

  get userId(): string | undefined {
    return this.whole.userId;
  }

  get copies(): Copies | 'malformed' | undefined {
    return this.whole.copies;
  }

  get replyTo(): string | undefined {
    return this.whole.replyTo;
  }

  get deaths(): readonly Death[] {
    return this.whole.deaths;
  }

  under(routingKey: string): Message {
    return this.whole.under(routingKey);
  }

  withoutBlindCopies(): Message {
    return this.whole.withoutBlindCopies();
  }

  answerTo(replyTo: string): Message {
    return this.whole.answerTo(replyTo);
  }

  afterDeath(afterlife: Afterlife): Message {
    return this.whole.afterDeath(afterlife);
  }
}

/** A message with everything, read from the store where only that holds it. */
export function whole(message: Message): Message {
  return message instanceof PagedMessage ? message.whole : message;
}

/** Lets stored messages be on disk only, where memory holds enough: those that came last, which are sent last. */
export class Pager {
  readonly #core: Core;
  readonly #recall: Recall | undefined;
  readonly #awaiting = new Deque<{ readonly entry: Entry; readonly ticket: number }>();

  /** Without `recall` the store gives no single messages back, and all stay in memory. */
  constructor(core: Core, recall: Recall | undefined) {
    this.#core = core;
    this.#recall = recall;
  }

  /** Whether stored messages that come now are not to stay in memory. */
  get pages(): boolean {
    return this.#recall !== undefined && this.#core.memoryTaken > this.#core.settings.pageOctets;
  }

  /** Lets go of an entry's message when the change with this ticket is stored. */
  whenStored(entry: Entry, ticket: number): void {
    this.#awaiting.push({ entry, ticket });
  }

  stored(upTo: number, failed: boolean): void {
    for (let next = this.#awaiting.at(0); next !== undefined && next.ticket <= upTo; next = this.#awaiting.at(0)) {
      this.#awaiting.shift();
      if (!failed) this.page(next.entry);
    }
  }

  /** Leaves the message to the store, which has it. */
  page(entry: Entry): void {
    if (!entry.resident || this.#recall === undefined) return;
    entry.resident = false;
    entry.message = new PagedMessage(entry.message, entry.queue, entry.position, this.#recall);
    letGo(this.#core, entry.message.size, 1);
  }
}
