import { type BasicProperties, classes } from '../../spec/amqp091/classes.ts';
import type { FieldTable } from '../../spec/amqp091/domains.ts';
import type { StoredMessage } from '../../store/store.ts';
import { bodyOctets, type ContentHeader, contentHeader, decodeContentHeader } from '../../wire/amqp091/content.ts';
import { isViolation } from '../../wire/decoded.ts';
import type { Afterlife, Copies, Death, Message } from '../message.ts';
import type { ConnectionId } from '../vocabulary.ts';
import { copiesIn, mayAskForCopies, withoutBlind } from './amqp091-copies.ts';
import { copyKeys, deathsIn, propertiesAfter } from './amqp091-deaths.ts';

const noDeaths: readonly Death[] = [];

/** A message of another protocol, which knows what it is in this one: so that nothing of the other is loaded before somebody speaks it. */
export interface Foreign {
  as091(): Amqp091Message;
}

/** The message as a 0-9-1 client gets it: itself, where one sent it. */
export function as091(message: Message): Amqp091Message {
  return message instanceof Amqp091Message ? message : (message as Message & Foreign).as091();
}

/** A message as a 0-9-1 client published it: the header's payload and the body's frames as they came. */
export class Amqp091Message implements Message {
  readonly dialect = 'amqp091';
  readonly exchange: string;
  readonly routingKey: string;
  readonly publisher: ConnectionId;
  readonly header: Uint8Array;
  readonly body: readonly Uint8Array[];
  readonly size: number;
  readonly persistent: boolean;
  readonly priority: number;
  readonly ttlMs: number | undefined;
  readonly deaths: readonly Death[];
  readonly #content: ContentHeader;

  constructor(
    exchange: string,
    routingKey: string,
    publisher: ConnectionId,
    content: ContentHeader,
    body: readonly Uint8Array[],
    deaths: readonly Death[] = noDeaths,
  ) {
    this.exchange = exchange;
    this.routingKey = routingKey;
    this.publisher = publisher;
    this.header = content.raw;
    this.body = body;
    this.deaths = deaths;
    this.size = bodyOctets(content);
    this.#content = content;
    const at = deliveryModeAt(content, this.header);
    const { propertyFlags } = content;
    const raw = this.header;
    const priorityAt = propertyFlags & flags.deliveryMode ? at + 1 : at;
    this.persistent = (propertyFlags & flags.deliveryMode) !== 0 && raw[at] === 2;
    this.priority = propertyFlags & flags.priority ? (raw[priorityAt] ?? 0) : 0;
    this.ttlMs = propertyFlags & flags.expiration ? millisecondsOf(content.properties.expiration ?? '') : undefined;
  }

  get properties(): BasicProperties {
    return this.#content.properties;
  }

