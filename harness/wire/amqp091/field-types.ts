import { type FieldTable, type FieldType, type FieldValue, type FieldValues, type TagDialect, tagDialects } from '../../spec/amqp091/domains.ts';
import type { Cursor } from './cursor.ts';
import type { Octets } from './octets.ts';

/**
 * How one type of field-table values is read (from octets that were checked), written, and stepped over: by its `size` in octets or by `skip`, which
 * checks what it steps over.
 */
type FieldCodec<T extends FieldType> = {
  readonly read: (cursor: Cursor, tags: TagDialect) => FieldValues[T];
  readonly write: (octets: Octets, value: FieldValues[T], tags: TagDialect) => void;
} & ({ readonly size: number } | { readonly skip: Skip });

type Skip = (cursor: Cursor, tags: TagDialect, depth: number) => void;

const skipLongstr = (cursor: Cursor): void => {
  const length = cursor.long();
  cursor.take(length, 'a long string');
};

export const fieldCodecs: { readonly [T in FieldType]: FieldCodec<T> } = {
  boolean: { read: cursor => cursor.octet() !== 0, size: 1, write: (octets, value) => octets.octet(value ? 1 : 0) },
  'short-short-int': { read: cursor => (cursor.octet() << 24) >> 24, size: 1, write: (octets, value) => octets.signedOctet(value) },
  'short-short-uint': { read: cursor => cursor.octet(), size: 1, write: (octets, value) => octets.octet(value) },
  'short-int': { read: cursor => (cursor.short() << 16) >> 16, size: 2, write: (octets, value) => octets.signedShort(value) },
  'short-uint': { read: cursor => cursor.short(), size: 2, write: (octets, value) => octets.short(value) },
  'long-int': { read: cursor => cursor.long() | 0, size: 4, write: (octets, value) => octets.signedLong(value) },
  'long-uint': { read: cursor => cursor.long(), size: 4, write: (octets, value) => octets.long(value) },
  'long-long-int': { read: cursor => cursor.signedLonglong(), size: 8, write: (octets, value) => octets.signedLonglong(value) },
  'long-long-uint': { read: cursor => cursor.longlong(), size: 8, write: (octets, value) => octets.longlong(value) },
  float: { read: cursor => cursor.float(), size: 4, write: (octets, value) => octets.float(value) },
  double: { read: cursor => cursor.double(), size: 8, write: (octets, value) => octets.double(value) },
  decimal: {
    read: cursor => ({ scale: cursor.octet(), value: cursor.long() | 0 }),
    size: 5,
    write(octets, { scale, value }) {
      octets.octet(scale);
      octets.signedLong(value);
    },
  },
  'short-string': { read: cursor => cursor.shortstr(), skip: cursor => void cursor.shortstrAt(), write: (octets, value) => octets.shortstr(value) },
  'long-string': { read: cursor => cursor.longstr(), skip: skipLongstr, write: (octets, value) => octets.longstr(value) },
  array: {
    read: readArray,
    skip: skipArray,
    write: (octets, values, tags) => octets.sized(() => values.forEach(value => void writeValue(octets, value, tags))),
  },
  timestamp: { read: cursor => cursor.longlong(), size: 8, write: (octets, value) => octets.longlong(value) },
  table: { read: readTable, skip: skipTable, write: writeTable },
  void: { read: () => null, size: 0, write: () => undefined },
  'byte-array': { read: cursor => cursor.longstr(), skip: skipLongstr, write: (octets, value) => octets.longstr(value) },
};

interface TaggedCodec {
  readonly type: FieldType;
  readonly read: (cursor: Cursor, tags: TagDialect) => FieldValue;
  /** In octets; -1 where `skip` finds it out. */
  readonly size: number;
  readonly skip: Skip;
}

const tagged = <T extends FieldType>(type: T): TaggedCodec => {
  const codec: FieldCodec<T> = fieldCodecs[type];
  const { size, skip } = { size: -1, skip: () => undefined, ...codec };
  return { type, read: (cursor, tags) => ({ type, value: codec.read(cursor, tags) }) as FieldValue, size, skip };
};

