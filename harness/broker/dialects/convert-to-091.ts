import type { BasicProperties } from '../../spec/amqp091/classes.ts';
import type { FieldTable, FieldValue } from '../../spec/amqp091/domains.ts';
import type { AmqpProperties, AmqpValue, Annotations, MessageBody, MessageId } from '../../wire/amqp10/codec.ts';
import { contentHeader } from '../../wire/amqp091/content.ts';
import { deathsKey } from './amqp10-deaths.ts';
import type { Amqp10Message } from './amqp10-message.ts';
import { deathsHeader } from './amqp091-deaths.ts';
import { Amqp091Message } from './amqp091-message.ts';
import { complexPrefix, idHeaders, idTypes, propertyHeaders, sectionsType } from './convert-names.ts';
import { fieldValueOf, fits, headersOf, uuidText } from './convert-values.ts';

/** What a 1.0 client sent, as a 0-9-1 client gets it. */
export function to091(message: Amqp10Message): Amqp091Message {
  const { exchange, routingKey, publisher, deaths, content, sent, properties, expiration } = message;
  const annotations = message.messageAnnotations ?? [];
  const ids = { messageId: idOf('messageId', properties?.messageId), correlationId: idOf('correlationId', properties?.correlationId) };
  const data = plainData(content);
  const type = data ? wordAt(annotations, 'x-basic-type') : sectionsType;
  const headers: FieldTable = [
    ...(headersOf(message.applicationProperties) ?? []),
    ...annotationHeaders(annotations),
    ...(deaths.length > 0 ? [deathsHeader(deaths)] : []),
    ...ids.messageId.headers,
    ...ids.correlationId.headers,
    ...(properties === undefined ? [] : headersFor(properties)),
  ];
  const body = data?.filter(part => part.length > 0) ?? [message.bodyOctets];
  const basic: BasicProperties = {
    ...(properties !== undefined && basicOf(properties)),
    ...ids.messageId.property,
    ...ids.correlationId.property,
    ...(headers.length > 0 && { headers }),
    ...(sent !== undefined && { deliveryMode: sent.durable === true ? 2 : 1 }),
    ...(sent?.priority !== undefined && { priority: sent.priority }),
    ...(expiration !== undefined && { expiration }),
    ...(type !== undefined && { type }),
  };
  const size = body.reduce((sum, part) => sum + part.length, 0);
  return new Amqp091Message(exchange, routingKey, publisher, contentHeader({ properties: basic, bodySize: size }), body, deaths);
}

/** The parts of a body that 0-9-1 can have for its own: none, or one data section. */
function plainData(content: MessageBody | undefined): readonly Uint8Array[] | undefined {
  if (content === undefined) return [];
  return content.type === 'data' && content.value.length === 1 ? content.value : undefined;
}

function basicOf({ userId, replyTo, contentType, contentEncoding, creationTime, groupId }: AmqpProperties): BasicProperties {
  const user = userId && Buffer.from(userId);
  const answers = replyTo === undefined ? undefined : queueIn(replyTo);
  return {
    ...(user !== undefined && user.toString().length > 0 && Buffer.from(user.toString()).equals(user) && fits(user.toString()) && { userId: user.toString() }),
    ...(answers !== undefined && fits(answers) && { replyTo: answers }),
    ...(contentType !== undefined && fits(contentType) && { contentType }),
    ...(contentEncoding !== undefined && fits(contentEncoding) && { contentEncoding }),
    ...(creationTime !== undefined && creationTime >= 0n && { timestamp: creationTime / 1000n }),
    ...(groupId !== undefined && fits(groupId) && { appId: groupId }),
  };
}

/** The queue that an address names; the address itself where it names none. */
function queueIn(address: string): string {
  if (!address.startsWith('/queues/')) return address;
  try {
    return decodeURIComponent(address.slice('/queues/'.length));
  } catch {
    return address;
  }
}

/** What 0-9-1 has no properties for. */
function headersFor({ to, subject, absoluteExpiryTime, groupSequence, replyToGroupId }: AmqpProperties): FieldTable {
  const named: readonly (readonly [string, AmqpValue | undefined])[] = [
    [propertyHeaders.to, to === undefined ? undefined : { type: 'string', value: to }],
    [propertyHeaders.subject, subject === undefined ? undefined : { type: 'string', value: subject }],
    [propertyHeaders.absoluteExpiryTime, absoluteExpiryTime === undefined ? undefined : { type: 'timestamp', value: absoluteExpiryTime }],
    [propertyHeaders.groupSequence, groupSequence === undefined ? undefined : { type: 'uint', value: groupSequence }],
    [propertyHeaders.replyToGroupId, replyToGroupId === undefined ? undefined : { type: 'string', value: replyToGroupId }],
  ];
  return named.flatMap(([name, value]) => (value === undefined ? [] : [[name, fieldValueOf(value)] as const]));
}

interface ConvertedId {
  readonly property: BasicProperties;
  readonly headers: FieldTable;
}

/** An id as text, and the header that tells the type of one that is a number; what is no short text goes into a header. */
function idOf(name: keyof typeof idTypes, id: MessageId | undefined): ConvertedId {
  if (id === undefined) return { property: {}, headers: [] };
  if (id.type === 'binary') return { property: {}, headers: [[idHeaders[name], { type: 'byte-array', value: id.value }]] };
  const text = id.type === 'uuid' ? uuidText(id.value) : `${id.value}`;
  if (!fits(text)) return { property: {}, headers: [[idHeaders[name], longString(text)]] };
  return { property: { [name]: text }, headers: id.type === 'ulong' ? [[idTypes[name], longString(id.type)]] : [] };
}

function longString(text: string): FieldValue {
  return { type: 'long-string', value: Buffer.from(text) };
}

/** What other parts of the message tell already. */
const told: ReadonlySet<string> = new Set([deathsKey, 'x-basic-type', 'x-exchange', 'x-routing-key']);

function annotationHeaders(annotations: Annotations): FieldTable {
  return annotations.flatMap(([key, value]): FieldTable => {
    if (typeof key !== 'string' || !key.startsWith('x-') || told.has(key)) return [];
    const name = key === 'x-cc' ? 'CC' : key.startsWith(complexPrefix) ? key.slice(complexPrefix.length) : key;
    return fits(name) ? [[name, fieldValueOf(value)]] : [];
  });
}

function wordAt(annotations: Annotations, name: string): string | undefined {
  const value = annotations.find(([key]) => key === name)?.[1];
  return (value?.type === 'string' || value?.type === 'symbol') && fits(value.value) ? value.value : undefined;
}
