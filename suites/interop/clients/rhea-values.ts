import type rhea from 'rhea';
import type { Body, Message, Value, Values } from '../../../harness/interop/protocol.ts';
import { Unsupported } from './lines.ts';

type Wrap = (value: unknown, code?: number) => unknown;
export type Types = Readonly<Record<string, Wrap>> & { readonly described: (descriptor: unknown, value: unknown) => unknown };

/** The parts of rhea that its types do not tell. */
export interface Rhea {
  readonly types: Types;
  readonly message: typeof rhea.message & {
    data_sections(data: readonly Buffer[]): unknown;
    sequence_sections(lists: readonly unknown[]): unknown;
  };
}

function octets64(text: string): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64BE(BigInt.asUintN(64, BigInt(text)));
  return octets;
}

const codes: Readonly<Record<string, number>> = { int: 0x71, long: 0x81, string: 0xb1, symbol: 0xb3, boolean: 0x56, ulong: 0x80, uint: 0x70 };

/** As rhea wants it. */
export function encoded({ types }: Rhea, [type, content, more]: Value): unknown {
  const rest: Rhea = { types } as Rhea;
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
    case 'string':
      return content;
    case 'long':
    case 'ulong':
      return types[`wrap_${type}`]?.(octets64(String(content)));
    case 'timestamp':
      return types.wrap_timestamp?.(Number(content));
    case 'uuid':
      return types.wrap_uuid?.(Buffer.from(String(content).replaceAll('-', ''), 'hex'));
    case 'binary':
      return types.wrap_binary?.(Buffer.from(String(content), 'hex'));
    case 'list':
      return types.wrap_list?.((content as readonly Value[]).map(each => encoded(rest, each)));
    case 'map':
      return types.wrap_map_as_map?.(
        new Map((content as readonly (readonly [Value, Value])[]).map(([key, value]) => [encoded(rest, key), encoded(rest, value)])),
      );
    case 'array':
      return types.wrap_array?.(
        (more as readonly Value[]).map(each => (content === 'long' ? Number(each[1]) : each[1])),
        codes[String(content)],
      );
    case 'symbol':
      return types.wrap_symbol?.(content);
    default: {
      const wrap = types[`wrap_${type}`];
      if (wrap === undefined) throw new Unsupported(`it has no ${type}`);
      return wrap(Number(content));
    }
  }
}

function decoded(value: unknown): Value {
  if (value === null || value === undefined) return ['null'];
  if (typeof value === 'boolean') return ['boolean', value];
  if (typeof value === 'number') return ['number', String(value)];
  if (typeof value === 'string') return ['text', value];
  if (Buffer.isBuffer(value)) return ['octets', value.toString('hex')];
  if (value instanceof Date) return ['timestamp', String(value.getTime())];
  if (Array.isArray(value)) return ['list', value.map(decoded)];
  return ['map', Object.entries(value as object).map(([key, each]) => [['text', key], decoded(each)])];
}

const valuesOf = (found: unknown): Values => Object.fromEntries(Object.entries((found ?? {}) as object).map(([key, value]) => [key, decoded(value)]));

const names = {
  messageId: 'message_id',
  userId: 'user_id',
  to: 'to',
  subject: 'subject',
  replyTo: 'reply_to',
  correlationId: 'correlation_id',
  contentType: 'content_type',
  contentEncoding: 'content_encoding',
  absoluteExpiryTime: 'absolute_expiry_time',
  creationTime: 'creation_time',
  groupId: 'group_id',
  groupSequence: 'group_sequence',
  replyToGroupId: 'reply_to_group_id',
} as const;

/** rhea takes these as plain values of its own types. */
function property({ types }: Rhea, name: string, [type, content]: Value): unknown {
  const octets = Buffer.from(String(content), 'hex');
  // An id that is a buffer goes out as a uuid.
  if (type === 'binary') return name === 'userId' ? octets : types.wrap_binary?.(octets);
  if (type === 'uuid') return Buffer.from(String(content).replaceAll('-', ''), 'hex');
  if (type === 'timestamp') return Number(content);
  return type === 'uint' || type === 'ulong' ? Number(content) : content;
}

function bodyOf(rhea: Rhea, body: Body): unknown {
  if ('value' in body) return encoded(rhea, body.value);
  if ('sequence' in body) return rhea.message.sequence_sections(body.sequence.map(list => list.map(each => encoded(rhea, each))));
  return rhea.message.data_sections(body.data.map(hex => Buffer.from(hex, 'hex')));
}

/** A message as rhea sends it. */
export function outgoing(rhea: Rhea, { header = {}, annotations, properties = {}, application, body }: Message): Readonly<Record<string, unknown>> {
  const encodedAll = (values: Values) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encoded(rhea, value)]));
  return {
    ...header,
    ...Object.fromEntries(Object.entries(properties).map(([name, value]) => [names[name as keyof typeof names], property(rhea, name, value)])),
    ...(annotations !== undefined && { message_annotations: encodedAll(annotations) }),
    ...(application !== undefined && { application_properties: encodedAll(application) }),
    body: bodyOf(rhea, body),
  };
}

function bodyFrom(body: unknown): Body {
  const { typecode, content, multiple } = (body ?? {}) as { readonly typecode?: number; readonly content?: unknown; readonly multiple?: boolean };
  if (typecode === undefined) return { value: decoded(body) };
  const parts = (multiple === true ? content : [content]) as readonly unknown[];
  if (typecode === 0x75) return { data: parts.map(part => (part as Buffer).toString('hex')) };
  return { sequence: parts.map(part => (part as readonly unknown[]).map(decoded)) };
}

/** A message as rhea gave it. */
export function incoming(message: Readonly<Record<string, unknown>>): Message {
  const properties = Object.fromEntries(
    Object.entries(names).flatMap(([name, own]) => (message[own] === undefined ? [] : [[name, decoded(message[own])] as const])),
  );
  const header = Object.fromEntries(['durable', 'priority', 'ttl'].flatMap(name => (message[name] === undefined ? [] : [[name, message[name]]])));
  return {
    header,
    annotations: valuesOf(message.message_annotations),
    properties,
    application: valuesOf(message.application_properties),
    body: bodyFrom(message.body),
  };
}