/** Tags that a dialect reads beside those it writes: `errata` leaves `U` and `L` free, so they keep the meaning of the text. */
const alsoRead: Readonly<Record<TagDialect, Partial<Record<FieldType, string>>>> = { text: {}, errata: { 'short-int': 'U', 'long-long-int': 'L' } };

/** Something for each type, by the octets that stand for the types in each dialect. */
export function byTag<R>(of: (type: FieldType) => R): Readonly<Record<TagDialect, readonly (R | undefined)[]>> {
  const table = (tags: TagDialect) => {
    const made = new Array<R | undefined>(256).fill(undefined);
    for (const source of [tagDialects[tags], alsoRead[tags]]) {
      for (const [type, tag] of Object.entries(source)) made[tag.charCodeAt(0)] = of(type as FieldType);
    }
    return made;
  };
  return { text: table('text'), errata: table('errata') };
}

const codecsByTag = byTag<TaggedCodec>(tagged);

function skipValue(cursor: Cursor, tags: TagDialect, depth: number): void {
  const offset = cursor.at;
  const tag = cursor.octet();
  const codec = codecsByTag[tags][tag];
  if (codec && codec.size >= 0) cursor.take(codec.size, codec.type);
  else if (codec) codec.skip(cursor, tags, depth);
  else if (!cursor.fault) cursor.fail('fieldTag', offset, `0x${tag.toString(16).padStart(2, '0')} is the tag of no field type`);
}

/** Reads a value, its tag first, that was checked. */
export function readValue(cursor: Cursor, tags: TagDialect): FieldValue {
  return codecsByTag[tags][cursor.octet()]?.read(cursor, tags) ?? { type: 'void', value: null };
}

function writeValue(octets: Octets, field: FieldValue, tags: TagDialect): void {
  const tag = (tagDialects[tags] as Partial<Record<FieldType, string>>)[field.type];
  if (tag === undefined) throw new RangeError(`${field.type} has no tag in dialect ${tags}`);
  octets.octet(tag.charCodeAt(0));
  (fieldCodecs[field.type].write as (octets: Octets, value: unknown, tags: TagDialect) => void)(octets, field.value, tags);
}

/** Steps over a table with its length, checking it as deep as it goes. */
export function skipTable(cursor: Cursor, tags: TagDialect, depth = 0): void {
  const outer = cursor.enter('a field table', depth);
  skipPairs(cursor, tags, depth + 1);
  cursor.leave(outer);
}

/** Steps over pairs up to the end of the container, checking them. */
export function skipPairs(cursor: Cursor, tags: TagDialect, depth = 1): void {
  while (cursor.at < cursor.end) {
    cursor.shortstrAt();
    skipValue(cursor, tags, depth);
  }
}

function skipArray(cursor: Cursor, tags: TagDialect, depth: number): void {
  const outer = cursor.enter('an array', depth);
  while (cursor.at < cursor.end) skipValue(cursor, tags, depth + 1);
  cursor.leave(outer);
}

/** Reads a table that was checked. */
export function readTable(cursor: Cursor, tags: TagDialect): FieldTable {
  return readPairs(cursor, cursor.long() + cursor.at, tags);
}

/** Reads pairs that were checked, up to octet `end`. */
export function readPairs(cursor: Cursor, end: number, tags: TagDialect): FieldTable {
  const pairs: (readonly [string, FieldValue])[] = [];
  while (cursor.at < end) pairs.push([cursor.shortstr(), readValue(cursor, tags)]);
  return pairs;
}

function readArray(cursor: Cursor, tags: TagDialect): readonly FieldValue[] {
  const end = cursor.long() + cursor.at;
  const values: FieldValue[] = [];
  while (cursor.at < end) values.push(readValue(cursor, tags));
  return values;
}

/** Writes a table with its length. */
export function writeTable(octets: Octets, table: FieldTable, tags: TagDialect): void {
  octets.sized(() => writePairs(octets, table, tags));
}

export function writePairs(octets: Octets, table: FieldTable, tags: TagDialect): void {
  for (const [name, value] of table) {
    octets.shortstr(name);
    writeValue(octets, value, tags);
  }
}
