import type { AmqpFlow, DeliveryState } from '../../wire/amqp10/codec.ts';
import { errorOf } from './amqp10-errors.ts';
import type { Port } from './amqp10-port.ts';
import { type Controller, names, type Transaction10 } from './amqp10-transactions.ts';

/** What a link does with its deliveries. */
export interface Outlet {
  readonly port: Port;
  readonly open: boolean;
  /** What it sends is not settled, and taken off its queue. */
  readonly acquires: boolean;
  readonly defaultOutcome: DeliveryState;
  /** Has the core settle a delivery, at once or with a transaction. */
  settle(deliveryTag: number, outcome: DeliveryState, transaction?: Transaction10): void;
  /** Tells the client that a delivery is settled. */
  tell(deliveryId: number, state: DeliveryState): void;
  fail: Controller['fail'];
}

/** A delivery of a link and what the client says of it. */
interface Told {
  readonly deliveryTag: number;
  readonly deliveryId: number;
  readonly settled: boolean;
  /** Undefined: the client has not come to one. */
  readonly outcome: DeliveryState | undefined;
}

interface Acquired {
  readonly transaction: Transaction10;
  /** The client has settled it. */
  settled: boolean;
}

/** What of a link's deliveries belongs to transactions: those acquired in one (4.4.3), and those whose outcome waits for a discharge (4.4.2). */
export class Enlisted {
  readonly #outlet: Outlet;
  readonly #outcomes = new Map<number, Transaction10>();
  readonly #acquired = new Map<number, Acquired>();
  #acquiring: Transaction10 | undefined;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /** Whether the outcome of a delivery waits for a discharge. */
  has(deliveryTag: number): boolean {
    return this.#outcomes.has(deliveryTag);
  }

  /** Takes note of the transaction that a flow wants messages acquired in. False where that cannot be. */
  flow({ properties }: AmqpFlow): boolean {
    const asked = properties?.find(([name]) => name === 'txn-id')?.[1];
    if (asked === undefined || asked.type === 'null') return true;
    const { port, acquires, fail } = this.#outlet;
    const transaction = asked.type === 'binary' ? port.transactions.find(asked.value) : undefined;
    if (!acquires) fail(errorOf('amqp:not-implemented', 'this link acquires nothing in transactions'));
    else if (transaction === undefined) fail(errorOf('amqp:transaction:unknown-id', 'there is no such transaction'));
    else if (this.#acquiring !== transaction) this.#acquire(transaction);
    return acquires && transaction !== undefined;
  }

  #acquire(transaction: Transaction10): void {
    this.#acquiring = transaction;
    transaction.retirements.push({
      discharged: () => {
        if (this.#acquiring === transaction) this.#acquiring = undefined;
      },
    });
  }

  /** The state of a delivery that is about to be sent; its id comes with `sent`. */
  begins(deliveryTag: number): { readonly state?: DeliveryState; readonly sent: (deliveryId: number | undefined) => void } {
    const transaction = this.#acquiring;
    if (transaction === undefined) return { sent: () => {} };
    const acquired: Acquired = { transaction, settled: false };
    this.#acquired.set(deliveryTag, acquired);
    const sent = (deliveryId: number | undefined) =>
      void transaction.retirements.push({
        discharged: committed => {
          this.#acquired.delete(deliveryTag);
          if (committed || !this.#outlet.open) return;
          this.#outlet.settle(deliveryTag, released);
          if (!acquired.settled && deliveryId !== undefined) this.#outlet.tell(deliveryId, released);
        },
      });
    return { state: { type: 'transactional-state', txnId: transaction.id }, sent };
  }

  /** Takes what a client says of a delivery, where that is a matter of transactions. */
  disposition(told: Told, state: DeliveryState | undefined): boolean {
    const { transactions } = this.#outlet.port;
    const transaction = transactions.named(state);
    const open = this.#outcomes.get(told.deliveryTag) ?? this.#acquired.get(told.deliveryTag)?.transaction;
    if (transaction === undefined && open === undefined) return false;
    if (transaction === 'unknown') this.#outlet.fail(errorOf('amqp:transaction:unknown-id', 'there is no such transaction'));
    else if (open !== undefined && !names(state, open)) this.#conflict(told, open);
    else if (transaction !== undefined) this.#enlist(told, transaction);
    return true;
  }

  /** An outcome elsewhere than in the transaction of the delivery ends the control link of that. */
  #conflict({ deliveryTag, settled }: Told, open: Transaction10): void {
    const acquired = this.#acquired.get(deliveryTag);
    if (acquired !== undefined) acquired.settled ||= settled;
    open.controller.fail(errorOf('amqp:transaction:rollback', 'the outcome of a delivery belongs to another transaction'));
    if (settled && acquired === undefined && this.#outlet.open) this.#outlet.settle(deliveryTag, this.#outlet.defaultOutcome);
  }

  #enlist({ deliveryTag, deliveryId, settled, outcome }: Told, transaction: Transaction10): void {
    if (outcome === undefined || this.#outcomes.has(deliveryTag)) return;
    const acquired = this.#acquired.get(deliveryTag);
    if (acquired !== undefined) acquired.settled ||= settled;
    this.#outcomes.set(deliveryTag, transaction);
    this.#outlet.settle(deliveryTag, outcome, transaction);
    transaction.retirements.push({
      discharged: committed => {
        this.#outcomes.delete(deliveryTag);
        if (!this.#outlet.open) return;
        if (committed && !settled) this.#outlet.tell(deliveryId, outcome);
        if (!committed && settled && acquired === undefined) this.#outlet.settle(deliveryTag, this.#outlet.defaultOutcome);
      },
    });
  }
}

const released: DeliveryState = { type: 'released' };
