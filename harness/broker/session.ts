import type { Access } from './access-patterns.ts';
import type { Consumer } from './consumer.ts';
import { Deque } from './deque.ts';
import { Gate } from './gate.ts';
import { Ledger } from './ledger.ts';
import type { Queue } from './queue.ts';
import type { SharedTransaction } from './shared-transaction.ts';
import type { Transaction } from './transaction.ts';
import type { VirtualHost } from './virtual-host.ts';
import type { ConnectionId, TransactionId } from './vocabulary.ts';

/** What the broker knows of one connection. */
export class Connection {
  readonly id: ConnectionId;
  readonly user: string;
  /** What the user may do; undefined: everything. */
  access: Access | undefined;
  readonly virtualHost: VirtualHost;
  readonly cancelNotify: boolean;
  readonly channels = new Map<number, Channel>();
  /** Those that are no channel's own. */
  readonly transactions = new Map<TransactionId, SharedTransaction>();
  /** Consumers whose credit is to be used up and whose deliveries are held back. */
  readonly draining = new Set<Consumer>();
  /** Exclusive queues that end with this connection. */
  readonly owned = new Set<Queue>();
  /** Closed while the window is used up; carries the prefetch limit of the whole connection. */
  readonly gate = new Gate();
  /** Octets that may still be sent before the dialect has to say `resume`. */
  window: number;
  /** Whether what goes to it waits for the store, as whatever runs the core says. */
  waits = false;
  /** Whether the dialect was asked to stop reading. */
  held = false;

  constructor(
    id: ConnectionId,
    virtualHost: VirtualHost,
    options: { readonly user: string; readonly access: Access | undefined; readonly cancelNotify: boolean; readonly window: number },
  ) {
    this.id = id;
    this.user = options.user;
    this.access = options.access;
    this.virtualHost = virtualHost;
    this.cancelNotify = options.cancelNotify;
    this.window = options.window;
  }
}

/** How many tags of lost consumers a channel remembers. */
const lostMax = 1024;

/** What the broker knows of one channel. */
export class Channel {
  readonly connection: Connection;
  readonly number: number;
  readonly consumers = new Map<string, Consumer>();
  /** Deliveries sent and not settled. */
  readonly ledger = new Ledger();
  /** Closed while the client has stopped the flow; carries the prefetch limit of the channel. */
  readonly gate = new Gate();
  /** Prefetch limits of consumers to come, where prefetch is read as per consumer. */
  consumerLimits = { count: 0, size: 0 };
  lastDeliveryTag = 0;
  /** Name of the queue declared last. */
  currentQueue = '';
  /** Number of the last message published since confirm was selected; undefined: not selected. */
  published: number | undefined;
  /** What waits for a commit; undefined: the channel is not transacted. */
  transaction: Transaction | undefined;
  /** A commit is not answered yet, and nothing is taken before it is. */
  committing = false;
  /** Numbers that wait for the store, lowest first. */
  readonly unconfirmed = new Deque<number>();
  /** Queues that were made for it. */
  readonly nodes: Queue[] = [];
  /** The queue that it said it publishes to. */
  publishesTo: Queue | undefined;
  /** What answers to its requests come through, where it consumes them. */
  replies: Queue | undefined;
  closed = false;
  /** What is refused on it does not end it. */
  readonly spares: boolean;
  readonly #lost = new Set<string>();

  constructor(connection: Connection, number: number, spares = false) {
    this.connection = connection;
    this.number = number;
    this.spares = spares;
  }

  /** Remembers a consumer that the broker ended, so that the client may still cancel it. */
  lost(tag: string): void {
    if (this.#lost.size >= lostMax) for (const oldest of this.#lost) if (this.#lost.delete(oldest)) break;
    this.#lost.add(tag);
  }

  forgetLost(tag: string): boolean {
    return this.#lost.delete(tag);
  }
}
