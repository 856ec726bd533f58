import type { FieldTable, FieldType, FieldValue, TagDialect } from '../../spec/amqp091/domains.ts';
import type { Cursor } from './cursor.ts';
import { byTag, fieldCodecs } from './field-types.ts';
import { readText } from './short-string.ts';

/** What `plain` answers for one value. */
export type PlainValue = boolean | number | bigint | string | null | Uint8Array | readonly PlainValue[] | { readonly [name: string]: PlainValue };

/**
 * A table as a plain object; of duplicate names the last wins. Strings are text (invalid UTF-8 as in short strings), integers and timestamps (seconds)
 * are numbers where these are exact, else bigints; a decimal is `{ scale, value }`. The types get lost: for people and assertions, not for sending on.
 */
export function plain(table: FieldTable): { readonly [name: string]: PlainValue } {
  const object: Record<string, PlainValue> = {};
  for (const [name, value] of table) set(object, name, plainValue(value));
  return object;
}

/** Names come from the peer: none may reach the object's prototype. */
function set(object: Record<string, PlainValue>, name: string, value: PlainValue): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

/** One value of a table, as `plain` says it. */
export function plainValue(field: FieldValue): PlainValue {
  switch (field.type) {
    case 'long-string':
      return readText(field.value, 0, field.value.length);
    case 'array':
      return field.value.map(plainValue);
    case 'table':
      return plain(field.value);
    case 'long-long-int':
    case 'long-long-uint':
    case 'timestamp':
      return exact(field.value);
    case 'decimal':
      return { ...field.value };
    default:
      return field.value;
  }
}

/** A number where that is exact. */
export function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Reads a table that was checked, without building its typed values in between. */
export function readPlainTable(cursor: Cursor, tags: TagDialect): { readonly [name: string]: PlainValue } {
  const end = cursor.long() + cursor.at;
  const object: Record<string, PlainValue> = {};
  while (cursor.at < end) set(object, cursor.shortstr(), readPlainValue(cursor, tags));
  return object;
}

type PlainReader = (cursor: Cursor, tags: TagDialect) => PlainValue;

/** Types of which the plain value is made otherwise than the typed one. */
const plainReaders: Partial<Record<FieldType, PlainReader>> = {
  'long-string': cursor => cursor.text(),
  'long-long-int': cursor => cursor.plainLonglong(true),
  'long-long-uint': cursor => cursor.plainLonglong(false),
  timestamp: cursor => cursor.plainLonglong(false),
  array: readPlainArray,
  table: readPlainTable,
};

const plainByTag = byTag<PlainReader>(type => plainReaders[type] ?? (fieldCodecs[type].read as PlainReader));

function readPlainValue(cursor: Cursor, tags: TagDialect): PlainValue {
  return plainByTag[tags][cursor.octet()]?.(cursor, tags) ?? null;
}

function readPlainArray(cursor: Cursor, tags: TagDialect): readonly PlainValue[] {
  const end = cursor.long() + cursor.at;
  const values: PlainValue[] = [];
  while (cursor.at < end) values.push(readPlainValue(cursor, tags));
  return values;
}
