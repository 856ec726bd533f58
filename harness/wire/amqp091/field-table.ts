import { type FieldTable, type FieldValue, type TagDialect, tagDialects } from '../../spec/amqp091/domains.ts';
import type { Decoded, Violation } from '../decoded.ts';
import { cursorOver, readLong } from './cursor.ts';
import { readPairs, skipPairs, writePairs, writeTable } from './field-types.ts';
import { Octets } from './octets.ts';

export { nestingMax } from './cursor.ts';
export { type PlainValue, plain, plainValue } from './plain.ts';

/**
 * Which octet stands for which field type: `errata`, the default, as implementations agree (errata item 3), or `text`, as the grammar of section 4.2.1 has
 * it. They differ in `s` and `l`, and only `errata` has `x`. `errata` also reads `U` and `L` as the text defines them, since it gives them no other
 * meaning; it writes `s` and `l` for these types, so that such a table does not come out octet by octet as it came in. `text` reads nothing but its own.
 */
export interface TagOptions {
  readonly tags?: TagDialect;
}

/** What is read although the standard rules it out; nothing unless given. */
export interface ReadOptions extends TagOptions {
  /** Zero octets in short strings. */
  readonly zeros?: boolean;
  /** Flags of a content header for properties that its class lacks. */
  readonly anyFlags?: boolean;
}

/**
 * A field table as octets, its four octets of length included.
 * @throws {RangeError} where a value does not fit its type or the type has no tag in the dialect.
 */
export function encodeTable(table: FieldTable, { tags = 'errata' }: TagOptions = {}): Uint8Array {
  const octets = new Octets();
  writeTable(octets, table, tags);
  return octets.done();
}

/** Reads the field table, length first, that `bytes` begin with. */
export function decodeTable(bytes: Uint8Array, { tags = 'errata' }: TagOptions = {}): Decoded<FieldTable> {
  if (bytes.length < 4) return { kind: 'need-more', atLeast: 4 - bytes.length };
  const end = 4 + readLong(bytes, 0);
  if (bytes.length < end) return { kind: 'need-more', atLeast: end - bytes.length };
  const value = pairsWithin(bytes, 4, end, tags);
  return 'kind' in value ? value : { kind: 'value', value, end };
}

/** Name-value pairs without a length in front, as SASL AMQPLAIN has them. Throws as `encodeTable`. */
export function encodePairs(table: FieldTable, { tags = 'errata' }: TagOptions = {}): Uint8Array {
  const octets = new Octets();
  writePairs(octets, table, tags);
  return octets.done();
}

/** Reads name-value pairs that fill `bytes`. */
export function decodePairs(bytes: Uint8Array, { tags = 'errata' }: TagOptions = {}): FieldTable | Violation {
  return pairsWithin(bytes, 0, bytes.length, tags);
}

function pairsWithin(bytes: Uint8Array, start: number, end: number, tags: TagDialect): FieldTable | Violation {
  const cursor = cursorOver(bytes, start, end, 'valueTruncated', 'a field table');
  skipPairs(cursor, tags);
  if (cursor.fault) return cursor.fault;
  cursor.at = start;
  return readPairs(cursor, end, tags);
}

/** What plain JavaScript says of a field value. */
export type Plain =
  | boolean
  | number
  | bigint
  | string
  | null
  | undefined
  | Uint8Array
  | Date
  | FieldValue
  | readonly Plain[]
  | { readonly [name: string]: Plain };

/**
 * A field table from plain JavaScript: integers become long-int where they fit, else long-long-int; other numbers double; strings long-string;
 * `Uint8Array` byte-array; `Date` timestamp; null void; arrays and objects as themselves; undefined is left out. A typed value (`{ type, value }`) is taken as it is.
 * @throws {RangeError} for an integer beyond 64 bits.
 * @example fieldTable({ 'x-match': 'all', 'x-max-length': 10, when: { type: 'timestamp', value: 0n } })
 */
export function fieldTable(values: { readonly [name: string]: Plain }): FieldTable {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, fieldOf(value)] as const);
}

function fieldOf(value: Plain): FieldValue {
  switch (typeof value) {
    case 'boolean':
      return { type: 'boolean', value };
    case 'number':
      if (!Number.isInteger(value) || Object.is(value, -0)) return { type: 'double', value };
      return value === (value | 0) ? { type: 'long-int', value } : fieldOf(BigInt(value));
    case 'bigint':
      if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} does not fit a signed longlong`);
      return { type: 'long-long-int', value };
    case 'string':
      return { type: 'long-string', value: new TextEncoder().encode(value) };
    case 'undefined':
      return { type: 'void', value: null };
    default:
      return fieldOfObject(value);
  }
}

function fieldOfObject(value: null | Uint8Array | Date | FieldValue | readonly Plain[] | { readonly [name: string]: Plain }): FieldValue {
  if (value === null) return { type: 'void', value };
  if (value instanceof Uint8Array) return { type: 'byte-array', value };
  if (value instanceof Date) return { type: 'timestamp', value: BigInt(Math.floor(value.getTime() / 1000)) };
  if (Array.isArray(value)) return { type: 'array', value: value.map(fieldOf) };
  return isTyped(value) ? value : { type: 'table', value: fieldTable(value as { readonly [name: string]: Plain }) };
}

const fieldTypeNames: ReadonlySet<string> = new Set(Object.values(tagDialects).flatMap(dialect => Object.keys(dialect)));

function isTyped(value: object): value is FieldValue {
  return 'type' in value && 'value' in value && typeof value.type === 'string' && fieldTypeNames.has(value.type) && Object.keys(value).length === 2;
}

/** The first value of that name. */
export function fieldValue(table: FieldTable, name: string): FieldValue | undefined {
  return table.find(([key]) => key === name)?.[1];
}
