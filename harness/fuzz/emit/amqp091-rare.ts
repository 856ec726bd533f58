import { type FieldType, tagDialects } from '../../spec/amqp091/domains.ts';
import { longTexts, oddTexts, rareNumbers } from './rare.ts';

const tag = (type: keyof typeof tagDialects.errata & FieldType): number => tagDialects.errata[type].charCodeAt(0);

const longString = (octets: Uint8Array): Uint8Array => {
  const { length } = octets;
  return Uint8Array.of(tag('long-string'), length >>> 24, length >>> 16, length >>> 8, length, ...octets);
};

const sized = (type: 'array' | 'table', ...octets: readonly number[]): Uint8Array => Uint8Array.of(tag(type), 0, 0, 0, octets.length, ...octets);

/** Values of field tables that are rare, their tags first: numbers at their ends and none, decimals, empty containers, texts of many octets and of wrong ones. */
export const rareFields: readonly Uint8Array[] = [
  ...rareNumbers.float.map(bits => Uint8Array.of(tag('float'), ...bits)),
  ...rareNumbers.double.map(bits => Uint8Array.of(tag('double'), ...bits)),
  ...rareNumbers.long.flatMap(bits => [
    Uint8Array.of(tag('timestamp'), ...bits),
    Uint8Array.of(tag('long-long-int'), ...bits),
    Uint8Array.of(tag('decimal'), bits[7] as number, ...bits.subarray(0, 4)),
  ]),
  Uint8Array.of(tag('boolean'), 2),
  Uint8Array.of(tag('void')),
  sized('array'),
  sized('table'),
  sized('table', 0, tag('void')),
  sized('table', 1, 0x61, tag('void'), 1, 0x61, tag('void')),
  sized('table', 2, 0xc3, 0x28, tag('void')),
  sized('array', tag('array'), 0, 0, 0, 0, tag('table'), 0, 0, 0, 0),
  ...[...longTexts, ...oddTexts].map(longString),
];
