import fc, { type Arbitrary } from 'fast-check';
import { type BasicProperties, type ContentMethodName, classes, type Method, type MethodName } from '../spec/amqp091/classes.ts';
import { replyCodes } from '../spec/amqp091/constants.ts';
import {
  type DomainName,
  type DomainValues,
  domains,
  type FieldTable,
  type FieldType,
  type FieldValue,
  type FieldValues,
  type TagDialect,
  tagDialects,
  type WireType,
  type WireValues,
} from '../spec/amqp091/domains.ts';
import { type ContentHeader, contentHeader } from '../wire/amqp091/content.ts';
import type { Frame } from '../wire/amqp091/frame.ts';
import { camelCase, methodFields, methodNames, method as methodOf } from '../wire/amqp091/method.ts';
import { readText } from '../wire/amqp091/short-string.ts';

/**
 * fast-check arbitraries of AMQP 0-9-1, derived from the same tables as the codec. Everything generated is legal on the wire and in its
 * domain; legal in a conversation only where it says so.
 */

export { type MessageShape, message } from './messages.ts';

/** How deep and wide generated tables may be, and in which dialect they can be encoded. */
export interface TableOptions {
  /** `errata` unless given. */
  readonly tags?: TagDialect;
  /** Deepest nesting, the table itself included; 3 unless given. */
  readonly depth?: number;
  /** Any names, repeated ones included, instead of legal ones. */
  readonly anyNames?: boolean;
}

const text = (octets: Uint8Array): string => readText(octets, 0, octets.length);
const noZero = (octets: Uint8Array): Uint8Array => octets.map(octet => octet || 1);
const within = (most: number) => (value: string) => Buffer.byteLength(value) <= most;

/** Short strings: mostly words, also any UTF-8 and, as their lone surrogates, octets that are none. */
export function shortString(most = 255): Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.string({ maxLength: Math.min(most, 24) }) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }).filter(within(most)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: most }).map(octets => text(noZero(octets))) },
  );
}

const octets = fc.uint8Array({ maxLength: 40 });
const signed64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const unsigned64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const signed = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const unsigned = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });

const wire: { readonly [T in WireType]: Arbitrary<WireValues[T]> } = {
  bit: fc.boolean(),
  octet: unsigned(8),
  short: unsigned(16),
  long: unsigned(32),
  longlong: unsigned64,
  shortstr: shortString(),
  longstr: octets,
  timestamp: unsigned64,
  table: fc.constant([]),
};

const pattern = fc.stringMatching(/^[a-zA-Z0-9-_.:]{0,127}$/);

const domainArbitraries: { readonly [D in DomainName]: (options: TableOptions) => Arbitrary<DomainValues[D]> } = {
  'class-id': () => wire.short,
  'consumer-tag': () => wire.shortstr,
  'delivery-tag': () => wire.longlong,
  'exchange-name': () => pattern,
  'method-id': () => wire.short,
  'no-ack': () => wire.bit,
  'no-local': () => wire.bit,
  'no-wait': () => wire.bit,
  path: () => shortString(domains.path.length).filter(within(domains.path.length)),
  'peer-properties': fieldTable,
  'queue-name': () => pattern,
  redelivered: () => wire.bit,
  'message-count': () => wire.long,
  'reply-code': () => fc.oneof(fc.constantFrom(...Object.keys(replyCodes).map(Number)), wire.short),
  'reply-text': () => wire.shortstr,
  bit: () => wire.bit,
  octet: () => wire.octet,
  short: () => wire.short,
  long: () => wire.long,
  longlong: () => wire.longlong,
  shortstr: () => wire.shortstr,
  longstr: () => wire.longstr,
  timestamp: () => wire.timestamp,
  table: fieldTable,
};

const flatFields: { readonly [T in Exclude<FieldType, 'array' | 'table'>]: Arbitrary<FieldValues[T]> } = {
  boolean: fc.boolean(),
  'short-short-int': signed(8),
  'short-short-uint': unsigned(8),
  'short-int': signed(16),
  'short-uint': unsigned(16),
  'long-int': signed(32),
  'long-uint': unsigned(32),
  'long-long-int': signed64,
  'long-long-uint': unsigned64,
  float: fc.float(),
  double: fc.double(),
  decimal: fc.record({ scale: unsigned(8), value: signed(32) }, { noNullPrototype: true }),
  'short-string': wire.shortstr,
  'long-string': octets,
  timestamp: unsigned64,
  void: fc.constant(null),
  'byte-array': octets,
};

