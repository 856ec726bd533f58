import type { IncomingDelivery } from '../../endpoint/amqp10/vocabulary.ts';
import { type AmqpError, type DeliveryState, decodeMessage, isViolation, type Violation } from '../../wire/amqp10/codec.ts';
import type { EffectOf } from '../vocabulary.ts';
import { unknownAnnotation } from './amqp10-annotations.ts';
import { accepted, errorFor, errorOf, rejected, released } from './amqp10-errors.ts';
import { type Amqp10Message, receivedMessage } from './amqp10-message.ts';
import { createIfMissing, makeNode } from './amqp10-nodes.ts';
import { AnyLink, type LinkEffect, type Need } from './amqp10-port.ts';
import { Remembered } from './amqp10-remembered.ts';
import type { Legacy } from './amqp10-resumption.ts';
import { acceptedTarget, routeOf, type Target10 } from './amqp10-targets.ts';
import type { Transaction10 } from './amqp10-transactions.ts';

/** A delivery whose message the core has and has not confirmed. */
interface Awaiting {
  readonly delivery: IncomingDelivery;
  readonly transaction: Transaction10 | undefined;
}

/** A link over which a client sends: each delivery is a publish, whose confirm is the outcome. */
export class IncomingLink extends AnyLink {
  readonly #target: Target10;
  readonly #awaiting = new Map<number, Awaiting>();
  #published = 0;
  /** What was published last goes back: no queue takes it. */
  #returned = false;
  /** Deliveries that are accepted and were not told so yet. */
  #accepted: number[] = [];
  #open = false;
  #suspended = false;
  readonly #remembered: Remembered;

  constructor(target: Target10, ...rest: ConstructorParameters<typeof AnyLink>) {
    super(...rest);
    this.#target = target;
    this.terminus = target.asked;
    this.#remembered = new Remembered(this.link);
  }

  override get need(): Need | undefined {
    const { destination } = this.#target;
    return destination && ['write', destination.exchange === '' ? 'amq.default' : destination.exchange];
  }

  begin(): void {
    const { destination, node } = this.#target;
    this.port.submit({ kind: 'open-channel', ...this.at });
    if (node !== undefined) makeNode(this.port, this.channel, node);
    else if (destination !== undefined) createIfMissing(this.port, this.channel, destination.queue);
    if (destination !== undefined) this.port.submit({ kind: 'begin-publishing', ...this.at, exchange: destination.exchange, queue: destination.queue });
    this.port.submit({ kind: 'select-confirm', ...this.at, noWait: false });
  }

  effect(effect: LinkEffect): void {
    if (effect.kind === 'confirm') this.#confirmed(effect);
    else if (effect.kind === 'return') this.#returned = true;
    else if (effect.kind === 'confirm-selected') this.#begun();
    else if (effect.kind === 'target-lost') this.fail(errorOf('amqp:resource-deleted', 'the queue is gone'));
    else if (effect.kind === 'refused') this.fail(errorFor(effect));
  }

  override delivery(delivery: IncomingDelivery): void {
    if (delivery.resume) {
      this.#resumed(delivery);
      return;
    }
    const transaction = this.port.transactions.named(delivery.state);
    if (transaction === 'unknown') {
      this.#refuse(delivery, errorOf('amqp:transaction:unknown-id', 'there is no such transaction'));
      return;
    }
    const message = this.#messageIn(delivery);
    if (message === undefined) return;
    const matters = !delivery.settled || transaction !== undefined || this.#target.destination === undefined;
    this.#published += 1;
    if (matters) this.#awaiting.set(this.#published, { delivery, transaction });
    this.port.submit({
      kind: 'publish',
      ...this.at,
      message,
      mandatory: matters && this.#target.topic !== true,
      immediate: false,
      spared: true,
      ...(transaction !== undefined && { transaction: transaction.number }),
    });
    this.#replenish();
  }

  override hold(held: boolean): void {
    if (!held) this.#replenish();
  }

  override over(): void {
    this.#open = false;
    this.#awaiting.clear();
  }

  override fail(error: AmqpError): void {
    this.#tellAccepted();
    super.fail(error);
  }

  /** A node that was made for the link goes with it, and so do outcomes that its client has not settled. */
  override get lasting(): boolean {
    return this.#open && (this.#target.node !== undefined || this.#remembered.entries.length > 0);
  }

  override suspend(): void {
    this.#suspended = true;
  }

