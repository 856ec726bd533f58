import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldTable, method } from '../../fuzz/arbitraries.ts';
import type { Method } from '../../spec/amqp091/classes.ts';
import { domains, type FieldTable, type FieldValue } from '../../spec/amqp091/domains.ts';
import { encodeTable, plainValue } from './field-table.ts';
import { encodeMethodFrame, methodFields, methodIds, methodNames } from './method.ts';
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