const fieldName = fc.stringMatching(/^[a-zA-Z$#][a-zA-Z$#0-9_]{0,20}$/);

/**
 * Field tables with every type that the dialect has a tag for.
 * @example fc.assert(fc.property(fieldTable(), table => decodeTable(encodeTable(table)).kind === 'value'))
 */
export function fieldTable({ tags = 'errata', depth = 3, anyNames = false }: TableOptions = {}): Arbitrary<FieldTable> {
  const pair = fc.tuple(anyNames ? wire.shortstr : fieldName, fieldValueOf(tags, depth, anyNames));
  const selector = ([name]: readonly [string, FieldValue]) => name;
  return anyNames ? fc.array(pair, { maxLength: 5 }) : fc.uniqueArray(pair, { maxLength: 5, selector });
}

function fieldValueOf(tags: TagDialect, depth: number, anyNames: boolean): Arbitrary<FieldValue> {
  const flat = (Object.keys(flatFields) as (keyof typeof flatFields)[])
    .filter(type => type in tagDialects[tags])
    .map(type => (flatFields[type] as Arbitrary<unknown>).map(value => ({ type, value }) as FieldValue));
  if (depth <= 1) return fc.oneof(...flat);
  const inner = fieldValueOf(tags, depth - 1, anyNames);
  const array = fc.array(inner, { maxLength: 4 }).map(value => ({ type: 'array', value }) as const);
  const table = fieldTable({ tags, depth: depth - 1, anyNames }).map(value => ({ type: 'table', value }) as const);
  return fc.oneof(...flat, array, table);
}

function recordOf(rows: Readonly<Record<string, DomainName>>, options: TableOptions, requiredKeys: [] | undefined): Arbitrary<Record<string, unknown>> {
  const fields = Object.entries(rows).map(([name, domain]) => [camelCase(name), domainArbitraries[domain](options)] as const);
  const model = Object.fromEntries(fields) as Record<string, Arbitrary<unknown>>;
  return requiredKeys ? fc.record(model, { requiredKeys, noNullPrototype: true }) : fc.record(model, { noNullPrototype: true });
}

/**
 * Methods with arguments of their domains: of the given names, or of any.
 * @example fc.sample(method(['queue.declare']), 3)
 */
export function method<N extends MethodName = MethodName>(names?: readonly N[], options: TableOptions = {}): Arbitrary<Method<N>> {
  const each = (names ?? (methodNames as readonly N[])).map(name =>
    recordOf(methodFields(name), options, undefined).map(args => ({ name, args }) as unknown as Method<N>),
  );
  return fc.oneof(...each);
}

/** Content properties of class basic, each there or not. */
export function properties(options: TableOptions = {}): Arbitrary<BasicProperties> {
  const some = recordOf(classes.basic.properties, options, []) as Arbitrary<BasicProperties>;
  return fc.oneof({ weight: 5, arbitrary: some }, fc.constant({}));
}

/** Content headers with any properties and any body size. */
export function header(options: TableOptions = {}, bodySize: Arbitrary<bigint> = unsigned64): Arbitrary<ContentHeader> {
  return fc.tuple(properties(options), bodySize).map(([values, size]) => contentHeader({ properties: values, bodySize: size }, options));
}

const channelNumber = fc.integer({ min: 1, max: 0xffff });

/**
 * Single frames of each kind, legal on the wire, on a channel where their kind may travel.
 * @example fc.assert(fc.property(frames(), frame => decodeFrame(encodeFrame(frame)).kind === 'value'))
 */
export function frames(options: TableOptions = {}): Arbitrary<Frame> {
  const methods = fc
    .tuple(method(undefined, options), channelNumber)
    .map(([value, channel]): Frame => ({ type: 'method', channel: value.name.startsWith('connection.') ? 0 : channel, method: value }));
  const headers = fc.tuple(header(options), channelNumber).map(([value, channel]): Frame => ({ type: 'header', channel, header: value }));
  const bodies = fc.tuple(fc.uint8Array({ maxLength: 200 }), channelNumber).map(([payload, channel]): Frame => ({ type: 'body', channel, payload }));
  return fc.oneof({ weight: 6, arbitrary: methods }, { weight: 2, arbitrary: headers }, bodies, fc.constant<Frame>({ type: 'heartbeat', channel: 0 }));
}

/** A method with its whole content as frames on one channel; the body frames add up to the size that the header declares. */
export function content(names: readonly ContentMethodName[], channel: number, options: TableOptions = {}): Arbitrary<readonly Frame[]> {
  return fc
    .tuple(method(names, options), properties(options), fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 3 }))
    .map(([value, values, body]) => [
      { type: 'method', channel, method: value },
      { type: 'header', channel, header: contentHeader({ properties: values, bodySize: body.reduce((size, part) => size + part.length, 0) }, options) },
      ...body.map((payload): Frame => ({ type: 'body', channel, payload })),
    ]);
}

const requests = ['exchange.declare', 'queue.declare', 'queue.bind', 'basic.consume', 'basic.get', 'basic.qos', 'confirm.select', 'queue.delete'] as const;

/**
 * What a client sends from start-ok to close, in legal order: handshake, channels, requests and whole messages, closing. Whether the broker
 * grants the requests is another matter.
 * @example fc.sample(conversation(), 1)[0]?.map(describeFrame)
 */
export function conversation(options: TableOptions = {}): Arbitrary<readonly Frame[]> {
  const on = (channel: number, value: Method): Frame => ({ type: 'method', channel, method: value });
  const step = (channel: number): Arbitrary<readonly Frame[]> =>
    fc.oneof(
      method(requests, options).map(value => [on(channel, value)]),
      content(['basic.publish'], channel, options),
    );
  const channelLife = (channel: number): Arbitrary<readonly Frame[]> =>
    fc
      .array(step(channel), { maxLength: 5 })
      .map(steps => [on(channel, methodOf('channel.open')), ...steps.flat(), on(channel, methodOf('channel.close', { replyCode: 200 }))]);
  const channels = fc.integer({ min: 1, max: 3 }).chain(count => fc.tuple(...Array.from({ length: count }, (_, index) => channelLife(index + 1))));
  return fc
    .tuple(fieldTable(options), channels)
    .map(([clientProperties, lives]) => [
      on(0, methodOf('connection.start-ok', { clientProperties, mechanism: 'PLAIN', response: Buffer.from('\0guest\0guest'), locale: 'en_US' })),
      on(0, methodOf('connection.tune-ok', { channelMax: 2047, frameMax: 131_072 })),
      on(0, methodOf('connection.open', { virtualHost: '/' })),
      ...lives.flat(),
      on(0, methodOf('connection.close', { replyCode: 200 })),
    ]);
}
