import type { OutgoingDelivery, UnsettledDelivery } from '../../endpoint/amqp10/vocabulary.ts';
import type { AmqpDisposition, DeliveryState } from '../../wire/amqp10/codec.ts';
import { PagedMessage, whole } from '../paging.ts';
import { never } from '../queue.ts';
import type { CommandOf, EffectOf } from '../vocabulary.ts';
import { Enlisted } from './amqp10-enlisted.ts';
import { payloadOf } from './amqp10-envelope.ts';
import { errorFor, errorOf } from './amqp10-errors.ts';
import type { Amqp10Message } from './amqp10-message.ts';
import { createIfMissing, makeNode } from './amqp10-nodes.ts';
import { settlementFor } from './amqp10-outcomes.ts';
import { AnyLink, type EventOf, type LinkEffect, type Need } from './amqp10-port.ts';
import { type LeftDelivery, type Legacy, Resumption } from './amqp10-resumption.ts';
import { acceptedSource, type Source10 } from './amqp10-sources.ts';
import { subscribe, unsubscribe } from './amqp10-subscriptions.ts';
import { tagIn, tagOf } from './amqp10-tags.ts';
import type { Transaction10 } from './amqp10-transactions.ts';
import { as10 } from './convert.ts';

/** Octets that may wait for the window of a session before its links get nothing more from the core. */
const waitingMax = 4 << 20;

/** The name under which a link's only consumer is known to its channel. */
const consumerTag = 'link';

/** A link over which a client receives: a consumer of the core with the credit of the link. */
export class OutgoingLink extends AnyLink {
  readonly #source: Source10;
  readonly #settles: boolean;
  #open = false;
  #suspended = false;
  /** The window of the session is used up: the core gives no more. */
  #stopped = false;
  /** Messages that the queue held when the core last said so. */
  #available = 0;
  /** The credit was used up as a drain asked. */
  #drained = false;
  readonly #enlisted: Enlisted;
  #resumption: Resumption | undefined;

