import { type AmqpArray, type AmqpValue, describedCode, type EncodingRow, type PrimitiveType, primitives, type Typed } from '../../spec/amqp10/primitives.ts';
import type { Decoded } from '../decoded.ts';
import { type Cursor, cursorOver } from './cursor.ts';
import { type ScalarType, scalarEncodings } from './scalars.ts';
import { encodeValue } from './value-writer.ts';

/** An encoding by its constructor octet: what `read` answers is the value without its type. */
export interface Encoding extends EncodingRow {
  readonly type: PrimitiveType;
  readonly name: string;
  readonly read: (cursor: Cursor) => unknown;
}

const compoundReaders: { readonly [T in Exclude<PrimitiveType, ScalarType>]: (cursor: Cursor, row: EncodingRow) => unknown } = {
  list: (cursor, row) => (row.width === 0 ? [] : readList(cursor, row.width)),
  map: (cursor, row) => readMap(cursor, row.width, readKey),
  array: (cursor, row) => readArray(cursor, row.width),
};

function readerOf(type: PrimitiveType, name: string, row: EncodingRow): (cursor: Cursor) => unknown {
  if (type === 'list' || type === 'map' || type === 'array') return cursor => compoundReaders[type](cursor, row);
  const { read } = (scalarEncodings[type] as Readonly<Record<string, { readonly read: (cursor: Cursor) => unknown }>>)[name] as {
    readonly read: (cursor: Cursor) => unknown;
  };
  return read;
}

/** Every encoding of the tables. */
export const encodings: readonly Encoding[] = Object.entries(primitives).flatMap(([type, rows]) =>
  Object.entries(rows as Readonly<Record<string, EncodingRow>>).map(([name, row]) => ({
    ...row,
    type: type as PrimitiveType,
    name,
    read: readerOf(type as PrimitiveType, name, row),
  })),
);

/** Something for each constructor octet that there is. */
export function byCode<R>(of: (encoding: Encoding) => R): readonly (R | undefined)[] {
  const table = new Array<R | undefined>(256).fill(undefined);
  for (const each of encodings) table[each.code] = of(each);
  return table;
}

const byOctet = byCode(each => each);

/** Constructors that leave nothing to read share one value. */
const constant = byCode(each => (each.width === 0 ? ({ type: each.type, value: each.read({} as Cursor) } as Typed) : undefined));

/** Reads a constructor octet; undefined with a fault where it constructs nothing. */
export function readConstructor(cursor: Cursor): Encoding | undefined {
  const offset = cursor.at;
  const code = cursor.octet();
  return byOctet[code] ?? cursor.fail('constructor', offset, `0x${code.toString(16).padStart(2, '0')} constructs no value`);
}

const nothing: AmqpValue = { type: 'null', value: null };

/** Reads one value, its constructor first. */
export function readValue(cursor: Cursor): AmqpValue {
  const offset = cursor.at;
  const code = cursor.octet();
  const known = constant[code];
  if (known) return known;
  const encoding = byOctet[code];
  if (encoding) return readBehind(cursor, encoding);
  if (code === describedCode && !cursor.fault) return readDescribed(cursor);
  cursor.fail('constructor', offset, `0x${code.toString(16).padStart(2, '0')} constructs no value`);
  return nothing;
}

function readDescribed(cursor: Cursor): AmqpValue {
  if (!cursor.descend()) return nothing;
  const descriptor = readValue(cursor);
  const value = readValue(cursor);
  cursor.ascend();
  return { type: 'described', descriptor, value };
}

/** Reads a value behind its encoding. */
function readBehind(cursor: Cursor, encoding: Encoding): AmqpValue {
  const { type } = encoding;
  const value = encoding.read(cursor);
  if (Number.isNaN(value)) return nan(cursor, encoding);
  return { type, value } as AmqpValue;
}

const usualNan: Readonly<Record<string, string>> = { float: '7fc00000', double: '7ff8000000000000' };

/** A NaN keeps its octets where they are not the usual ones. */
function nan(cursor: Cursor, { type, width }: Encoding): AmqpValue {
  const bits = new Uint8Array(cursor.bytes.subarray(cursor.at - width, cursor.at));
  const usual = Buffer.from(bits.buffer).toString('hex') === usualNan[type];
  return (usual ? { type, value: Number.NaN } : { type, value: Number.NaN, bits }) as AmqpValue;
}

/** Enters a list or map and answers its count, which its size must have room for. */
export function enterCompound(cursor: Cursor, width: number): number {
  const size = width === 1 ? cursor.octet() : cursor.long();
  cursor.enter(size, 'compoundSize');
  const offset = cursor.at;
  const count = width === 1 ? cursor.octet() : cursor.long();
  if (count > cursor.end - cursor.at) cursor.fail('compoundCount', offset, `${count} elements in ${cursor.end - cursor.at} octets`);
  return cursor.fault ? 0 : count;
}

function readList(cursor: Cursor, width: number): readonly AmqpValue[] {
  const count = enterCompound(cursor, width);
  const values: AmqpValue[] = [];
  for (let index = 0; index < count && !cursor.fault; index += 1) values.push(readValue(cursor));
  cursor.leave('compoundSize');
  return values;
}

