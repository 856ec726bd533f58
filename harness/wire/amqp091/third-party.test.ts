import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldTable, method } from '../../fuzz/arbitraries.ts';
import type { BasicProperties, Method } from '../../spec/amqp091/classes.ts';
import { domains, type FieldTable, type FieldValue } from '../../spec/amqp091/domains.ts';
import { isViolation } from '../decoded.ts';
import { protocolHeader091 } from '../protocol-header.ts';
import { contentHeader, decodeContentHeader } from './content.ts';
import { encodeTable, plain, plainValue } from './field-table.ts';
import { decodeFrame, encodeFrame } from './frame.ts';
import { encodeMethodFrame, methodFields, methodIds, methodName, methodNames } from './method.ts';
import { decodeRawFrame, encodeRawFrame } from './raw-frame.ts';
import { readText } from './short-string.ts';

/** amqplib's own codec, which its package does not export. It writes the errata's tags and keeps long integers as numbers. */
interface Defs {
  readonly decode: (id: number, bytes: Buffer) => Record<string, unknown>;
  readonly encodeMethod: (id: number, channel: number, fields: object) => Buffer;
  readonly encodeProperties: (id: number, channel: number, size: number, fields: object) => Buffer;
  readonly info: (id: number) => { readonly args: readonly { readonly type: string; readonly name: string }[] };
}
const require = createRequire(import.meta.url);
const amqplib = join(dirname(require.resolve('amqplib')), 'lib');
const defs: Defs = require(join(amqplib, 'defs.js'));
const frames: {
  parseFrame(bytes: Buffer, max: number): unknown;
  decodeFrame(frame: unknown): unknown;
  PROTOCOL_HEADER: string;
  HEARTBEAT_BUF: Buffer;
} = require(join(amqplib, 'frame.js'));
const tables: { encodeTable(buffer: Buffer, value: object, offset: number): number; decodeFields(bytes: Buffer): object } = require(join(amqplib, 'codec.js'));

const idOf = (name: Method['name']): number => methodIds(name).classId * 0x10000 + methodIds(name).methodId;
const isText = (bytes: Uint8Array): boolean => !/[\ufffd\p{Surrogate}]/u.test(readText(bytes, 0, bytes.length));
const wellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

/** What amqplib can hold without loss: integers up to 2^53, decimals without sign, long strings that are text. */
function isCommon({ type, value }: FieldValue): boolean {
  switch (type) {
    case 'long-long-int':
    case 'timestamp':
      return Number.isSafeInteger(Number(value));
    case 'decimal':
      return value.value >= 0;
    case 'long-string':
      return isText(value);
    case 'array':
      return value.every(isCommon);
    case 'table':
      return value.every(([, inner]) => isCommon(inner));
    default:
      return true;
  }
}

const names = {
  'short-short-int': 'int8',
  'short-short-uint': 'uint8',
  'short-int': 'int16',
  'short-uint': 'uint16',
  'long-int': 'int32',
  'long-uint': 'uint32',
  'long-long-int': 'int64',
  timestamp: 'timestamp',
  float: 'float',
  double: 'double',
} as const;

/** A field value in the words of amqplib. */
function theirs(field: FieldValue): unknown {
  switch (field.type) {
    case 'array':
      return field.value.map(theirs);
    case 'table':
      return theirTable(field.value);
    case 'byte-array':
      return Buffer.from(field.value);
    case 'decimal':
      return { '!': 'decimal', value: { places: field.value.scale, digits: field.value.value } };
    case 'boolean':
    case 'void':
      return field.value;
    case 'long-string':
      return plainValue(field);
    default:
      return { '!': names[field.type as keyof typeof names], value: Number(field.value) };
  }
}
const theirTable = (table: FieldTable): object => Object.fromEntries(table.map(([name, value]) => [name, theirs(value)]));

/** What amqplib decodes a field value to. */
function decodedByThem(field: FieldValue): unknown {
  switch (field.type) {
    case 'array':
      return field.value.map(decodedByThem);
    case 'table':
      return Object.fromEntries(field.value.map(([name, value]) => [name, decodedByThem(value)]));
    case 'decimal':
    case 'timestamp':
    case 'byte-array':
      return theirs(field);
    default:
      return plainValue(field);
  }
}

const commonTable = fieldTable({ depth: 3 }).filter(table => table.every(([, value]) => isCommon(value)));
const runs = { numRuns: 200 };

describe('amqplib and field tables', () => {
  test('writes the same octets', () => {
    fc.assert(
      fc.property(commonTable, table => {
        const buffer = Buffer.alloc(65_536);
        const size = tables.encodeTable(buffer, theirTable(table), 0);
        expect(Buffer.from(encodeTable(table)).equals(buffer.subarray(0, size))).toBe(true);
      }),
      runs,
    );
  });

  test('reads what we write', () => {
    fc.assert(
      fc.property(commonTable, table => {
        const read = tables.decodeFields(Buffer.from(encodeTable(table)).subarray(4));
        expect(read).toEqual(decodedByThem({ type: 'table', value: table }));
      }),
      runs,
    );
  });
});

/** Our arguments under amqplib's names, which differ only for reserved fields and no-wait: matched by position. */
function theirArguments({ name, args }: Method): Record<string, unknown> {
  const values = Object.values(args);
  const theirNames = defs.info(idOf(name)).args.map(each => each.name);
  expect(theirNames).toHaveLength(values.length);
  return Object.fromEntries(theirNames.map((key, index) => [key, theirArgument(values[index])]));
}

