import type { ReplyCode } from '../../spec/amqp091/constants.ts';
import type { AmqpError, DeliveryState } from '../../wire/amqp10/codec.ts';
import type { TransactionId } from '../vocabulary.ts';

/** A delivery whose outcome waits for a discharge, or whatever else does. */
export interface Retirement {
  /** Tells what has come of the transaction. */
  discharged(committed: boolean): void;
}

/** The control link that a transaction was declared over. */
export interface Controller {
  /** Detaches it: all that it declared is rolled back. */
  fail(error: AmqpError): void;
}

/** One transaction of a connection. */
export interface Transaction10 {
  readonly number: TransactionId;
  readonly id: Uint8Array;
  readonly controller: Controller;
  readonly retirements: Retirement[];
  /** Something of it could not be done, and nobody waits to hear of that: it cannot be committed. */
  doomed: { readonly code: ReplyCode; readonly text: string } | undefined;
}

const keyOf = (id: Uint8Array): string => Buffer.from(id).toString('hex');

/** Whether a state names this transaction. */
export function names(state: DeliveryState | undefined, { id }: Transaction10): boolean {
  return state?.type === 'transactional-state' && keyOf(state.txnId) === keyOf(id);
}

/** The transactions of a connection that are not discharged. */
export class Transactions10 {
  #last = 0;
  readonly #open = new Map<string, Transaction10>();

  begin(controller: Controller): Transaction10 {
    this.#last += 1;
    const id = Buffer.alloc(8);
    id.writeBigUInt64BE(BigInt(this.#last));
    const begun: Transaction10 = { number: this.#last, id, controller, retirements: [], doomed: undefined };
    this.#open.set(keyOf(id), begun);
    return begun;
  }

  find(id: Uint8Array): Transaction10 | undefined {
    return this.#open.get(keyOf(id));
  }

  end({ id }: Transaction10): void {
    this.#open.delete(keyOf(id));
  }

  /** The transaction that a state names: `unknown` where there is none of that id; undefined: it names none. */
  named(state: DeliveryState | undefined): Transaction10 | 'unknown' | undefined {
    return state?.type === 'transactional-state' ? (this.find(state.txnId) ?? 'unknown') : undefined;
  }
}