  get replyTo(): string | undefined {
    if ((this.#content.propertyFlags & flags.replyTo) === 0) return undefined;
    const { raw } = this.#content;
    const at = replyToAt(this.#content);
    return Buffer.from(raw.buffer, raw.byteOffset + at + 1, raw[at]).toString();
  }

  answerTo(replyTo: string): Amqp091Message {
    const content = spliced(this.header, replyToAt(this.#content), replyTo);
    return new Amqp091Message(this.exchange, this.routingKey, this.publisher, content, this.body);
  }

  get userId(): string | undefined {
    return this.#content.propertyFlags & flags.userId ? this.#content.properties.userId : undefined;
  }

  get copies(): Copies | 'malformed' | undefined {
    if ((this.#content.propertyFlags & flags.headers) === 0 || !mayAskForCopies(this.header)) return undefined;
    return copiesIn(this.headers ?? []);
  }

  under(routingKey: string): Amqp091Message {
    return new Amqp091Message(this.exchange, routingKey, this.publisher, this.#content, this.body, this.deaths);
  }

  withoutBlindCopies(): Amqp091Message {
    const properties = { ...this.properties, headers: withoutBlind(this.headers ?? []) };
    return new Amqp091Message(this.exchange, this.routingKey, this.publisher, contentHeader({ properties, bodySize: this.size }), this.body, this.deaths);
  }

  get headers(): FieldTable | undefined {
    return this.#content.properties.headers;
  }

  get expiration(): string | undefined {
    return this.#content.properties.expiration;
  }

  get routingKeys(): readonly string[] {
    return [this.routingKey, ...copyKeys(this.headers)];
  }

  afterDeath(afterlife: Afterlife): Amqp091Message {
    const { exchange, routingKey, deaths } = afterlife;
    const properties = propertiesAfter(this.properties, this.exchange, afterlife);
    const header = contentHeader({ properties, bodySize: this.size });
    return new Amqp091Message(exchange, routingKey ?? this.routingKey, 0, header, this.body, deaths);
  }
}

/** Another short string in place of the one that stands at `at` in a header's payload; all else stays octet by octet. */
function spliced(raw: Uint8Array, at: number, text: string): ContentHeader {
  const rest = at + 1 + (raw[at] ?? 0);
  const octets = Buffer.from(text);
  const content = decodeContentHeader(Buffer.concat([raw.subarray(0, at), Uint8Array.of(octets.length), octets, raw.subarray(rest)]));
  if (isViolation(content)) throw new Error(`a header with another short string is none: ${content.detail}`);
  return content;
}

/** A message made here, not received. `publisher` is nobody. */
export function composeMessage(exchange: string, routingKey: string, body: Uint8Array, properties: BasicProperties = {}): Amqp091Message {
  return new Amqp091Message(exchange, routingKey, 0, contentHeader({ properties, bodySize: body.length }), body.length > 0 ? [body] : []);
}

/**
 * A message as a store gave it back.
 * @throws {Error} where the stored header is none: stores check what they read, so this is not a peer's doing.
 */
export function reviveMessage({ exchange, routingKey, header, body }: StoredMessage): Amqp091Message {
  const content = decodeContentHeader(header);
  if (isViolation(content)) throw new Error(`a stored message has no valid header: ${content.detail}`);
  return new Amqp091Message(exchange, routingKey, 0, content, body, deathsIn(content.properties.headers));
}

/** Only digits are a time; no sender waits longer than a double counts exactly. */
function millisecondsOf(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}

function flagOf(property: keyof typeof classes.basic.properties): number {
  return 0x8000 >> Object.keys(classes.basic.properties).indexOf(property);
}

const flags = {
  contentType: flagOf('content-type'),
  contentEncoding: flagOf('content-encoding'),
  headers: flagOf('headers'),
  deliveryMode: flagOf('delivery-mode'),
  priority: flagOf('priority'),
  correlationId: flagOf('correlation-id'),
  replyTo: flagOf('reply-to'),
  expiration: flagOf('expiration'),
  userId: flagOf('user-id'),
};

/** Octets of a content header before its property flags. */
const flagsAt = 12;

/** Where delivery-mode stands, or would stand, in a header that was found valid: two octets of it decide, so the rest is not decoded for them. */
function deliveryModeAt({ propertyFlags }: ContentHeader, raw: Uint8Array): number {
  let at = flagsAt + 2;
  while ((raw[at - 1] ?? 0) & 1) at += 2;
  if (propertyFlags & flags.contentType) at += 1 + (raw[at] ?? 0);
  if (propertyFlags & flags.contentEncoding) at += 1 + (raw[at] ?? 0);
  if (propertyFlags & flags.headers) at += 4 + (((raw[at] ?? 0) << 24) | ((raw[at + 1] ?? 0) << 16) | ((raw[at + 2] ?? 0) << 8) | (raw[at + 3] ?? 0));
  return at;
}

/** Where reply-to stands in a header that has it. */
function replyToAt(content: ContentHeader): number {
  const { raw, propertyFlags } = content;
  let at = deliveryModeAt(content, raw);
  if (propertyFlags & flags.deliveryMode) at += 1;
  if (propertyFlags & flags.priority) at += 1;
  return propertyFlags & flags.correlationId ? at + 1 + (raw[at] ?? 0) : at;
}
