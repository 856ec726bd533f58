import type { FieldType, FieldValues } from '../../spec/amqp091/domains.ts';
import type { AmqpValue, PrimitiveType } from '../../wire/amqp10/codec.ts';
import { conversions } from './convert.ts';
import { amqpValue, fieldValueOf } from './convert-values.ts';

const fields: { readonly [T in FieldType]: FieldValues[T] } = {
  boolean: true,
  'short-short-int': 1,
  'short-short-uint': 1,
  'short-int': 1,
  'short-uint': 1,
  'long-int': 1,
  'long-uint': 1,
  'long-long-int': 1n,
  'long-long-uint': 1n,
  float: 1,
  double: 1,
  decimal: { scale: 1, value: 1 },
  'short-string': 'a',
  'long-string': Uint8Array.of(0x61),
  array: [],
  timestamp: 1n,
  table: [],
  void: null,
  'byte-array': Uint8Array.of(1),
};

const values: { readonly [T in PrimitiveType]: unknown } = {
  null: null,
  boolean: true,
  ubyte: 1,
  ushort: 1,
  uint: 1,
  ulong: 1n,
  byte: 1,
  short: 1,
  int: 1,
  long: 1n,
  float: 1,
  double: 1,
  decimal32: Buffer.from('32800001', 'hex'),
  decimal64: Buffer.from('31c0000000000001', 'hex'),
  decimal128: Buffer.from('30400000000000000000000000000001', 'hex'),
  char: 0x61,
  timestamp: 1000n,
  uuid: new Uint8Array(16),
  binary: Uint8Array.of(1),
  string: 'a',
  symbol: 'a',
  list: [],
  map: [],
  array: { of: 'int', descriptors: [], items: [] },
};

const remarks: Readonly<Record<string, string>> = {
  'long-string': 'binary where its octets are no UTF-8',
  timestamp: 'seconds in 0-9-1, milliseconds in 1.0; one before 1970 is a number in 0-9-1',
  ulong: 'its digits as text from 2^63 on',
  uuid: 'its URN',
  decimal32: 'its octets where 0-9-1 has no such number',
  decimal64: 'its octets where 0-9-1 has no such number',
  decimal128: 'its octets where 0-9-1 has no such number',
};

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const head = (...cells: readonly string[]): readonly string[] => [row(...cells), row(...cells.map(() => '---'))];

/** What of a message survives from one protocol to the other, as a page in Markdown: sections by `conversions`, values as they are converted. */
export function conversionPage(): string {
  const to10 = (Object.keys(fields) as FieldType[]).map(type => {
    const { type: becomes } = amqpValue({ type, value: fields[type] } as never);
    return row(type, becomes, remarks[type] ?? '');
  });
  const to091 = (Object.keys(values) as PrimitiveType[]).map(type => {
    const { type: becomes } = fieldValueOf({ type, value: values[type] } as AmqpValue);
    return row(type, becomes, remarks[type] ?? '');
  });
  const sections = conversions.map(({ amqp091, amqp10, remark = '' }) => row(amqp091, amqp10, remark));
  return [
    '# From one protocol to the other',
    '',
    'A message stays as its sender wrote it, and is converted where a client of the other protocol gets it. Where no standard says how, the broker does as RabbitMQ documents it, and keeps more.',
    '',
    ...head('0-9-1', '1.0', 'what changes or is lost'),
    ...sections,
    '',
    '## Headers of 0-9-1 in 1.0',
    '',
    ...head('0-9-1', '1.0', ''),
    ...to10,
    '',
    '## Application properties and annotations of 1.0 in 0-9-1',
    '',
    ...head('1.0', '0-9-1', ''),
    ...to091,
    '',
  ].join('\n');
}
