import { type FieldTable, type FieldType, type FieldValue, type FieldValues, type TagDialect, tagDialects } from '../../spec/amqp091/domains.ts';
import type { Cursor } from './cursor.ts';
import type { Octets } from './octets.ts';

/** How one type of field-table values is read (from octets that were checked), stepped over (checking them) and written. */
interface FieldCodec<T extends FieldType> {
  readonly read: (cursor: Cursor, tags: TagDialect) => FieldValues[T];
  readonly skip: (cursor: Cursor, tags: TagDialect, depth: number) => void;
  readonly write: (octets: Octets, value: FieldValues[T], tags: TagDialect) => void;
}

const skipping =
  (size: number, what: string) =>
  (cursor: Cursor): void => {
    cursor.take(size, what);
  };

const skipLongstr = (cursor: Cursor): void => {
  const length = cursor.long();
  cursor.take(length, 'a long string');
};

const codecs: { readonly [T in FieldType]: FieldCodec<T> } = {
  boolean: { read: cursor => cursor.octet() !== 0, skip: skipping(1, 'a boolean'), write: (octets, value) => octets.octet(value ? 1 : 0) },
  'short-short-int': { read: cursor => (cursor.octet() << 24) >> 24, skip: skipping(1, 'an octet'), write: (octets, value) => octets.signedOctet(value) },
  'short-short-uint': { read: cursor => cursor.octet(), skip: skipping(1, 'an octet'), write: (octets, value) => octets.octet(value) },
  'short-int': { read: cursor => (cursor.short() << 16) >> 16, skip: skipping(2, 'a short'), write: (octets, value) => octets.signedShort(value) },
  'short-uint': { read: cursor => cursor.short(), skip: skipping(2, 'a short'), write: (octets, value) => octets.short(value) },
  'long-int': { read: cursor => cursor.long() | 0, skip: skipping(4, 'a long'), write: (octets, value) => octets.signedLong(value) },
  'long-uint': { read: cursor => cursor.long(), skip: skipping(4, 'a long'), write: (octets, value) => octets.long(value) },
  'long-long-int': { read: cursor => cursor.signedLonglong(), skip: skipping(8, 'a longlong'), write: (octets, value) => octets.signedLonglong(value) },
  'long-long-uint': { read: cursor => cursor.longlong(), skip: skipping(8, 'a longlong'), write: (octets, value) => octets.longlong(value) },
  float: { read: cursor => cursor.float(), skip: skipping(4, 'a float'), write: (octets, value) => octets.float(value) },
  double: { read: cursor => cursor.double(), skip: skipping(8, 'a double'), write: (octets, value) => octets.double(value) },
  decimal: {
    read: cursor => ({ scale: cursor.octet(), value: cursor.long() | 0 }),
    skip: skipping(5, 'a decimal'),
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
  timestamp: { read: cursor => cursor.longlong(), skip: skipping(8, 'a timestamp'), write: (octets, value) => octets.longlong(value) },
  table: { read: readTable, skip: skipTable, write: writeTable },
  void: { read: () => null, skip: () => undefined, write: () => undefined },
  'byte-array': { read: cursor => cursor.longstr(), skip: skipLongstr, write: (octets, value) => octets.longstr(value) },
};

interface TaggedCodec {
  readonly read: (cursor: Cursor, tags: TagDialect) => FieldValue;
  readonly skip: (cursor: Cursor, tags: TagDialect, depth: number) => void;
}

const tagged = <T extends FieldType>(type: T): TaggedCodec => {
  const { read, skip } = codecs[type];
  return { read: (cursor, tags) => ({ type, value: read(cursor, tags) }) as FieldValue, skip };
};

/** Tags that a dialect reads beside those it writes: `errata` leaves `U` and `L` free, so they keep the meaning of the text. */
const alsoRead: Readonly<Record<TagDialect, Partial<Record<FieldType, string>>>> = { text: {}, errata: { 'short-int': 'U', 'long-long-int': 'L' } };

/** Codecs by tag octet. */
function byTag(tags: TagDialect): readonly (TaggedCodec | undefined)[] {
  const table = new Array<TaggedCodec | undefined>(256).fill(undefined);
  for (const source of [tagDialects[tags], alsoRead[tags]]) {
    for (const [type, tag] of Object.entries(source)) table[tag.charCodeAt(0)] = tagged(type as FieldType);
  }
  return table;
}

const codecsByTag: Readonly<Record<TagDialect, readonly (TaggedCodec | undefined)[]>> = { text: byTag('text'), errata: byTag('errata') };

function skipValue(cursor: Cursor, tags: TagDialect, depth: number): void {
  const offset = cursor.at;
  const tag = cursor.octet();
  const codec = codecsByTag[tags][tag];
  if (codec) codec.skip(cursor, tags, depth);
  else if (!cursor.fault) cursor.fail('fieldTag', offset, `0x${tag.toString(16).padStart(2, '0')} is the tag of no field type`);
}

function readValue(cursor: Cursor, tags: TagDialect): FieldValue {
  return codecsByTag[tags][cursor.octet()]?.read(cursor, tags) ?? { type: 'void', value: null };
}

function writeValue(octets: Octets, field: FieldValue, tags: TagDialect): void {
  const tag = (tagDialects[tags] as Partial<Record<FieldType, string>>)[field.type];
  if (tag === undefined) throw new RangeError(`${field.type} has no tag in dialect ${tags}`);
  octets.octet(tag.charCodeAt(0));
  (codecs[field.type].write as (octets: Octets, value: unknown, tags: TagDialect) => void)(octets, field.value, tags);
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
