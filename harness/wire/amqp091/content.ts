import { type BasicProperties, type ContentMethodName, classes, type Method } from '../../spec/amqp091/classes.ts';
import { frameOverhead, frameTypes } from '../../spec/amqp091/constants.ts';
import { domains, type TagDialect } from '../../spec/amqp091/domains.ts';
import type { Violation } from '../decoded.ts';
import { type Cursor, cursorOver, readLong, view } from './cursor.ts';
import { wireCodecs } from './domain-codecs.ts';
import type { ReadOptions, TagOptions } from './field-table.ts';
import { camelCase, encodeMethodFrame } from './method.ts';
import { Octets } from './octets.ts';
import { exact, type PlainValue, plain, readPlainTable } from './plain.ts';
import { encodeRawFrame } from './raw-frame.ts';
import { type FieldReader, type RecordReader, recordReader, slowRecordReader } from './record.ts';

/** A content header as decoded. The property list is decoded when `properties` is first read; `raw` is the payload as it came. */
export interface ContentHeader {
  readonly classId: number;
  readonly weight: number;
  readonly bodySize: bigint;
  readonly propertyFlags: number;
  readonly properties: BasicProperties;
  readonly raw: Uint8Array;
}

interface Property {
  readonly key: string;
  readonly flag: number;
  readonly read: FieldReader;
  readonly readPlain: FieldReader;
  readonly skip: (cursor: Cursor, tags: TagDialect) => void;
  readonly write: (octets: Octets, value: unknown, tags: TagDialect) => void;
}

/** The properties of class basic in the order of their flags, from the high bit; the low bit says that more flags follow. */
const properties: readonly Property[] = Object.entries(classes.basic.properties).map(([name, domain], index) => {
  const { type } = domains[domain];
  const { read, skip, write } = wireCodecs[type];
  const readPlain = type === 'table' ? readPlainTable : type === 'timestamp' ? (cursor: Cursor) => cursor.plainLonglong(false) : read;
  return { key: camelCase(name), flag: 0x8000 >> index, read, readPlain, skip, write: write as Property['write'] };
});

const knownFlags = properties.reduce((flags, { flag }) => flags | flag, 0);
const moreFlags = 1;

class LazyHeader implements ContentHeader {
  readonly propertyFlags: number;
  /** `bodySize` as a number. */
  readonly octets: number;
  /** The payload is `bytes[start, end)`, its property list `bytes[list, end)`. */
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #list: number;
  readonly #end: number;
  readonly #tags: TagDialect;
  #properties: BasicProperties | undefined = undefined;

  constructor({ bytes, at, end }: Cursor, start: number, flags: number, tags: TagDialect) {
    this.propertyFlags = flags;
    this.octets = readLong(bytes, start + 4) * 0x1_0000_0000 + readLong(bytes, start + 8);
    this.#bytes = bytes;
    this.#start = start;
    this.#list = at;
    this.#end = end;
    this.#tags = tags;
  }

  /** Another class is a violation. */
  get classId(): number {
    return classes.basic.id;
  }

  /** Another weight is a violation. */
  get weight(): number {
    return 0;
  }

