import type { FieldTable, FieldValue } from '../../spec/amqp091/domains.ts';
import { joined, pair, tableOf } from '../../wire/amqp091/craft.ts';

const text = (value: string): FieldValue => ({ type: 'long-string', value: new TextEncoder().encode(value) });

/** A value of each type whose tag all readings of the standard share; those of 64 bits are such that their sign does not matter. */
export const everyType: FieldTable = [
  ['t', { type: 'boolean', value: true }],
  ['b', { type: 'short-short-int', value: -128 }],
  ['B', { type: 'short-short-uint', value: 255 }],
  ['u', { type: 'short-uint', value: 65_535 }],
  ['I', { type: 'long-int', value: -2_147_483_648 }],
  ['i', { type: 'long-uint', value: 4_294_967_295 }],
  ['l', { type: 'long-long-int', value: 4_611_686_018_427_387_904n }],
  ['f', { type: 'float', value: 1.5 }],
  ['d', { type: 'double', value: -2.25 }],
  ['D', { type: 'decimal', value: { scale: 2, value: 1_234 } }],
  ['S', text('äöü')],
  ['A', { type: 'array', value: [text('one'), { type: 'boolean', value: false }, { type: 'array', value: [] }] }],
  ['T', { type: 'timestamp', value: 4_102_444_800n }],
  ['F', { type: 'table', value: [['inner', text('value')]] }],
  ['V', { type: 'void', value: null }],
];

/** Types whose tags not everybody reads alike. */
export const ambiguousTypes: FieldTable = [
  ['s', { type: 'short-int', value: -1 }],
  ['x', { type: 'byte-array', value: Uint8Array.of(0, 1, 2) }],
];

/** Tables in tables, so many deep, and an array at the bottom. */
export function nested(depth: number): FieldTable {
  let value: FieldValue = { type: 'array', value: [{ type: 'array', value: [text('bottom')] }] };
  for (let level = 1; level < depth; level += 1) value = { type: 'table', value: [['n', value]] };
  return [['n', value]];
}

/** Names and values as long as they may be: 128 characters, and octets beyond what a short string holds. */
export const longTable: FieldTable = [
  [`a${'b'.repeat(127)}`, text('v')],
  ['long', text('x'.repeat(2_000))],
];

export const duplicateNames: FieldTable = [
  ['twice', text('one')],
  ['twice', text('two')],
];

const octet = Uint8Array.of(1);
const longOf = (size: number): Uint8Array => Uint8Array.of(size >> 24, (size >> 16) & 0xff, (size >> 8) & 0xff, size & 0xff);

/** Tables that cannot be decoded, by the rule that they break. */
export const brokenTables = {
  'field-type-unknown': tableOf(pair('a', 'z', octet)),
  'table-truncated': tableOf(pair('a', 't', octet), 4_000),
  'value-truncated': tableOf(joined(pair('a', 'S', longOf(4_000)), octet)),
  'array-truncated': tableOf(joined(pair('a', 'A', longOf(4_000)), octet)),
} as const;

export type BrokenTable = keyof typeof brokenTables;

export const brokenTableNames = Object.keys(brokenTables) as readonly BrokenTable[];

/** How each is wrong, for people. */
export const brokenTableWords: Readonly<Record<BrokenTable, string>> = {
  'field-type-unknown': 'a value of no known type',
  'table-truncated': 'a size beyond the octets that are there',
  'value-truncated': 'a string that reaches beyond its end',
  'array-truncated': 'an array that reaches beyond its end',
};
