import type { TagDialect, WireType, WireValues } from '../../spec/amqp091/domains.ts';
import type { Cursor } from './cursor.ts';
import { readTable, skipTable, writeTable } from './field-types.ts';
import type { Octets } from './octets.ts';

/** How the values of one wire type are read, checked without being built, and written; `zero` is what a left-out argument stands for. */
export interface WireCodec<T extends WireType> {
  readonly zero: WireValues[T];
  readonly read: (cursor: Cursor, tags: TagDialect) => WireValues[T];
  readonly skip: (cursor: Cursor, tags: TagDialect) => void;
  readonly write: (octets: Octets, value: WireValues[T], tags: TagDialect) => void;
}

const longlong = {
  zero: 0n,
  read: (cursor: Cursor) => cursor.longlong(),
  skip: (cursor: Cursor) => void cursor.take(8, 'a longlong'),
  write: (octets: Octets, value: bigint) => octets.longlong(value),
};

/** Every wire type but `bit`, which is packed with its neighbours. */
export const wireCodecs: { readonly [T in Exclude<WireType, 'bit'>]: WireCodec<T> } = {
  octet: { zero: 0, read: cursor => cursor.octet(), skip: cursor => void cursor.take(1, 'an octet'), write: (octets, value) => octets.octet(value) },
  short: { zero: 0, read: cursor => cursor.short(), skip: cursor => void cursor.take(2, 'a short'), write: (octets, value) => octets.short(value) },
  long: { zero: 0, read: cursor => cursor.long(), skip: cursor => void cursor.take(4, 'a long'), write: (octets, value) => octets.long(value) },
  longlong,
  shortstr: { zero: '', read: cursor => cursor.shortstr(), skip: cursor => void cursor.shortstrAt(), write: (octets, value) => octets.shortstr(value) },
  longstr: {
    zero: new Uint8Array(0),
    read: cursor => cursor.longstr(),
    skip: cursor => void cursor.take(cursor.long(), 'a long string'),
    write: (octets, value) => octets.longstr(value),
  },
  timestamp: longlong,
  table: { zero: [], read: checkedTable, skip: (cursor, tags) => skipTable(cursor, tags), write: writeTable },
};

/** Checks a table as a whole before any of it is built. */
function checkedTable(cursor: Cursor, tags: TagDialect) {
  const start = cursor.at;
  skipTable(cursor, tags);
  if (cursor.fault) return [];
  cursor.at = start;
  return readTable(cursor, tags);
}
