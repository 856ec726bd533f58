import type { Entry } from './queue.ts';
import { preconditionFailed } from './refusal.ts';
import type { Channel } from './session.ts';
import { costOf, type Dispatch } from './transaction.ts';
import type { Modification, Outcome, Refusal, TransactionId } from './vocabulary.ts';

/** One publish of one channel, as it waits for a discharge. */
interface Publication {
  readonly channel: Channel;
  readonly dispatch: Dispatch;
}

/** One delivery of one channel that is to be settled. */
export interface Retirement {
  readonly channel: Channel;
  readonly deliveryTag: number;
  readonly outcome: Outcome;
  readonly modification: Modification | undefined;
  /** What is settled, where its channel ended before the discharge. */
  entry: Entry | undefined;
}

/** What several channels of a connection published and settled together, in that order. Nothing of it has happened yet. */
export class SharedTransaction {
  /** The channel that began it and may end it. */
  readonly controller: Channel;
  readonly work: (Publication | Retirement)[] = [];
  /** What the waiting messages cost. */
  octets = 0;
  readonly #enlisted = new Map<Channel, Map<number, Retirement>>();

  constructor(controller: Channel) {
    this.controller = controller;
  }

  publish(channel: Channel, dispatch: Dispatch): void {
    this.work.push({ channel, dispatch });
    this.octets += costOf(dispatch.message);
  }

  /** Whether this delivery of the channel is settled by this transaction. */
  settles(channel: Channel, deliveryTag: number): boolean {
    return this.#enlisted.get(channel)?.has(deliveryTag) ?? false;
  }

  settle(channel: Channel, deliveryTag: number, outcome: Outcome, modification: Modification | undefined): void {
    const retirement: Retirement = { channel, deliveryTag, outcome, modification, entry: undefined };
    this.work.push(retirement);
    const enlisted = this.#enlisted.get(channel) ?? new Map<number, Retirement>();
    this.#enlisted.set(channel, enlisted.set(deliveryTag, retirement));
  }

  /** The channel ends: what it had enlisted stays with the transaction instead of going back. */
  adopt(channel: Channel): void {
    for (const [deliveryTag, retirement] of this.#enlisted.get(channel) ?? []) retirement.entry = channel.ledger.take(deliveryTag);
    this.#enlisted.delete(channel);
  }

  /** Deliveries of channels that have ended. */
  *adopted(): Iterable<Entry> {
    for (const work of this.work) if ('entry' in work && work.entry !== undefined) yield work.entry;
  }
}

/** The transaction of that number, where its connection has one that is not discharged. */
export function sharedTransaction(channel: Channel, transaction: TransactionId): SharedTransaction | Refusal {
  return channel.connection.transactions.get(transaction) ?? preconditionFailed(`there is no transaction ${transaction}`);
}
