import type { FieldTable } from '../../spec/amqp091/domains.ts';
import type { StoredMessage } from '../../store/store.ts';
import {
  type AmqpError,
  type AmqpHeader,
  type AmqpProperties,
  type Annotations,
  type ApplicationProperties,
  decodeMessage,
  describedOf,
  encodeMessage,
  isViolation,
  type MessageBody,
  type MessageDraft,
  type Message as WireMessage,
} from '../../wire/amqp10/codec.ts';
import type { Afterlife, Copies, Death, Message } from '../message.ts';
import type { ConnectionId } from '../vocabulary.ts';
import { annotationsAfter, deathsAmong } from './amqp10-deaths.ts';
import type { Amqp091Message, Foreign } from './amqp091-message.ts';
import { to091 } from './convert-to-091.ts';
import { headersOf } from './convert-values.ts';

const noDeaths: readonly Death[] = [];
const noAnnotations: Annotations = [];
const nothing = new Uint8Array(0);
const bodySections: ReadonlySet<string> = new Set(['data', 'amqp-sequence', 'amqp-value']);

/** Where a message goes, and who sent it. */
export interface Routing {
  readonly exchange: string;
  readonly routingKey: string;
  readonly publisher: ConnectionId;
}

/** What stands in front of the bare message and what begins with it; both the same object where a message came whole. */
interface Parts {
  readonly front: WireMessage;
  readonly tail: WireMessage;
  /** A section of delivery annotations that is ours to tell, as octets. */
  readonly own?: Uint8Array | undefined;
}

/** Of the priorities of the standard two are told apart, as it allows: those up to 4, the default, and those above. */
const highPriority = 5;

/**
 * A message as a 1.0 client sent it. `header` holds header and message annotations, `body` the bare message and the footer, octet by octet. Delivery
 * annotations were meant for us alone and are not kept.
 */
export class Amqp10Message implements Message, Foreign {
  readonly dialect = 'amqp10';
  readonly exchange: string;
  readonly routingKey: string;
  readonly publisher: ConnectionId;
  readonly header: Uint8Array;
  readonly body: readonly [Uint8Array];
  readonly size: number;
  readonly persistent: boolean;
  readonly priority: number;
  readonly ttlMs: number | undefined;
  readonly deaths: readonly Death[];
  readonly userId: string | undefined;
  /** Header fields as the sender wrote them. */
  readonly sent: AmqpHeader | undefined;
  readonly #parts: Parts;

  /** `nowMs`: when it came, for those that expire at a moment. */
  constructor({ exchange, routingKey, publisher }: Routing, parts: Parts, nowMs: number, deaths: readonly Death[] = noDeaths) {
    const { front, tail } = parts;
    this.#parts = parts;
    this.exchange = exchange;
    this.routingKey = routingKey;
    this.publisher = publisher;
    this.header = frontOf(front, parts.own);
    this.body = [tail.tail];
    this.size = this.body[0].length;
    this.deaths = deaths;
    const { header } = front;
    this.sent = header;
    this.persistent = header?.durable === true;
    this.priority = (header?.priority ?? 0) >= highPriority ? highPriority : 0;
    const { properties } = tail;
    this.userId = properties?.userId && Buffer.from(properties.userId).toString();
    this.ttlMs = sooner(header?.ttl, absoluteExpiry(properties, nowMs));
  }

  get properties(): AmqpProperties | undefined {
    return this.#parts.tail.properties;
  }

  get applicationProperties(): ApplicationProperties | undefined {
    return this.#parts.tail.applicationProperties;
  }

  get messageAnnotations(): Annotations | undefined {
    return this.#parts.front.messageAnnotations;
  }

  get content(): MessageBody | undefined {
    return this.#parts.tail.body;
  }

  get footer(): Annotations | undefined {
    return this.#parts.tail.footer;
  }

  /** The sections of the body and the footer, octet by octet. */
  get bodyOctets(): Uint8Array {
    const { tail } = this.#parts;
    const [first] = tail.places.filter(({ name }) => bodySections.has(name));
    return first === undefined ? nothing : tail.octets.subarray(first.start - tail.start);
  }

  /** The section of message annotations as it came; undefined where there is none. */
  get annotationOctets(): Uint8Array | undefined {
    return this.#parts.front.section('message-annotations');
  }

  /** What we tell in delivery annotations, as octets; undefined: nothing. */
  get deliveryAnnotationOctets(): Uint8Array | undefined {
    return this.#parts.own;
  }

  get headers(): FieldTable | undefined {
    return headersOf(this.applicationProperties);
  }

  get copies(): Copies | 'malformed' | undefined {
    if (this.annotationOctets === undefined) return undefined;
    const told = this.messageAnnotations?.find(([key]) => key === 'x-cc')?.[1];
    if (told === undefined || told.type === 'null') return undefined;
    const values = told.type === 'list' ? told.value : told.type === 'array' ? told.value.items : undefined;
    if (values === undefined) return 'malformed';
    const keys = values.flatMap(value => (value.type === 'string' ? [value.value] : []));
    return keys.length === values.length ? { keys, blind: false } : 'malformed';
  }

