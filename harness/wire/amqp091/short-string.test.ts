import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readText, textOctets } from './short-string.ts';

const text = (...octets: number[]): string => readText(Uint8Array.from(octets), 0, octets.length);

describe('octets of strings', () => {
  test('any octets come back as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), octets => {
        expect(Buffer.from(textOctets(readText(octets, 0, octets.length))).equals(octets)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('any text comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), value => {
        const octets = textOctets(value);
        expect(readText(octets, 0, octets.length)).toBe(value);
      }),
      { numRuns: 500 },
    );
  });

  test('only octets that are no UTF-8 are escaped', () => {
    expect(text(0x61, 0xff, 0xc3, 0xbc)).toBe('a\udcffü');
    expect(text(0xf0, 0x9f, 0x98, 0x80, 0x80)).toBe('😀\udc80');
    expect(text(0xef, 0xbf, 0xbd)).toBe('\ufffd');
  });

  test.each([
    ['overlong', [0xc0, 0x80], '\udcc0\udc80'],
    ['overlong in three', [0xe0, 0x80, 0xaf], '\udce0\udc80\udcaf'],
    ['a surrogate', [0xed, 0xb2, 0x80], '\udced\udcb2\udc80'],
    ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80], '\udcf4\udc90\udc80\udc80'],
    ['cut short', [0xe2, 0x82], '\udce2\udc82'],
    ['a valid tail behind a broken head', [0xe2, 0xc3, 0xbc], '\udce2ü'],
  ] as const)('%s is no UTF-8', (_, octets, expected) => {
    expect(text(...octets)).toBe(expected);
  });

  test('lone surrogates that stand for no octet are refused', () => {
    expect(() => textOctets('a\ud800')).toThrow('U+D800');
    expect(() => textOctets('\udc7f')).toThrow('U+DC7F');
  });

  test('strings of the same length and sum are told apart', () => {
    const words = ['ab', 'ba', 'aB', 'Ab', '', 'a', 'x'.repeat(64), 'x'.repeat(65)];
    const encoded = words.map(word => Buffer.from(word));
    expect([...encoded, ...encoded].map(bytes => readText(bytes, 0, bytes.length))).toEqual([...words, ...words]);
  });
});