function theirArgument(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  return Array.isArray(value) ? theirTable(value as FieldTable) : value;
}

const holdsLossless = ({ args }: Method): boolean =>
  Object.values(args).every(value => {
    if (typeof value === 'bigint') return Number.isSafeInteger(Number(value));
    if (typeof value === 'string') return wellFormed(value);
    return !Array.isArray(value) || (value as FieldTable).every(([, inner]) => isCommon(inner));
  });

describe.each(methodNames)('amqplib and %s', name => {
  const methods = method([name], { depth: 2 }).filter(holdsLossless);

  test('knows the same fields', () => {
    const types = defs.info(idOf(name)).args.map(({ type }) => type);
    expect(types).toEqual(Object.values(methodFields(name)).map(domain => domains[domain].type));
  });

  test('writes the same octets', () => {
    fc.assert(
      fc.property(methods, fc.nat(0xffff), (value, channel) => {
        const written = defs.encodeMethod(idOf(name), channel, theirArguments(value));
        expect(Buffer.from(encodeMethodFrame(channel, value)).toString('hex')).toBe(written.toString('hex'));
      }),
      { numRuns: 25 },
    );
  });

  test('reads what we write', () => {
    fc.assert(
      fc.property(methods, fc.nat(0xffff), (value, channel) => {
        const read = frames.decodeFrame(frames.parseFrame(Buffer.from(encodeMethodFrame(channel, value)), 0));
        const fields = theirArguments(value);
        const tablesRead = Object.fromEntries(
          Object.entries(value.args).flatMap(([, arg], index) =>
            Array.isArray(arg) ? [[Object.keys(fields)[index], decodedByThem({ type: 'table', value: arg })]] : [],
          ),
        );
        expect(read).toEqual({ id: idOf(name), channel, fields: { ...fields, ...tablesRead } });
      }),
      { numRuns: 25 },
    );
  });
});

const properties: BasicProperties = {
  contentType: 'text/plain',
  contentEncoding: 'gzip',
  headers: [
    ['n', { type: 'long-int', value: -7 }],
    ['s', { type: 'long-string', value: Buffer.from('grüße') }],
  ],
  deliveryMode: 2,
  priority: 9,
  correlationId: 'correlation',
  replyTo: 'reply',
  expiration: '60000',
  messageId: 'm-1',
  timestamp: 1_700_000_000n,
  type: 'kind',
  userId: 'guest',
  appId: 'app',
  reserved: 'cluster',
};

/** Every subset that leaves one property out, keeps one only, or takes all or none. */
const subsets: readonly BasicProperties[] = [
  {},
  properties,
  ...Object.entries(properties).map(([key, value]) => ({ [key]: value }) as BasicProperties),
  ...Object.keys(properties).map(left => Object.fromEntries(Object.entries(properties).filter(([key]) => key !== left)) as BasicProperties),
];

/** Their name for our last property is `clusterId`. */
const theirProperties = (values: BasicProperties): object =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key === 'reserved' ? 'clusterId' : key, theirArgument(value)]));

describe('amqplib and content headers', () => {
  test.each(subsets.map(values => [Object.keys(values).join(' ') || 'none', values] as const))('writes the same octets and reads ours: %s', (_, values) => {
    const header = contentHeader({ properties: values, bodySize: 5 });
    const ours = encodeRawFrame(2, 7, header.raw);
    const written = defs.encodeProperties(60, 7, 5, theirProperties(values));
    expect(Buffer.from(ours).toString('hex')).toBe(written.toString('hex'));
    const read = frames.decodeFrame(frames.parseFrame(Buffer.from(ours), 0)) as { readonly size: number; readonly fields: Record<string, unknown> };
    const back = decodeContentHeader(written.subarray(7, -1));
    expect(read.size).toBe(5);
    expect(isViolation(back) ? back : back.properties).toEqual(values);
    const timestamp = values.timestamp === undefined ? {} : { timestamp: Number(values.timestamp) };
    const headers = values.headers === undefined ? {} : { headers: plain(values.headers) };
    const present = Object.fromEntries(Object.entries(read.fields).filter(([, value]) => value !== undefined));
    expect(present).toEqual({ ...theirProperties(values), ...timestamp, ...headers });
  });
});

describe('amqplib and framing', () => {
  test('starts with the same protocol header', () => {
    expect(Buffer.from(protocolHeader091).toString('latin1')).toBe(frames.PROTOCOL_HEADER);
  });

  test('sends the same heartbeat', () => {
    expect(Buffer.from(encodeFrame({ type: 'heartbeat', channel: 0 }))).toEqual(frames.HEARTBEAT_BUF);
    expect(decodeFrame(frames.HEARTBEAT_BUF)).toMatchObject({ kind: 'value', value: { type: 'heartbeat', channel: 0 }, end: 8 });
  });

  test('cuts our frames where we cut them', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3, 8), fc.nat(0xffff), fc.uint8Array({ maxLength: 100 }), (type, channel, payload) => {
        const bytes = Buffer.from(encodeRawFrame(type, channel, payload));
        const ours = decodeRawFrame(bytes);
        expect(frames.parseFrame(bytes, 0)).toMatchObject({ type, channel, size: payload.length });
        expect(ours).toMatchObject({ kind: 'value', value: { type, channel, payload: Buffer.from(payload) }, end: bytes.length });
      }),
      runs,
    );
  });

  test('knows a name for every method of ours', () => {
    expect(methodNames.map(name => methodName(methodIds(name).classId, methodIds(name).methodId))).toEqual(methodNames);
  });
});