  /** The bare message is nobody's to change, so that answers go where it says; what 0-9-1 has besides is not of this protocol. */
  get replyTo(): undefined {
    return undefined;
  }

  get expiration(): string | undefined {
    return this.sent?.ttl === undefined ? undefined : `${this.sent.ttl}`;
  }

  get routingKeys(): readonly string[] {
    const { copies } = this;
    return typeof copies === 'object' ? [this.routingKey, ...copies.keys] : [this.routingKey];
  }

  answerTo(): Amqp10Message {
    return this;
  }

  /** As a client of 0-9-1 gets it. */
  as091(): Amqp091Message {
    return to091(this);
  }

  under(routingKey: string): Amqp10Message {
    return this.#at({ exchange: this.exchange, routingKey, publisher: this.publisher });
  }

  withoutBlindCopies(): Amqp10Message {
    return this;
  }

  afterDeath({ exchange, routingKey, deaths }: Afterlife): Amqp10Message {
    const annotations = annotationsAfter(this.messageAnnotations ?? noAnnotations, this.exchange, deaths, routingKey !== undefined);
    const { ttl: _, type: __, ...header } = this.sent ?? { type: 'header' };
    const front = composed({ ...(this.sent && { header }), messageAnnotations: annotations });
    const next = { exchange, routingKey: routingKey ?? this.routingKey, publisher: 0 };
    return new Amqp10Message(next, { ...this.#parts, front }, Number.NEGATIVE_INFINITY, deaths);
  }

  /** The same message with these annotations, which replace those of the same key. */
  annotated(added: Annotations): Amqp10Message {
    const keys = new Set(added.map(([key]) => key));
    const kept = (this.messageAnnotations ?? noAnnotations).filter(([key]) => !keys.has(key));
    const front = composed({ ...(this.sent && { header: this.sent }), messageAnnotations: [...kept, ...added] });
    return new Amqp10Message(this, { ...this.#parts, front }, Number.NEGATIVE_INFINITY, this.deaths);
  }

  /** The same message as its receiver rejected it, with the error among its delivery annotations (3.4.3). */
  rejectedWith(error: AmqpError): Amqp10Message {
    const own = encodeMessage({ deliveryAnnotations: [['rejected', describedOf(error)]] });
    return new Amqp10Message(this, { ...this.#parts, own }, Number.NEGATIVE_INFINITY, this.deaths);
  }

  #at(routing: Routing): Amqp10Message {
    return new Amqp10Message(routing, this.#parts, Number.NEGATIVE_INFINITY, this.deaths);
  }
}

/** The octets in front of the bare message, with our delivery annotations in place of those that it came with. */
function frontOf(message: WireMessage, own: Uint8Array | undefined): Uint8Array {
  const { octets, tail } = message;
  if (message.section('delivery-annotations') === undefined && own === undefined) return octets.subarray(0, octets.length - tail.length);
  const kept = [message.section('header'), own, message.section('message-annotations')].filter(each => each !== undefined);
  return Buffer.concat(kept);
}

/** What is left until the absolute-expiry-time, where a message has one. */
function absoluteExpiry(properties: AmqpProperties | undefined, nowMs: number): number | undefined {
  const moment = nowMs === Number.NEGATIVE_INFINITY ? undefined : properties?.absoluteExpiryTime;
  return moment === undefined ? undefined : Math.max(0, Number(moment) - nowMs);
}

function sooner(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

function composed(draft: MessageDraft): WireMessage {
  const message = decodeMessage(encodeMessage(draft));
  if (isViolation(message)) throw new Error(`a message that was composed is none: ${message.detail}`);
  return message;
}

/** A message as a client sent it. */
export function receivedMessage(routing: Routing, message: WireMessage, nowMs: number): Amqp10Message {
  return new Amqp10Message(routing, { front: message, tail: message }, nowMs);
}

/** A message that is made here. */
export function composeMessage10(routing: Routing, draft: MessageDraft, nowMs = 0): Amqp10Message {
  const message = composed(draft);
  return new Amqp10Message(routing, { front: message, tail: message }, nowMs);
}

/**
 * A message as a store gave it back. `arrivedMs`: when it came, where that decides when it is to be gone.
 * @throws {Error} where the stored octets are none: stores check what they read, so this is not a peer's doing.
 */
export function reviveMessage10({ exchange, routingKey, header, body }: StoredMessage, arrivedMs = 0): Amqp10Message {
  const [octets = new Uint8Array(0)] = body;
  const front = decodeMessage(header);
  const tail = decodeMessage(octets);
  if (isViolation(front) || isViolation(tail)) throw new Error('a stored message of AMQP 1.0 is none');
  const own = front.section('delivery-annotations');
  return new Amqp10Message({ exchange, routingKey, publisher: 0 }, { front, tail, own }, arrivedMs, deathsAmong(front.messageAnnotations));
}