  override bequeath(): Legacy | undefined {
    if (!this.#suspended || this.#target.node !== undefined) return undefined;
    this.port.retain(this);
    return { deliveries: [], outcomes: this.#remembered.entries, generation: 0, release: () => this.port.expire(this) };
  }

  override inherit(legacy: Legacy): void {
    this.#remembered.inherit(legacy.outcomes);
    legacy.release();
  }

  /** What is held is told again, and its message passed over; what is not held is dropped. */
  #resumed(delivery: IncomingDelivery): void {
    const outcome = this.#remembered.take(delivery.tag);
    if (outcome !== undefined && !delivery.settled)
      this.port.machine.settle(this.link, [delivery.deliveryId], { settled: !this.#holds(delivery), state: outcome }, this.port.now());
    this.#replenish();
  }

  #begun(): void {
    const { machine, settings } = this.port;
    this.#open = true;
    machine.acceptLink(this.link, this.port.now(), {
      ...acceptedTarget(this.#target, this.link),
      ...this.#remembered.fields,
      maxMessageSize: BigInt(settings.contentMax),
    });
    this.#replenish();
  }

  /** Gives credit once half of it is used, but for what waits for the core. */
  #replenish(): void {
    const { creditMax } = this.port.settings.limits10;
    const room = creditMax - this.#awaiting.size;
    if (!this.#open || this.#suspended || this.port.held || this.link.credit * 2 > creditMax || this.link.credit >= room || room * 2 < creditMax) return;
    this.port.machine.grant(this.link, { credit: room }, this.port.now());
  }

  /** The message of a delivery, and where it goes; undefined where it was refused. */
  #messageIn(delivery: IncomingDelivery): Amqp10Message | undefined {
    const { payload, format } = delivery;
    const whole = decodeMessage(payload.length === 1 ? (payload[0] as Uint8Array) : Buffer.concat(payload));
    if (format !== 0) this.#refuse(delivery, errorOf('amqp:not-implemented', `messages of format ${format} are not read here`));
    else if (isViolation(whole)) this.#malformed(whole);
    else {
      const unknown = unknownAnnotation(whole);
      const destination = this.#target.destination ?? routeOf(whole);
      if (unknown !== undefined) this.fail(errorOf('amqp:not-implemented', `the annotation ${unknown.slice(0, 80)} is not known here`));
      else if ('condition' in destination) this.#refuse(delivery, destination);
      else return receivedMessage({ ...destination, publisher: this.port.connection }, whole, this.port.broker.now());
    }
    return undefined;
  }

  /** The machine answers for octets that are no message. */
  #malformed({ rule, detail }: Violation): void {
    this.fail(errorOf('amqp:decode-error', `${detail} (${rule})`));
  }

  /** Says of one delivery that it was not taken, and why; of one that is settled, by detaching. */
  #refuse(delivery: IncomingDelivery, error: AmqpError): void {
    if (delivery.settled)
      this.fail(this.#target.destination === undefined ? { ...error, info: [['delivery-tag', { type: 'binary', value: delivery.tag }]] } : error);
    else this.#reject(delivery, error, undefined);
  }

  /** Where each message says by itself where it goes, and the client cannot be told that it is rejected, the link is detached. */
  #reject(delivery: IncomingDelivery, error: AmqpError, transaction: Transaction10 | undefined): void {
    const source = this.link.remoteAttach?.source;
    const outcomes = source?.type === 'source' ? source.outcomes : undefined;
    const told = this.#target.destination !== undefined || transaction !== undefined || outcomes === undefined || outcomes.includes('amqp:rejected:list');
    if (told) this.#tell(delivery, rejected(error), transaction);
    else this.fail({ ...error, info: [['delivery-tag', { type: 'binary', value: delivery.tag }]] });
  }

  #confirmed({ deliveryTag, accepted: taken, refusal }: EffectOf<'confirm'>): void {
    const returned = this.#returned;
    this.#returned = false;
    const awaiting = this.#awaiting.get(deliveryTag);
    if (awaiting === undefined) {
      if (refusal?.code === 404) this.fail(errorOf('amqp:resource-deleted', refusal.text));
      return;
    }
    this.#awaiting.delete(deliveryTag);
    const { delivery, transaction } = awaiting;
    if (refusal?.code === 404 && this.#target.destination !== undefined) this.fail(errorOf('amqp:resource-deleted', refusal.text));
    else if (delivery.settled) this.#lost(awaiting, refusal ?? (returned ? unroutable : undefined));
    else if (!taken) this.#reject(delivery, refusal ? errorFor(refusal) : errorOf('amqp:resource-limit-exceeded', 'a queue took it not'), transaction);
    else if (returned && this.#target.destination === undefined) this.#reject(delivery, errorFor(unroutable), transaction);
    else if (returned) this.#tell(delivery, released, transaction);
    else if (transaction !== undefined || this.#holds(delivery)) this.#tell(delivery, accepted, transaction);
    else this.#accept(delivery.deliveryId);
    this.#replenish();
  }

  /** What was sent settled could not be done. */
  #lost({ delivery, transaction }: Awaiting, refusal: { readonly code: EffectOf<'refused'>['code']; readonly text: string } | undefined): void {
    if (refusal === undefined) return;
    if (transaction !== undefined) transaction.doomed ??= refusal;
    else this.#refuse(delivery, errorFor(refusal));
  }

  /** Whether the delivery is the client's to settle first. */
  #holds({ rcvSettleMode = this.link.attach?.rcvSettleMode }: IncomingDelivery): boolean {
    return rcvSettleMode === 'second';
  }

  #tell(
    delivery: IncomingDelivery,
    outcome: Extract<DeliveryState, { readonly type: 'accepted' | 'rejected' | 'released' }>,
    transaction: Transaction10 | undefined,
  ): void {
    const { deliveryId } = delivery;
    this.#tellAccepted();
    const state: DeliveryState = transaction === undefined ? outcome : { type: 'transactional-state', txnId: transaction.id, outcome };
    this.port.machine.settle(this.link, [deliveryId], { settled: !this.#holds(delivery), state }, this.port.now());
  }

  /** What is accepted in one turn is told together. */
  #accept(deliveryId: number): void {
    this.#accepted.push(deliveryId);
    if (this.#accepted.length === 1) queueMicrotask(() => this.#tellAccepted());
  }

  #tellAccepted(): void {
    const ids = this.#accepted;
    if (ids.length === 0) return;
    this.#accepted = [];
    this.port.machine.settle(this.link, ids, { settled: true, state: accepted }, this.port.now());
  }
}

const unroutable = { code: 404, text: 'no queue takes this message' } as const;
