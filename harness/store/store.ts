/** What a store keeps inside a record: plain data that survives a structured clone. */
export type Plain = null | boolean | number | bigint | string | Uint8Array | readonly Plain[] | { readonly [name: string]: Plain };

/** Names a definition. Two definitions with the same key are one: the later replaces the earlier. */
export type DefinitionKey =
  | { readonly kind: 'exchange'; readonly virtualHost: string; readonly name: string }
  | { readonly kind: 'queue'; readonly virtualHost: string; readonly name: string }
  | {
      readonly kind: 'binding';
      readonly virtualHost: string;
      readonly exchange: string;
      readonly queue: string;
      readonly routingKey: string;
      /** Told apart by value. */
      readonly arguments: Plain;
    }
  /** A binding from one exchange to another. */
  | {
      readonly kind: 'exchange-binding';
      readonly virtualHost: string;
      readonly source: string;
      readonly destination: string;
      readonly routingKey: string;
      readonly arguments: Plain;
    };

/** A durable entity as the broker described it; `attributes` belong to the broker. */
export type Definition = DefinitionKey & { readonly attributes: Plain };

/** A message in the form in which its sender encoded it. The octets belong to the store from then on and must not be changed. */
export interface StoredMessage {
  readonly exchange: string;
  readonly routingKey: string;
  /** Protocol whose header and body these are. */
  readonly dialect: string;
  readonly header: Uint8Array;
  readonly body: readonly Uint8Array[];
}

/** One change of what is stored, by itself. */
export type SingleChange =
  | { readonly change: 'put'; readonly definition: Definition }
  /** Without effect where there is no such definition. A queue takes its messages with it; its bindings are deleted by changes of their own. */
  | { readonly change: 'delete'; readonly key: DefinitionKey }
  /** One message in one or several queues; its octets are kept once. `position` grows with every append and orders the messages of a queue. */
  | {
      readonly change: 'append';
      readonly virtualHost: string;
      readonly queues: readonly string[];
      readonly position: number;
      readonly message: StoredMessage;
      /** When it came, in milliseconds since 1970, where that decides when it is to be gone. */
      readonly arrivedMs?: number;
    }
  /** Takes one message off one queue. Without effect where there is none. */
  | { readonly change: 'remove'; readonly virtualHost: string; readonly queue: string; readonly position: number }
  /** Messages of the queue up to this position were sent to somebody at least once. A lower position than before is without effect. Ends with the queue. */
  | { readonly change: 'sent'; readonly virtualHost: string; readonly queue: string; readonly position: number };

/** What is written at once. Of a group either all changes survive whatever happens, in their order, or none does; a flush never ends inside it. */
export type Change = SingleChange | { readonly change: 'group'; readonly changes: readonly SingleChange[] };

/**
 * Keeps durable definitions and persistent messages. Made for group commit: `write` only queues a change and never waits,
 * any number of writes share one flush, and a change counts as stored when a `flushed` asked for after it has resolved.
 */
export interface Store {
  /** Changes take effect in the order in which they are written. */
  write(change: Change): void;
  /** Resolves when everything written before this call is as durable as the store can make it. Rejects when it cannot be, and from then on always. */
  flushed(): Promise<void>;
  /**
   * What to write into an empty broker to get the stored state: definitions first (exchanges, queues, bindings, bindings between exchanges), then messages by
   * position, then how far queues were sent. Rejects with a `StoreError` where a record is not what was written.
   */
  load(): AsyncIterable<SingleChange>;
  /**
   * Gives back one message that was flushed and not removed since. Stores that keep everything in memory lack it: nothing is won by asking them.
   * @throws {StoreError} where there is none, or it is not what was written.
   */
  read?(virtualHost: string, queue: string, position: number): StoredMessage;
  /** Flushes and lets go of files and handles. What is stored stays. */
  close(): Promise<void>;
}

/** Why a store cannot be used, in one sentence: what happened, where, what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: 'locked' | 'read-only' | 'newer' | 'corrupt' | 'other';

  constructor(kind: StoreError['kind'], sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.kind = kind;
  }
}