  constructor(source: Source10, ...rest: ConstructorParameters<typeof AnyLink>) {
    super(...rest);
    this.#source = source;
    this.terminus = source.asked;
    this.#settles = source.replies || this.link.remoteAttach?.sndSettleMode === 'settled';
    const isOpen = () => this.#open;
    this.#enlisted = new Enlisted({
      port: this.port,
      get open() {
        return isOpen();
      },
      acquires: !this.#settles && !source.browses,
      defaultOutcome: source.defaultOutcome ?? { type: 'released' },
      settle: (deliveryTag, outcome, transaction) => this.#submitSettle(deliveryTag, outcome, transaction),
      tell: (deliveryId, state) => this.port.machine.settle(this.link, [deliveryId], { settled: true, state }, this.port.now()),
      fail: error => this.fail(error),
    });
  }

  override get need(): Need {
    return ['read', this.#source.queue];
  }

  begin(): void {
    const { queue, node, subscription, browses, wants, noLocal } = this.#source;
    this.port.submit({ kind: 'open-channel', ...this.at });
    if (node !== undefined) makeNode(this.port, this.channel, node);
    else if (subscription !== undefined) subscribe(this.port, this.channel, subscription);
    else createIfMissing(this.port, this.channel, queue);
    this.port.submit({
      kind: 'consume',
      ...this.at,
      queue,
      consumerTag,
      noLocal,
      noAck: this.#settles,
      exclusive: false,
      arguments: [],
      credit: 0,
      noWait: false,
      ...(browses && { browses }),
      ...(wants !== undefined && { wants }),
    });
  }

  effect(effect: LinkEffect): void {
    if (effect.kind === 'deliver') this.#deliver(effect);
    else if (effect.kind === 'credited') this.#credited(effect);
    else if (effect.kind === 'consuming') this.#begun();
    else if (effect.kind === 'consumer-lost') this.fail(errorOf('amqp:resource-deleted', 'the queue is gone'));
    else if (effect.kind === 'refused') this.fail(errorFor(effect));
  }

  override flow({ flow }: EventOf<'flow'>): void {
    const { linkCredit, echo } = flow;
    this.#drained = false;
    if (flow.properties !== undefined && !this.#enlisted.flow(flow)) return;
    if (linkCredit !== undefined) this.#grant();
    if (echo === true && !this.#drained && this.#open) this.port.machine.flow(this.link, this.port.now(), { available: this.#available });
  }

  override windowMoved(): void {
    if (!this.#stopped || this.link.session.queued * 2 > waitingMax) return;
    this.#stopped = false;
    this.#grant();
  }

  override disposition({ settled = false, state }: AmqpDisposition, { deliveryId, tag }: UnsettledDelivery): void {
    if (this.#resumption?.has(tag) === true) {
      this.#settleResumed(this.#resumption, tag, deliveryId, settled, state);
      return;
    }
    const deliveryTag = tagIn(tag);
    const outcome = state?.type === 'transactional-state' ? this.#outcomeOf(state.outcome, settled) : undefined;
    if (!this.#enlisted.disposition({ deliveryTag, deliveryId, settled, outcome }, state)) this.#settle(deliveryTag, deliveryId, settled, state);
  }

  override over(): void {
    this.#open = false;
    const { defaultOutcome, browses, subscription } = this.#source;
    if (subscription !== undefined && this.link.gone) unsubscribe(this.port, this.channel, consumerTag, subscription);
    if (defaultOutcome === undefined || defaultOutcome.type === 'released' || browses || this.#settles) return;
    for (const { tag } of this.#ownUnsettled()) if (!this.#enlisted.has(tagIn(tag))) this.#submitSettle(tagIn(tag), defaultOutcome, undefined);
  }

  override gone(): void {
    this.#resumption?.release();
  }

  /** What is not settled stays acquired; so does a node that was made for the link. */
  override get lasting(): boolean {
    const [unsettled] = this.link.unsettled;
    const holds = unsettled !== undefined || this.#resumption?.isOver === false;
    return this.#open && (holds || this.#source.node !== undefined || this.#source.subscription?.durable === false);
  }

  override suspend(): void {
    this.#suspended = true;
    this.port.submit({ kind: 'grant-credit', ...this.at, consumerTag, credit: 0, drain: false });
  }

  /** Its channel goes on to hold what was not settled. What a transaction will settle is not among it. */
  override bequeath(): Legacy | undefined {
    if (!this.#suspended || this.#source.browses) return undefined;
    const own = this.#ownUnsettled().flatMap(({ tag }): LeftDelivery[] => {
      const payload = this.#heldPayload(tagIn(tag));
      const settle = (outcome: DeliveryState) => this.#submitSettle(tagIn(tag), outcome, undefined);
      return payload === undefined || this.#enlisted.has(tagIn(tag)) ? [] : [{ tag, payload, settle }];
    });
    this.port.retain(this);
    const deliveries = [...(this.#resumption?.deliveries ?? []), ...own];
    return { deliveries, outcomes: [], generation: this.#generation, release: () => this.port.expire(this) };
  }

  override inherit(legacy: Legacy): void {
    const deliver = (delivery: OutgoingDelivery) => this.port.machine.deliver(this.link, delivery, this.port.now());
    this.#resumption = new Resumption(legacy, { link: this.link, deliver });
  }

  get #generation(): number {
    return this.#resumption?.generation ?? 0;
  }

  #ownUnsettled(): readonly UnsettledDelivery[] {
    return [...this.link.unsettled].filter(({ tag }) => this.#resumption?.has(tag) !== true);
  }

  #heldPayload(deliveryTag: number): (() => readonly Uint8Array[]) | undefined {
    const { broker, connection } = this.port;
    const entry = broker.core.connections.get(connection)?.channels.get(this.channel)?.ledger.peek(deliveryTag);
    if (entry === undefined || entry.queue.deleted || !(entry.resident || entry.message instanceof PagedMessage)) return undefined;
    const message = as10(whole(entry.message));
    return () => payloadOf(message, { first: false, failures: entry.failures, leftMs: undefined });
  }

  #settleResumed(resumption: Resumption, tag: Uint8Array, deliveryId: number, settled: boolean, state: DeliveryState | undefined): void {
    const outcome = this.#outcomeOf(state?.type === 'transactional-state' ? undefined : state, settled);
    if (outcome === undefined) return;
    resumption.settle(tag, outcome);
    if (!settled) this.port.machine.settle(this.link, [deliveryId], { settled: true, state: outcome }, this.port.now());
  }

  #begun(): void {
    this.#open = true;
    const repliesTo = this.port.broker.core.connections.get(this.port.connection)?.channels.get(this.channel)?.replies?.name;
    this.port.machine.acceptLink(this.link, this.port.now(), { ...acceptedSource(this.#source, this.link, repliesTo), ...this.#resumption?.fields });
    this.#resumption?.begin();
    if (this.link.credit > 0) this.#grant();
  }

  #grant(): void {
    if (!this.#open || this.#suspended) return;
    if (this.#resumption !== undefined && (!this.#resumption.goOn() || this.#resumption.incomplete)) return;
    const { credit, drain } = this.link;
    this.port.submit({ kind: 'grant-credit', ...this.at, consumerTag, credit: this.#stopped ? 0 : credit, drain: drain && !this.#stopped });
  }

  #credited({ available, drained }: EffectOf<'credited'>): void {
    this.#available = available;
    if (!drained) return;
    this.#drained = true;
    this.port.machine.drained(this.link, this.port.now());
  }

  #deliver({ deliveryTag, redelivered, failures, deadlineMs, message: native }: EffectOf<'deliver'>): void {
    const message: Amqp10Message = as10(native);
    const { machine, broker } = this.port;
    const leftMs = deadlineMs === never ? undefined : deadlineMs - broker.now();
    const payload = payloadOf(message, { first: !redelivered, failures, leftMs });
    const { maxMessageSize = 0n } = this.link.remoteAttach ?? {};
    if (maxMessageSize > 0n && sizeOf(payload) > maxMessageSize) {
      this.fail(errorOf('amqp:link:message-size-exceeded', `the next message has more than ${maxMessageSize} octets`));
      return;
    }
    const { sent, ...inTransaction } = this.#enlisted.begins(deliveryTag);
    sent(machine.deliver(this.link, { tag: tagOf(deliveryTag, this.#generation), payload, settled: this.#settles, ...inTransaction }, this.port.now()));
    if (this.#stopped || this.link.session.queued <= waitingMax) return;
    this.#stopped = true;
    this.#grant();
  }

  #settle(deliveryTag: number, deliveryId: number, settled: boolean, state: DeliveryState | undefined): void {
    const outcome = this.#outcomeOf(state, settled);
    if (outcome === undefined) return;
    this.#submitSettle(deliveryTag, outcome, undefined);
    if (!settled) this.port.machine.settle(this.link, [deliveryId], { settled: true, state: outcome }, this.port.now());
  }

  /** A terminal state, or what settling without one means; undefined while the client has not come to one. */
  #outcomeOf(state: DeliveryState | undefined, settled: boolean): DeliveryState | undefined {
    if (state !== undefined && settlementFor(state) !== undefined) return state;
    return settled ? (this.#source.defaultOutcome ?? { type: 'released' }) : undefined;
  }

  #submitSettle(deliveryTag: number, outcome: DeliveryState, transaction: Transaction10 | undefined): void {
    const settlement = settlementFor(outcome) ?? released;
    if (this.#source.browses) return;
    const inTransaction = transaction !== undefined && { transaction: transaction.number };
    this.port.submit({ kind: 'settle', ...this.at, deliveryTag, multiple: false, ...settlement, ...inTransaction });
  }
}

const released: Pick<CommandOf<'settle'>, 'outcome'> = { outcome: 'requeue' };

const sizeOf = (pieces: readonly Uint8Array[]): number => pieces.reduce((size, { length }) => size + length, 0);
