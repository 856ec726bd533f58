import { isUtf8 } from 'node:buffer';
import type { FieldTable, FieldType, FieldValue, FieldValues } from '../../spec/amqp091/domains.ts';
import type { AmqpMap, AmqpValue, ApplicationProperties, PrimitiveType, Typed } from '../../wire/amqp10/codec.ts';
import { decimalOf, decimalValue } from './convert-decimals.ts';

const encoder = new TextEncoder();

/** Octets that a name in a field table may have. */
const nameMax = 255;
/** Above, a number of 64 bits has no type in field tables. */
const signedMax = 1n << 63n;

type ToAmqp = { readonly [T in FieldType]: (value: FieldValues[T]) => AmqpValue };

/** What stands in 1.0 for each type of field-table values. */
const toAmqp: ToAmqp = {
  boolean: value => ({ type: 'boolean', value }),
  'short-short-int': value => ({ type: 'byte', value }),
  'short-short-uint': value => ({ type: 'ubyte', value }),
  'short-int': value => ({ type: 'short', value }),
  'short-uint': value => ({ type: 'ushort', value }),
  'long-int': value => ({ type: 'int', value }),
  'long-uint': value => ({ type: 'uint', value }),
  'long-long-int': value => ({ type: 'long', value }),
  'long-long-uint': value => ({ type: 'ulong', value }),
  float: value => ({ type: 'float', value }),
  double: value => ({ type: 'double', value }),
  decimal: value => ({ type: 'decimal64', value: decimalOf(value) }),
  'short-string': textOrOctets,
  'long-string': value => (isUtf8(value) ? { type: 'string', value: Buffer.from(value).toString() } : { type: 'binary', value }),
  array: value => ({ type: 'list', value: value.map(amqpValue) }),
  timestamp: value => ({ type: 'timestamp', value: BigInt.asIntN(64, value * 1000n) }),
  table: value => ({ type: 'map', value: distinct(value).map(([name, each]) => [textOrOctets(name), amqpValue(each)] as const) }),
  void: value => ({ type: 'null', value }),
  'byte-array': value => ({ type: 'binary', value }),
};

/** A short string whose octets are no UTF-8 bears them as lone surrogates. */
function textOrOctets(value: string): AmqpValue {
  return isWellFormed(value) ? { type: 'string', value } : { type: 'binary', value: octetsOf(value) };
}

const loneSurrogate = /\p{Surrogate}/u;

/** Whether a text of 0-9-1 has octets that are UTF-8. */
export function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text);
}

/** The octets of a text of 0-9-1. */
export function octetsOf(text: string): Uint8Array {
  if (isWellFormed(text)) return Buffer.from(text);
  return Buffer.concat([...text].map(each => (isWellFormed(each) ? Buffer.from(each) : Buffer.of(each.charCodeAt(0) & 0xff))));
}

/** Of a name that is there twice the first counts. */
export function distinct(table: FieldTable): FieldTable {
  const names = new Set<string>();
  return table.filter(([name]) => names.size < names.add(name).size);
}

/** A field-table value as one of 1.0. */
export function amqpValue({ type, value }: FieldValue): AmqpValue {
  return (toAmqp[type] as (value: unknown) => AmqpValue)(value);
}

type ToField = { readonly [T in PrimitiveType]: (value: Typed<T>['value']) => FieldValue };

/** What stands in field tables for each type of 1.0. */
const toField: ToField = {
  null: value => ({ type: 'void', value }),
  boolean: value => ({ type: 'boolean', value }),
  ubyte: value => ({ type: 'short-short-uint', value }),
  ushort: value => ({ type: 'short-uint', value }),
  uint: value => ({ type: 'long-uint', value }),
  ulong: value => (value < signedMax ? { type: 'long-long-int', value } : text(`${value}`)),
  byte: value => ({ type: 'short-short-int', value }),
  short: value => ({ type: 'short-int', value }),
  int: value => ({ type: 'long-int', value }),
  long: value => ({ type: 'long-long-int', value }),
  float: value => ({ type: 'float', value }),
  double: value => ({ type: 'double', value }),
  decimal32: decimalField,
  decimal64: decimalField,
  decimal128: decimalField,
  char: value => ({ type: 'long-uint', value }),
  timestamp: value => (value >= 0n ? { type: 'timestamp', value: value / 1000n } : { type: 'long-long-int', value }),
  uuid: value => text(uuidText(value)),
  binary: value => ({ type: 'byte-array', value }),
  string: text,
  symbol: text,
  list: value => ({ type: 'array', value: value.map(fieldValueOf) }),
  map: value => ({ type: 'table', value: tableOf(value) }),
  array: ({ items }) => ({ type: 'array', value: items.map(fieldValueOf) }),
};

function decimalField(octets: Uint8Array): FieldValue {
  const value = decimalValue(octets);
  return value === undefined ? { type: 'byte-array', value: octets } : { type: 'decimal', value };
}

function text(value: string): FieldValue {
  return { type: 'long-string', value: encoder.encode(value) };
}

/** A value of 1.0 as one of a field table; of a described value what is described. */
export function fieldValueOf(value: AmqpValue): FieldValue {
  if (value.type === 'described') return fieldValueOf(value.value);
  return (toField[value.type] as (value: unknown) => FieldValue)(value.value);
}

function tableOf(map: AmqpMap): FieldTable {
  return map.flatMap(([key, value]) => {
    const name = key.type === 'string' || key.type === 'symbol' ? key.value : plainKey(key);
    return fits(name) ? [[name, fieldValueOf(value)] as const] : [];
  });
}

function plainKey(key: AmqpValue): string {
  return key.type === 'described' ? plainKey(key.value) : String(key.value);
}

/** Whether a text can be a short string of 0-9-1. */
export function fits(text: string): boolean {
  return text.length <= nameMax && Buffer.byteLength(text) <= nameMax && !text.includes('\0');
}

/** Application properties as headers; those whose names are too long for it are left out. */
export function headersOf(properties: ApplicationProperties | undefined): FieldTable | undefined {
  return properties?.flatMap(([name, value]) => (fits(name) ? [[name, fieldValueOf(value)] as const] : []));
}

const uuidParts = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

/** A UUID as RFC 4122 writes it as a URN. */
export function uuidText(octets: Uint8Array): string {
  return `urn:uuid:${Buffer.from(octets).toString('hex').replace(uuidParts, '$1-$2-$3-$4-$5')}`;
}

const uuidUrn = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The UUID that such a URN stands for; undefined where it is none. */
export function uuidIn(urn: string): Uint8Array | undefined {
  return uuidUrn.test(urn) ? Buffer.from(urn.slice('urn:uuid:'.length).replaceAll('-', ''), 'hex') : undefined;
}
