import type { IncomingDelivery } from '../../endpoint/amqp10/vocabulary.ts';
import { type AmqpError, type Composite, compositeOf, type DeliveryState, decodeMessage, isViolation } from '../../wire/amqp10/codec.ts';
import type { EffectOf } from '../vocabulary.ts';
import { accepted, errorFor, errorOf, rejected } from './amqp10-errors.ts';
import { AnyLink, type LinkEffect } from './amqp10-port.ts';
import { names, type Transaction10 } from './amqp10-transactions.ts';

const capabilities = ['amqp:local-transactions', 'amqp:multi-txns-per-ssn', 'amqp:multi-ssns-per-txn'] as const;

interface Discharging {
  readonly delivery: IncomingDelivery;
  readonly transaction: Transaction10;
  /** It was to be committed, and could not. */
  readonly doomed: boolean;
}

/** A control link: declares and discharges transactions of its connection. What it declared ends with it. */
export class CoordinatorLink extends AnyLink {
  readonly #own = new Set<Transaction10>();
  readonly #discharging = new Map<number, Discharging>();
  /** Call off the end of what takes too long. */
  readonly #timers = new Map<Transaction10, () => void>();
  /** What took too long and was not heard of since, the latest last. */
  #late: Transaction10[] = [];
  #open = false;

  begin(): void {
    this.port.submit({ kind: 'open-channel', ...this.at });
  }

  effect(effect: LinkEffect): void {
    if (effect.kind === 'channel-opened') this.#begun();
    else if (effect.kind === 'discharged') this.#discharged(effect);
    else if (effect.kind === 'refused') this.fail(errorFor(effect));
  }

  override delivery(delivery: IncomingDelivery): void {
    const asked = this.#read(delivery);
    if (delivery.settled) this.fail(errorOf('amqp:not-allowed', 'what is asked of a coordinator is not sent settled'));
    else if (asked === undefined) this.fail(errorOf('amqp:decode-error', 'a coordinator takes declare and discharge and nothing else'));
    else if (asked.type === 'declare') this.#declare(delivery, asked);
    else this.#discharge(delivery, asked);
    if (this.#open && this.link.credit < creditMax / 2) this.port.machine.grant(this.link, { credit: creditMax }, this.port.now());
  }

  override over(): void {
    this.#open = false;
  }

  /** The core has rolled back what it declared, but for what is being stored. */
  override gone(): void {
    for (const transaction of this.#own) this.#end(transaction, this.#discharging.has(transaction.number));
  }

  #begun(): void {
    const { machine } = this.port;
    this.#open = true;
    machine.acceptLink(this.link, this.port.now(), { target: { type: 'coordinator', capabilities: [...capabilities] } });
    machine.grant(this.link, { credit: creditMax }, this.port.now());
  }

  #read({ payload, format }: IncomingDelivery): Composite<'declare' | 'discharge'> | undefined {
    const message = format === 0 ? decodeMessage(Buffer.concat(payload)) : undefined;
    const body = message === undefined || isViolation(message) ? undefined : message.body;
    const asked = body?.type === 'amqp-value' ? compositeOf(body.value) : undefined;
    return asked?.type === 'declare' || asked?.type === 'discharge' ? asked : undefined;
  }

  #declare(delivery: IncomingDelivery, { globalId }: Composite<'declare'>): void {
    if (globalId !== undefined && globalId.type !== 'null') {
      this.#reject(delivery, errorOf('amqp:not-implemented', 'there are no distributed transactions here'));
      return;
    }
    const transaction = this.port.transactions.begin(this);
    this.#own.add(transaction);
    this.#limit(transaction);
    this.port.submit({ kind: 'begin-transaction', ...this.at, transaction: transaction.number });
    this.#tell(delivery, { type: 'declared', txnId: transaction.id });
  }

  /** Rolls back what takes too long; a discharge is then told so. */
  #limit(transaction: Transaction10): void {
    const { settings, later } = this.port;
    const { transactionTimeoutMs } = settings.limits10;
    if (transactionTimeoutMs === 0) return;
    const expire = () => {
      if (this.#discharging.has(transaction.number)) return;
      this.#late = [...this.#late, transaction].slice(-creditMax);
      this.#rollBack(transaction);
    };
    this.#timers.set(transaction, later(transactionTimeoutMs, expire));
  }

  #discharge(delivery: IncomingDelivery, { txnId, fail = false }: Composite<'discharge'>): void {
    const transaction = this.port.transactions.find(txnId);
    if (transaction === undefined || !this.#own.has(transaction)) this.#unknown(delivery, txnId, fail);
    else if (this.#isUnderWay(transaction)) this.fail(errorOf('amqp:transaction:rollback', 'a delivery of the transaction is still under way'));
    else {
      const doomed = !fail && transaction.doomed !== undefined;
      this.#discharging.set(transaction.number, { delivery, transaction, doomed });
      this.port.submit({ kind: 'discharge', ...this.at, transaction: transaction.number, fail: fail || doomed });
    }
  }

  #unknown(delivery: IncomingDelivery, txnId: Uint8Array, fail: boolean): void {
    const late = this.#late.find(({ id }) => Buffer.compare(id, txnId) === 0);
    this.#late = this.#late.filter(each => each !== late);
    if (late === undefined) this.#reject(delivery, errorOf('amqp:transaction:unknown-id', 'there is no such transaction on this link'));
    else if (fail) this.#tell(delivery, accepted);
    else this.#reject(delivery, errorOf('amqp:transaction:timeout', 'the transaction took too long'));
  }

  #isUnderWay(transaction: Transaction10): boolean {
    for (const { link } of this.port.links()) if (names(link.coming?.state, transaction)) return true;
    return false;
  }

  #rollBack(transaction: Transaction10): void {
    this.port.submit({ kind: 'discharge', ...this.at, transaction: transaction.number, fail: true });
    this.#end(transaction, false);
  }

  #discharged({ transaction: number, outcome }: EffectOf<'discharged'>): void {
    const discharging = this.#discharging.get(number);
    if (discharging === undefined) return;
    this.#discharging.delete(number);
    const { delivery, transaction, doomed } = discharging;
    if (outcome === 'unknown') this.#reject(delivery, errorOf('amqp:transaction:unknown-id', 'there is no such transaction'));
    else if (doomed) this.#reject(delivery, errorOf('amqp:transaction:rollback', transaction.doomed?.text ?? ''));
    else if (outcome === 'failed') this.#reject(delivery, errorOf('amqp:transaction:rollback', 'not all of it could be done'));
    else this.#tell(delivery, accepted);
    this.#end(transaction, outcome === 'committed');
  }

  #end(transaction: Transaction10, committed: boolean): void {
    this.#own.delete(transaction);
    this.#timers.get(transaction)?.();
    this.#timers.delete(transaction);
    this.port.transactions.end(transaction);
    for (const each of transaction.retirements) each.discharged(committed);
  }

  #tell({ deliveryId }: IncomingDelivery, state: DeliveryState): void {
    this.port.machine.settle(this.link, [deliveryId], { settled: true, state }, this.port.now());
  }

  /** Where the source has no rejected, the error is the link's. */
  #reject(delivery: IncomingDelivery, error: AmqpError): void {
    const source = this.link.remoteAttach?.source;
    const outcomes = source?.type === 'source' ? source.outcomes : undefined;
    if (outcomes === undefined || outcomes.includes('amqp:rejected:list')) this.#tell(delivery, rejected(error));
    else this.fail(error);
  }
}

/** Declares and discharges that a client may have under way. */
const creditMax = 64;
