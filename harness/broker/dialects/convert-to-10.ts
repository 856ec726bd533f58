import type { BasicProperties } from '../../spec/amqp091/classes.ts';
import type { FieldTable, FieldValue } from '../../spec/amqp091/domains.ts';
import {
  type AmqpValue,
  type Annotations,
  type ApplicationProperties,
  type CompositeFields,
  decodeMessage,
  isViolation,
  type MessageBody,
  type MessageId,
} from '../../wire/amqp10/codec.ts';
import { deathsAnnotation } from './amqp10-deaths.ts';
import { type Amqp10Message, composeMessage10 } from './amqp10-message.ts';
import type { Amqp091Message } from './amqp091-message.ts';
import { complexPrefix, idHeaders, idTypes, propertyHeaders, sectionsType } from './convert-names.ts';
import { amqpValue, distinct, isWellFormed, octetsOf, uuidIn } from './convert-values.ts';

const ascii = /^[\x20-\x7e]+$/;
const ttlMax = 0xffff_ffff;

/** What a 0-9-1 client sent, as a 1.0 client gets it. */
export function to10(message: Amqp091Message): Amqp10Message {
  const { exchange, routingKey, publisher, properties, deaths, body } = message;
  const headers = distinct(properties.headers ?? []);
  const content = properties.type === sectionsType ? sectionsIn(body) : undefined;
  const annotations = annotationsOf(properties, headers, content !== undefined);
  const named = propertiesOf(properties, headers);
  const simple = simpleHeaders(headers);
  return composeMessage10(
    { exchange, routingKey, publisher },
    {
      header: headerOf(message),
      messageAnnotations: [
        ['x-exchange', text(exchange)],
        ['x-routing-key', text(routingKey)],
        ...annotations,
        ...(deaths.length > 0 ? [deathsAnnotation(deaths)] : []),
      ],
      ...(Object.keys(named).length > 0 && { properties: named }),
      ...(simple.length > 0 && { applicationProperties: simple }),
      ...(content ?? { body: { type: 'data', value: [body.length === 1 ? (body[0] as Uint8Array) : Buffer.concat(body)] } }),
    },
  );
}

function headerOf({ properties: { deliveryMode, priority }, ttlMs }: Amqp091Message): CompositeFields<'header'> {
  return {
    durable: deliveryMode === 2,
    ...(priority !== undefined && { priority }),
    ...(ttlMs !== undefined && { ttl: Math.min(ttlMs, ttlMax) }),
  };
}

/** Body and footer, where octets are sections of them. */
function sectionsIn(body: readonly Uint8Array[]): { readonly body: MessageBody; readonly footer?: Annotations } | undefined {
  const message = decodeMessage(Buffer.concat(body));
  if (isViolation(message) || message.body === undefined) return undefined;
  const { footer } = message;
  return { body: message.body, ...(footer !== undefined && { footer }) };
}

function propertiesOf(properties: BasicProperties, headers: FieldTable): CompositeFields<'properties'> {
  const { contentType, contentEncoding, messageId, correlationId, replyTo, userId, timestamp, appId } = properties;
  const special = new Map(headers);
  return {
    ...idFrom('messageId', messageId, special),
    ...(userId !== undefined && { userId: octetsOf(userId) }),
    ...stringFrom('to', special),
    ...stringFrom('subject', special),
    ...(replyTo !== undefined && isWellFormed(replyTo) && { replyTo }),
    ...idFrom('correlationId', correlationId, special),
    ...(contentType !== undefined && ascii.test(contentType) && { contentType }),
    ...(contentEncoding !== undefined && ascii.test(contentEncoding) && { contentEncoding }),
    ...expiryFrom(special.get(propertyHeaders.absoluteExpiryTime)),
    ...(timestamp !== undefined && { creationTime: BigInt.asIntN(64, timestamp * 1000n) }),
    ...(appId !== undefined && isWellFormed(appId) && { groupId: appId }),
    ...sequenceFrom(special.get(propertyHeaders.groupSequence)),
    ...stringFrom('replyToGroupId', special),
  };
}

function stringFrom<K extends 'to' | 'subject' | 'replyToGroupId'>(name: K, headers: ReadonlyMap<string, FieldValue>): { readonly [P in K]?: string } {
  const value = headers.get(propertyHeaders[name]);
  const told = value && amqpValue(value);
  return (told?.type === 'string' ? { [name]: told.value } : {}) as { readonly [P in K]?: string };
}

function expiryFrom(value: FieldValue | undefined): { readonly absoluteExpiryTime?: bigint } {
  return value?.type === 'timestamp' ? { absoluteExpiryTime: BigInt.asIntN(64, value.value * 1000n) } : {};
}

function sequenceFrom(value: FieldValue | undefined): { readonly groupSequence?: number } {
  return value?.type === 'long-uint' ? { groupSequence: value.value } : {};
}

/** An id from the property of its name, or else from the header where an id stands that is no short text. */
function idFrom<K extends keyof typeof idTypes>(name: K, id: string | undefined, headers: ReadonlyMap<string, FieldValue>): { readonly [P in K]?: MessageId } {
  const found = id === undefined ? headerId(headers.get(idHeaders[name])) : idOf(id, headers.get(idTypes[name]));
  return (found === undefined ? {} : { [name]: found }) as { readonly [P in K]?: MessageId };
}

function headerId(value: FieldValue | undefined): MessageId | undefined {
  const id = value && amqpValue(value);
  return id?.type === 'string' || id?.type === 'binary' ? id : undefined;
}

/** An id of the type that a header names, where its text can be one of that. */
function idOf(id: string, type: FieldValue | undefined): MessageId {
  const told = type?.type === 'long-string' ? Buffer.from(type.value).toString() : undefined;
  if (told === 'ulong' && /^\d{1,20}$/.test(id) && BigInt(id) < 1n << 64n) return { type: 'ulong', value: BigInt(id) };
  const uuid = uuidIn(id);
  if (uuid !== undefined) return { type: 'uuid', value: uuid };
  return isWellFormed(id) ? { type: 'string', value: id } : { type: 'binary', value: octetsOf(id) };
}

const meant: ReadonlySet<string> = new Set<string>([
  ...Object.values(propertyHeaders),
  ...Object.values(idTypes),
  ...Object.values(idHeaders),
  'x-death',
  'CC',
  'BCC',
]);
const isSimple = ({ type }: FieldValue): boolean => type !== 'array' && type !== 'table';
const isSpecial = (name: string): boolean => name.startsWith('x-') || meant.has(name);

function simpleHeaders(headers: FieldTable): ApplicationProperties {
  return headers.flatMap(([name, value]) => (!isSpecial(name) && isSimple(value) && isWellFormed(name) ? [[name, amqpValue(value)] as const] : []));
}

function annotationsOf({ type }: BasicProperties, headers: FieldTable, isSections: boolean): Annotations {
  const copies = headers.find(([name]) => name === 'CC')?.[1];
  const own = headers.flatMap(([name, value]): Annotations => {
    if (meant.has(name) || !ascii.test(name)) return [];
    if (name.startsWith('x-')) return [[name, amqpValue(value)]];
    return isSimple(value) ? [] : [[`${complexPrefix}${name}`, amqpValue(value)]];
  });
  return [
    ...own,
    ...(copies === undefined ? [] : [['x-cc', amqpValue(copies)] as const]),
    ...(type === undefined || isSections || !isWellFormed(type) ? [] : [['x-basic-type', text(type)] as const]),
  ];
}

function text(value: string): AmqpValue {
  return isWellFormed(value) ? { type: 'string', value } : { type: 'binary', value: octetsOf(value) };
}