  get bodySize(): bigint {
    return cursorOver(this.#bytes, this.#start + 4, this.#end, 'contentHeader', 'a content header').longlong();
  }

  get raw(): Uint8Array {
    return view(this.#bytes, this.#start, this.#end);
  }

  get properties(): BasicProperties {
    this.#properties ??= this.#read('read') as BasicProperties;
    return this.#properties;
  }

  plainProperties(): PlainProperties {
    return this.#read('readPlain') as PlainProperties;
  }

  #read(kind: 'read' | 'readPlain'): Readonly<Record<string, unknown>> {
    const cursor = cursorOver(this.#bytes, this.#list, this.#end, 'propertyList', 'a property list');
    cursor.zeros = true;
    return readerFor(this.propertyFlags, kind)(cursor, this.#tags);
  }
}

/** The size of the body as a number, which costs less than as a bigint; one beyond 2^53 is rounded. */
export function bodyOctets(header: ContentHeader): number {
  return header instanceof LazyHeader ? header.octets : Number(header.bodySize);
}

/** Readers by flags. Peers choose the flags, so only the first few sets are compiled. */
const readers = { read: new Map<number, RecordReader>(), readPlain: new Map<number, RecordReader>() };
const readersMax = 128;

function readerFor(flags: number, kind: 'read' | 'readPlain'): RecordReader {
  const known = readers[kind].get(flags);
  if (known) return known;
  const present = properties.filter(({ flag }) => flags & flag);
  const make = readers[kind].size < readersMax ? recordReader : slowRecordReader;
  const reader = make(
    present.map(({ key }) => key),
    present.map(property => property[kind]),
  );
  if (make === recordReader) readers[kind].set(flags, reader);
  return reader;
}

/** Content properties as plain JavaScript: headers as by `plain`, the timestamp in seconds, a number where that is exact. */
export type PlainProperties = Omit<BasicProperties, 'headers' | 'timestamp'> & {
  readonly headers?: { readonly [name: string]: PlainValue };
  readonly timestamp?: number | bigint;
};

/** The properties of a header as plain JavaScript, read at one go: for people and applications, not for sending on. */
export function plainProperties(header: ContentHeader): PlainProperties {
  if (header instanceof LazyHeader) return header.plainProperties();
  const { headers, timestamp, ...others } = header.properties;
  return { ...others, ...(headers && { headers: plain(headers) }), ...(timestamp !== undefined && { timestamp: exact(timestamp) }) };
}

/**
 * Reads the payload of a content header frame. Its whole structure is checked here; the values of properties are built when `properties` is
 * first read, and that cannot fail. Offsets count from the start of the payload.
 */
export function decodeContentHeader(payload: Uint8Array, options: ReadOptions = {}): ContentHeader | Violation {
  return contentHeaderAt(payload, 0, payload.length, options.tags ?? 'errata', options);
}

/** Reads the payload of a content header frame that is `bytes[start, end)`. Offsets count from the start of `bytes`. */
export function contentHeaderAt(bytes: Uint8Array, start: number, end: number, tags: TagDialect, lenient: ReadOptions = {}): ContentHeader | Violation {
  const cursor = cursorOver(bytes, start, end, 'contentHeader', 'a content header');
  cursor.zeros = lenient.zeros === true;
  const classId = cursor.short();
  const weight = cursor.short();
  cursor.take(8, 'the body size');
  const flags = readFlags(cursor, lenient.anyFlags === true);
  if (cursor.fault) return cursor.fault;
  if (classId !== classes.basic.id) cursor.fail('contentClass', start, `class ${classId} has no content`);
  else if (weight !== 0) cursor.fail('contentWeight', start + 2, `a weight of ${weight}`);
  cursor.overrun = 'propertyList';
  const list = cursor.at;
  for (const { flag, skip } of properties) if (flags & flag) skip(cursor, tags);
  const left = cursor.end - cursor.at;
  if (left > 0) cursor.fail('propertyList', cursor.at, `${left} octets behind the last property`);
  cursor.at = list;
  return cursor.fault ?? new LazyHeader(cursor, start, flags, tags);
}

/** Reads all property flags; a continuation may follow as long as it says nothing. */
function readFlags(cursor: Cursor, any: boolean): number {
  const offset = cursor.at;
  const flags = cursor.short();
  if (!any && flags & ~knownFlags & ~moreFlags) cursor.fail('propertyFlags', offset, `flags 0x${flags.toString(16)} name a property that class basic lacks`);
  for (let more = flags & moreFlags; more; ) {
    const at = cursor.at;
    const further = cursor.short();
    if (!any && further & ~moreFlags) cursor.fail('propertyFlags', at, 'further flags name a property that class basic lacks');
    more = further & moreFlags;
  }
  return flags;
}

/** What a content header is made from. */
export interface ContentHeaderDraft {
  readonly properties?: BasicProperties;
  readonly bodySize: bigint | number;
  /** Defaults to that of basic, the only class with content. */
  readonly classId?: number;
  /** Defaults to zero, the only legal value. */
  readonly weight?: number;
}

/**
 * A content header to send, legal or not.
 * @throws {RangeError} where a property does not fit its type.
 */
export function contentHeader(draft: ContentHeaderDraft, { tags = 'errata' }: TagOptions = {}): ContentHeader {
  const { properties: values = {}, bodySize, classId = classes.basic.id, weight = 0 } = draft;
  const given = values as Readonly<Record<string, unknown>>;
  const present = properties.filter(({ key }) => given[key] !== undefined);
  const propertyFlags = present.reduce((flags, { flag }) => flags | flag, 0);
  const octets = new Octets();
  octets.short(classId);
  octets.short(weight);
  octets.longlong(BigInt(bodySize));
  octets.short(propertyFlags);
  for (const { key, write } of present) write(octets, given[key], tags);
  return { classId, weight, bodySize: BigInt(bodySize), propertyFlags, properties: values, raw: octets.done() };
}

/**
 * A message as frames: its method, its header and its body cut to the frame size. `frameMax` is in octets, 0 for no limit.
 * @throws {RangeError} where `frameMax` leaves no room for a body.
 */
export function encodeContent(
  channel: number,
  method: Method<ContentMethodName>,
  header: ContentHeader,
  body: readonly Uint8Array[],
  frameMax: number,
): Uint8Array[] {
  const room = frameMax === 0 ? Number.MAX_SAFE_INTEGER : frameMax - frameOverhead;
  if (room <= 0) throw new RangeError(`a frame-max of ${frameMax} leaves no room for a body`);
  const frames = [encodeMethodFrame(channel, method), encodeRawFrame(frameTypes.header, channel, header.raw)];
  for (const part of body) {
    for (let at = 0; at < part.length; at += room) frames.push(encodeRawFrame(frameTypes.body, channel, part.subarray(at, at + room)));
  }
  return frames;
}
