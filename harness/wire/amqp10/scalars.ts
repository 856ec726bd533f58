import type { EncodingName, PrimitiveType, PrimitiveValues } from '../../spec/amqp10/primitives.ts';
import type { Cursor } from './cursor.ts';
import { asciiOf, utf8Of, type Writer } from './writer.ts';

/** Types whose values hold no other values. */
export type ScalarType = Exclude<PrimitiveType, 'list' | 'map' | 'array'>;

/** How the values of one type are read and written in one of its encodings, behind the constructor; `fits` tells which values it can hold. */
export interface ScalarEncoding<T extends ScalarType> {
  readonly fits: (value: PrimitiveValues[T]) => boolean;
  readonly read: (cursor: Cursor) => PrimitiveValues[T];
  readonly write: (writer: Writer, value: PrimitiveValues[T]) => void;
}

const always = () => true;
const nothing = () => undefined;
const octets = <T extends 'decimal32' | 'decimal64' | 'decimal128' | 'uuid'>(size: number): ScalarEncoding<T> => ({
  fits: always,
  read: cursor => cursor.raw(size) as PrimitiveValues[T],
  write: (writer, value) => writer.exactly(value, size),
});

function readBoolean(cursor: Cursor): boolean {
  const offset = cursor.at;
  const octet = cursor.octet();
  if (octet > 1) cursor.fail('boolean', offset, `0x${octet.toString(16)} is neither false nor true`);
  return octet === 1;
}

function readChar(cursor: Cursor): number {
  const offset = cursor.at;
  const code = cursor.long();
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) cursor.fail('char', offset, `U+${code.toString(16).toUpperCase()} is no Unicode character`);
  return code;
}

function writeChar(writer: Writer, value: number): void {
  if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) throw new RangeError(`${value} is no Unicode code point`);
  writer.long(value);
}

const shortMax = 0xff;
const utf8Fits = (value: string) => value.length <= shortMax && (value.length * 3 <= shortMax || Buffer.byteLength(value) <= shortMax);

function sizedShort(writer: Writer, value: Uint8Array): void {
  writer.octet(value.length);
  writer.raw(value);
}

function sizedLong(writer: Writer, value: Uint8Array): void {
  writer.long(value.length);
  writer.raw(value);
}

/** Every encoding of every type without elements. */
export const scalarEncodings: { readonly [T in ScalarType]: { readonly [E in EncodingName<T>]: ScalarEncoding<T> } } = {
  null: { null: { fits: always, read: () => null, write: nothing } },
  boolean: {
    true: { fits: value => value, read: () => true, write: nothing },
    false: { fits: value => !value, read: () => false, write: nothing },
    boolean: { fits: always, read: readBoolean, write: (writer, value) => writer.octet(value ? 1 : 0) },
  },
  ubyte: { ubyte: { fits: always, read: cursor => cursor.octet(), write: (writer, value) => writer.octet(value) } },
  ushort: { ushort: { fits: always, read: cursor => cursor.short(), write: (writer, value) => writer.short(value) } },
  uint: {
    uint0: { fits: value => value === 0, read: () => 0, write: nothing },
    smalluint: { fits: value => value >= 0 && value <= 0xff, read: cursor => cursor.octet(), write: (writer, value) => writer.octet(value) },
    uint: { fits: always, read: cursor => cursor.long(), write: (writer, value) => writer.long(value) },
  },
  ulong: {
    ulong0: { fits: value => value === 0n, read: () => 0n, write: nothing },
    smallulong: { fits: value => value >= 0n && value <= 0xffn, read: cursor => BigInt(cursor.octet()), write: (writer, value) => writer.octet(Number(value)) },
    ulong: { fits: always, read: cursor => cursor.longlong(), write: (writer, value) => writer.longlong(value) },
  },
  byte: { byte: { fits: always, read: cursor => (cursor.octet() << 24) >> 24, write: (writer, value) => writer.signedOctet(value) } },
  short: { short: { fits: always, read: cursor => (cursor.short() << 16) >> 16, write: (writer, value) => writer.signedShort(value) } },
  int: {
    smallint: {
      fits: value => value >= -0x80 && value <= 0x7f,
      read: cursor => (cursor.octet() << 24) >> 24,
      write: (writer, value) => writer.signedOctet(value),
    },
    int: { fits: always, read: cursor => cursor.long() | 0, write: (writer, value) => writer.signedLong(value) },
  },
  long: {
    smalllong: {
      fits: value => value >= -0x80n && value <= 0x7fn,
      read: cursor => BigInt((cursor.octet() << 24) >> 24),
      write: (writer, value) => writer.signedOctet(Number(value)),
    },
    long: { fits: always, read: cursor => cursor.signedLonglong(), write: (writer, value) => writer.signedLonglong(value) },
  },
  float: { float: { fits: always, read: cursor => cursor.float(), write: (writer, value) => writer.float(value) } },
  double: { double: { fits: always, read: cursor => cursor.double(), write: (writer, value) => writer.double(value) } },
  decimal32: { decimal32: octets(4) },
  decimal64: { decimal64: octets(8) },
  decimal128: { decimal128: octets(16) },
  char: { char: { fits: always, read: readChar, write: writeChar } },
  timestamp: { timestamp: { fits: always, read: cursor => cursor.signedLonglong(), write: (writer, value) => writer.signedLonglong(value) } },
  uuid: { uuid: octets(16) },
  binary: {
    vbin8: { fits: value => value.length <= shortMax, read: cursor => cursor.variable(cursor.octet()), write: sizedShort },
    vbin32: { fits: always, read: cursor => cursor.variable(cursor.long()), write: sizedLong },
  },
  string: {
    'str8-utf8': {
      fits: utf8Fits,
      read: cursor => cursor.string(cursor.octet()),
      write: (writer, value) => void (writer.shortAscii(value) || sizedShort(writer, utf8Of(value))),
    },
    'str32-utf8': { fits: always, read: cursor => cursor.string(cursor.long()), write: (writer, value) => sizedLong(writer, utf8Of(value)) },
  },
  symbol: {
    sym8: {
      fits: value => value.length <= shortMax,
      read: cursor => cursor.symbol(cursor.octet()),
      write: (writer, value) => void (writer.shortAscii(value) || sizedShort(writer, asciiOf(value))),
    },
    sym32: { fits: always, read: cursor => cursor.symbol(cursor.long()), write: (writer, value) => sizedLong(writer, asciiOf(value)) },
  },
};