/** Reads a key of any type. */
export function readKey(cursor: Cursor): AmqpValue {
  return readValue(cursor);
}

/** What is the same for equal keys and differs for others. */
function identity(key: AmqpValue | string | bigint): unknown {
  if (typeof key !== 'object') return key;
  if (key.type === 'string') return key.value;
  return `\0${Buffer.from(encodeValue(key)).toString('latin1')}`;
}

/** Keys up to this number are compared one by one. */
const fewKeys = 8;

/**
 * Walks over a map behind its constructor: keys are read by `readKeyOf` and must differ, `take` reads or skips the value of each.
 */
export function walkMap<K extends AmqpValue | string | bigint>(
  cursor: Cursor,
  width: number,
  readKeyOf: (cursor: Cursor) => K,
  take: (cursor: Cursor, key: K) => void,
): void {
  const start = cursor.at;
  const count = enterCompound(cursor, width);
  if (count % 2 !== 0) cursor.fail('mapOdd', start, `a map of ${count} elements, which are no pairs`);
  const many = count > 2 * fewKeys ? new Set<unknown>() : undefined;
  const keys = new Array<unknown>(count > 2 && !many ? count >> 1 : 0);
  for (let index = 0; index < count && !cursor.fault; index += 2) {
    const offset = cursor.at;
    const key = readKeyOf(cursor);
    if (cursor.fault) break;
    const id = count > 2 ? identity(key) : undefined;
    if (count > 2 && (many ? many.has(id) : keys.includes(id))) cursor.fail('mapDuplicate', offset, 'a key that the map has already');
    else if (many) many.add(id);
    else if (count > 2) keys[index >> 1] = id;
    take(cursor, key);
  }
  cursor.leave('compoundSize');
}

/** Reads a map behind its constructor, its keys as `readKeyOf` does. */
export function readMap<K extends AmqpValue | string | bigint>(
  cursor: Cursor,
  width: number,
  readKeyOf: (cursor: Cursor) => K,
): readonly (readonly [K, AmqpValue])[] {
  const pairs: (readonly [K, AmqpValue])[] = [];
  walkMap(cursor, width, readKeyOf, (_, key) => void pairs.push([key, readValue(cursor)]));
  return pairs;
}

/** Reads a map that was checked, behind its constructor. */
export function readCheckedMap<K>(cursor: Cursor, width: number, readKeyOf: (cursor: Cursor) => K): readonly (readonly [K, AmqpValue])[] {
  const count = enterCompound(cursor, width);
  const pairs = new Array<readonly [K, AmqpValue]>(count >> 1);
  for (let index = 0; index < pairs.length; index += 1) pairs[index] = [readKeyOf(cursor), readValue(cursor)];
  cursor.leave('compoundSize');
  return pairs;
}

/** Reads an array behind its constructor. */
function readArray(cursor: Cursor, width: number): AmqpArray {
  const count = enterArray(cursor, width);
  const descriptors: AmqpValue[] = [];
  while (cursor.at < cursor.end && cursor.bytes[cursor.at] === describedCode && cursor.descend()) {
    cursor.at += 1;
    descriptors.push(readValue(cursor));
  }
  const encoding = readElementConstructor(cursor, count);
  const items: AmqpValue[] = [];
  if (encoding) {
    const same = constant[encoding.code];
    for (let index = 0; index < count && !cursor.fault; index += 1) items.push(same ?? readBehind(cursor, encoding));
  }
  for (const _ of descriptors) cursor.ascend();
  cursor.leave('arraySize');
  return { of: encoding?.type ?? 'null', descriptors, items };
}

/** Enters an array and answers its count. */
export function enterArray(cursor: Cursor, width: number): number {
  const size = width === 1 ? cursor.octet() : cursor.long();
  cursor.enter(size, 'arraySize');
  return width === 1 ? cursor.octet() : cursor.long();
}

/** Reads the constructor of `count` elements and checks that there is room for them. */
export function readElementConstructor(cursor: Cursor, count: number): Encoding | undefined {
  const encoding = readConstructor(cursor);
  if (!encoding || cursor.fault) return undefined;
  const { category, width } = encoding;
  const least = category === 'compound' || category === 'array' ? 2 * width : width;
  if (width === 0) return cursor.spendZeroWidth(count) ? encoding : undefined;
  if (count * least <= cursor.end - cursor.at) return encoding;
  return cursor.fail('arraySize', cursor.at, `${count} elements of type ${encoding.type} in ${cursor.end - cursor.at} octets`);
}

/**
 * Reads the value that `bytes` begin with. A view on `bytes` stands for binary values.
 * @example decodeValue(Uint8Array.of(0x52, 7)) // { kind: 'value', value: { type: 'uint', value: 7 }, end: 2 }
 */
export function decodeValue(bytes: Uint8Array, offset = 0): Decoded<AmqpValue> {
  const cursor = cursorOver(bytes, offset, bytes.length);
  const value = readValue(cursor);
  if (cursor.lacking > 0) return { kind: 'need-more', atLeast: cursor.lacking };
  return cursor.fault ?? { kind: 'value', value, end: cursor.offset };
}
