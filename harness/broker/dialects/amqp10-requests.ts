import type { IncomingDelivery } from '../../endpoint/amqp10/vocabulary.ts';
import { type AmqpError, type CompositeFields, decodeMessage, isViolation, type MessageDraft, type Message as WireMessage } from '../../wire/amqp10/codec.ts';
import type { Command, EffectOf, OnChannel } from '../vocabulary.ts';
import { destinationOf } from './amqp10-addresses.ts';
import { accepted, errorFor, errorOf } from './amqp10-errors.ts';
import { composeMessage10 } from './amqp10-message.ts';
import { AnyLink, type LinkEffect } from './amqp10-port.ts';
import type { Reply } from './amqp10-replies.ts';
import { pairOf, responsesTo } from './amqp10-responses.ts';

/** What the core is asked to do on the way to a reply. `next` reads its answer; undefined: this effect is none. */
export interface Step {
  readonly command: (at: OnChannel) => Command;
  readonly next: (effect: LinkEffect) => Plan | undefined;
}

/** What is to be done about a request: the reply to it, now, when the core has answered, or when somebody else has. */
export type Plan = Reply | Step | Promise<Reply>;

/** A node of the broker's own that answers requests. */
export interface Service {
  readonly address: string;
  /** Its links come in pairs. */
  readonly paired: boolean;
  plan(request: WireMessage): Plan;
  /** What the core refuses, in the words of the node. */
  refused(refusal: EffectOf<'refused'>): Reply;
  /** The response that says this; its address and its correlation-id are added to it. */
  response(reply: Reply): MessageDraft;
}

/** Requests that a client may have under way, and responses that may wait for its credit before it gets no more of that. */
const creditMax = 64;

/** A link over which a client asks a node of the broker's own: each request is done when the one before it is. */
export class RequestLink extends AnyLink {
  readonly #service: Service;
  readonly #waiting: WireMessage[] = [];
  /** What the core was asked for the request at hand; `elsewhere`: somebody else is to answer. */
  #step: Step | 'elsewhere' | undefined;
  #request: WireMessage | undefined;
  #open = false;

  constructor(service: Service, ...rest: ConstructorParameters<typeof AnyLink>) {
    super(...rest);
    this.#service = service;
  }

  begin(): void {
    this.port.submit({ kind: 'open-channel', ...this.at, spares: true });
  }

  effect(effect: LinkEffect): void {
    if (effect.kind === 'channel-opened') this.#begun();
    else if (effect.kind === 'refused' && this.#step === undefined) this.fail(errorFor(effect));
    else if (typeof this.#step === 'object') {
      const next = effect.kind === 'refused' ? this.#service.refused(effect) : this.#step.next(effect);
      if (next !== undefined) this.#go(next);
    }
  }

  override delivery(delivery: IncomingDelivery): void {
    const request = decodeMessage(Buffer.concat(delivery.payload));
    if (isViolation(request)) {
      this.fail(errorOf('amqp:decode-error', request.detail));
      return;
    }
    if (!delivery.settled) this.port.machine.settle(this.link, [delivery.deliveryId], { settled: true, state: accepted }, this.port.now());
    this.#waiting.push(request);
    this.#next();
    this.replenish();
  }

  override over(): void {
    this.#open = false;
    this.#waiting.length = 0;
  }

  /** Gives credit, unless too much waits already; nothing before the other link of a pair is there. */
  replenish(): void {
    const { link, port } = this;
    const answers = this.#service.paired ? pairOf(port, link) : undefined;
    const ready = this.#open && (!this.#service.paired || answers !== undefined) && (answers?.waiting ?? 0) < creditMax;
    if (ready && link.credit * 2 <= creditMax) port.machine.grant(link, { credit: creditMax }, port.now());
  }

  #begun(): void {
    const { address, paired } = this.#service;
    this.#open = true;
    const pair = paired && { properties: pairedProperties };
    this.port.machine.acceptLink(this.link, this.port.now(), { target: { type: 'target', address }, ...pair, maxMessageSize: BigInt(messageMax) });
    this.replenish();
  }

  #next(): void {
    if (this.#request !== undefined) return;
    const request = this.#waiting.shift();
    if (request === undefined || !this.#open) return;
    this.#request = request;
    this.#go(this.#service.plan(request));
  }

  #go(plan: Plan): void {
    if (plan instanceof Promise) {
      this.#step = 'elsewhere';
      void plan.then(reply => this.#go(reply));
    } else if ('command' in plan) {
      this.#step = plan;
      this.port.submit(plan.command(this.at));
    } else this.#answer(plan);
  }

  #answer(reply: Reply): void {
    const request = this.#request;
    this.#request = undefined;
    this.#step = undefined;
    if (request === undefined || !this.#open) return;
    this.#send(request, reply);
    this.#next();
  }

  /** Over the other link of the pair, over the link whose target the reply-to names, or to whatever node that is the address of. */
  #send({ properties }: WireMessage, reply: Reply): void {
    const correlationId = this.#service.paired ? properties?.messageId : (properties?.correlationId ?? properties?.messageId);
    const replyTo = properties?.replyTo;
    const draft = this.#service.response(reply);
    const to = !this.#service.paired && replyTo !== undefined && { to: replyTo };
    const response: MessageDraft = { ...draft, properties: { ...draft.properties, ...to, ...(correlationId !== undefined && { correlationId }) } };
    const link = this.#service.paired ? pairOf(this.port, this.link) : responsesTo(this.port, this.#service.address, replyTo);
    if (link !== undefined) link.send(response);
    else if (replyTo !== undefined && !this.#service.paired) this.#publish(replyTo, response);
  }

  #publish(address: string, response: MessageDraft): void {
    const destination = destinationOf(address);
    if (destination === undefined) return;
    const message = composeMessage10({ ...destination, publisher: this.port.connection }, response);
    this.port.submit({ kind: 'publish', ...this.at, message, mandatory: false, immediate: false, spared: true });
  }
}

/** Octets of the largest request. */
const messageMax = 1 << 20;

export const pairedProperties: CompositeFields<'attach'>['properties'] = [['paired', { type: 'boolean', value: true }]];

/** Whether an attach says that its link is one of a pair. */
export function isPaired(properties: CompositeFields<'attach'>['properties']): boolean {
  return properties?.some(([key, value]) => key === 'paired' && value.type === 'boolean' && value.value) === true;
}

/** Why a link of a node that answers requests cannot be, where it cannot. */
export function refusedPair(service: Service, properties: CompositeFields<'attach'>['properties']): AmqpError | undefined {
  return service.paired && !isPaired(properties) ? errorOf('amqp:invalid-field', `links of ${service.address} are paired`) : undefined;
}

type EffectKind = LinkEffect['kind'];

/** Has the core asked this on the link's channel, and replies as soon as an effect of that kind comes. */
export function asking<K extends EffectKind>(command: Step['command'], kind: K, reply: (effect: Extract<LinkEffect, { readonly kind: K }>) => Plan): Step {
  return { command, next: effect => (effect.kind === kind ? reply(effect as Extract<LinkEffect, { readonly kind: K }>) : undefined) };
}
