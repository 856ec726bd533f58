import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cursorOver } from './cursor.ts';

/** Reads short strings one behind the other, as a table's names are read. */
function read(values: readonly Buffer[]): readonly string[] {
  const bytes = Buffer.concat(values.flatMap(value => [Buffer.of(value.length), value]));
  const cursor = cursorOver(bytes, 0, bytes.length, 'valueTruncated', 'a test');
  const strings = values.map(() => cursor.shortstr());
  expect(cursor.fault).toBeUndefined();
  return strings;
}

describe('words from the cache', () => {
  test('are the words that stand there, however often and in whatever order they come', () => {
    const word = fc.oneof(fc.string({ maxLength: 70 }), fc.constantFrom('exchange', 'routing.key', 'x-match', 'amq.ctag-1', 'amq.ctag-2'));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), words => {
        const plain = words.map(each => each.replaceAll('\0', ''));
        expect(read([...plain, ...plain, ...plain].map(each => Buffer.from(each)))).toEqual([...plain, ...plain, ...plain]);
      }),
      { numRuns: 200 },
    );
  });

  test('are not confused where far more words come than are kept', () => {
    const words = Array.from({ length: 20_000 }, (_, index) => `name-${(index * 2_654_435_761) % 9_973}`);
    const octets = words.map(each => Buffer.from(each));
    expect(read(octets)).toEqual(words);
    expect(read(octets)).toEqual(words);
  });

  test('take ASCII only; anything else is read octet by octet', () => {
    const values = ['ü', 'naïve', 'a\udcff', 'plain', '😀'];
    const octets = [Buffer.from('ü'), Buffer.from('naïve'), Buffer.of(0x61, 0xff), Buffer.from('plain'), Buffer.from('😀')];
    expect(read([...octets, ...octets])).toEqual([...values, ...values]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('find a zero octet wherever it stands among %i', length => {
    for (let at = 0; at < length; at += 1) {
      const bytes = Buffer.concat([Buffer.of(length), Buffer.alloc(length, 0x80)]);
      bytes[1 + at] = 0;
      for (const method of ['shortstr', 'shortstrAt'] as const) {
        const cursor = cursorOver(bytes, 0, bytes.length, 'valueTruncated', 'a test');
        cursor[method]();
        expect(cursor.fault).toMatchObject({ rule: 'amqp091/4.2.5.3.short-string-zero', offset: 1 + at });
      }
    }
  });

  test.each([0x01, 0x7f, 0x80, 0x81, 0xff])('take octet %i for no zero', octet => {
    const bytes = Buffer.concat([Buffer.of(11), Buffer.alloc(11, octet)]);
    const cursor = cursorOver(bytes, 0, bytes.length, 'valueTruncated', 'a test');
    expect(cursor.shortstr()).toHaveLength(11);
    expect(cursor.fault).toBeUndefined();
  });
});
