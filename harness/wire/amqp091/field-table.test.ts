import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldTable as tables } from '../../fuzz/arbitraries.ts';
import type { FieldTable, TagDialect } from '../../spec/amqp091/domains.ts';
import { nestedTables, pair, tableOf } from './craft.ts';
import { decodePairs, decodeTable, encodePairs, encodeTable, fieldTable, fieldValue, nestingMax, plain } from './field-table.ts';

const value = (bytes: Uint8Array, tags: TagDialect = 'errata') => {
  const decoded = decodeTable(bytes, { tags });
  return decoded.kind === 'value' ? decoded.value : decoded;
};
const one = (tag: string, octets: readonly number[], tags?: TagDialect) => value(tableOf(pair('n', tag, Uint8Array.from(octets))), tags);

describe.each<TagDialect>(['errata', 'text'])('field tables in dialect %s', tags => {
  test('come back with order and duplicates', () => {
    fc.assert(
      fc.property(tables({ tags, anyNames: true, depth: 4 }), table => {
        expect(value(encodeTable(table, { tags }), tags)).toEqual(table);
        expect(decodePairs(encodePairs(table, { tags }), { tags })).toEqual(table);
      }),
      { numRuns: 300 },
    );
  });
});

describe('tags that mean different things', () => {
  test('s and l are as the dialect says', () => {
    expect(one('s', [0x01, 0x02])).toEqual([['n', { type: 'short-int', value: 258 }]]);
    expect(one('s', [0x01, 0x61], 'text')).toEqual([['n', { type: 'short-string', value: 'a' }]]);
    expect(one('l', new Array(8).fill(0xff))).toEqual([['n', { type: 'long-long-int', value: -1n }]]);
    expect(one('l', new Array(8).fill(0xff), 'text')).toEqual([['n', { type: 'long-long-uint', value: 2n ** 64n - 1n }]]);
  });

  test('the errata dialect reads U and L as the text has them, and writes s and l', () => {
    expect(one('U', [0xff, 0xfe])).toEqual([['n', { type: 'short-int', value: -2 }]]);
    expect(one('L', new Array(8).fill(0xff))).toEqual([['n', { type: 'long-long-int', value: -1n }]]);
    expect(Buffer.from(encodeTable([['n', { type: 'short-int', value: -2 }]])).toString('latin1')).toContain('ns');
  });

  test('x is no tag of the text', () => {
    expect(one('x', [0, 0, 0, 1, 7])).toEqual([['n', { type: 'byte-array', value: Uint8Array.of(7) }]]);
    expect(one('x', [0, 0, 0, 1, 7], 'text')).toMatchObject({ rule: 'amqp091/4.2.5.5.field-type-unknown', offset: 6 });
  });

  test('a type without a tag in the dialect is our own mistake', () => {
    expect(() => encodeTable([['n', { type: 'short-string', value: 'a' }]])).toThrow('no tag in dialect errata');
    expect(() => encodeTable([['n', { type: 'byte-array', value: Uint8Array.of(1) }]], { tags: 'text' })).toThrow('no tag in dialect text');
  });
});

describe('limits', () => {
  test('tables nest as deep as the limit, and one more is a violation', () => {
    expect(value(nestedTables(nestingMax))).toHaveLength(1);
    expect(value(nestedTables(nestingMax + 1))).toMatchObject({ kind: 'violation', rule: 'amqp091/4.2.5.5.nesting-limit' });
  });

  test('nesting as deep as a large frame allows costs nothing', () => {
    expect(value(nestedTables(20_000))).toMatchObject({ kind: 'violation', rule: 'amqp091/4.2.5.5.nesting-limit' });
  });

  test('a declared size is checked before anything is read', () => {
    expect(one('A', [0x7f, 0xff, 0xff, 0xff])).toMatchObject({ rule: 'amqp091/4.2.5.5.array-truncated', offset: 7 });
    expect(one('S', [0xff, 0xff, 0xff, 0xff])).toMatchObject({ rule: 'amqp091/4.2.5.5.value-truncated' });
  });

  test('more is needed until the whole table is there', () => {
    expect(decodeTable(Uint8Array.of(0, 0))).toEqual({ kind: 'need-more', atLeast: 2 });
    expect(decodeTable(Uint8Array.of(0, 0, 0, 5, 1))).toEqual({ kind: 'need-more', atLeast: 4 });
  });
});

describe('plain JavaScript', () => {
  test('becomes the types that brokers take', () => {
    expect(fieldTable({ 'x-match': 'all', n: 3, big: 2 ** 40, half: 0.5, ok: true, none: null, t: { a: [1] }, left: undefined, at: new Date(1500) })).toEqual([
      ['x-match', { type: 'long-string', value: new TextEncoder().encode('all') }],
      ['n', { type: 'long-int', value: 3 }],
      ['big', { type: 'long-long-int', value: 2n ** 40n }],
      ['half', { type: 'double', value: 0.5 }],
      ['ok', { type: 'boolean', value: true }],
      ['none', { type: 'void', value: null }],
      ['t', { type: 'table', value: [['a', { type: 'array', value: [{ type: 'long-int', value: 1 }] }]] }],
      ['at', { type: 'timestamp', value: 1n }],
    ]);
  });

  test('typed values are taken as they are', () => {
    expect(fieldTable({ n: { type: 'short-uint', value: 3 } })).toEqual([['n', { type: 'short-uint', value: 3 }]]);
    expect(fieldTable({ n: { type: 'car', value: 3 } })[0]?.[1].type).toBe('table');
  });

  test('integers beyond 64 bits are our own mistake', () => {
    expect(() => fieldTable({ n: 2n ** 63n })).toThrow(RangeError);
  });

  test('comes back from a table', () => {
    const values = { s: 'grüße', n: -3, big: 2 ** 40, huge: 2n ** 60n, half: 0.5, no: false, none: null, t: { a: ['x', { y: 1 }] }, bytes: Uint8Array.of(1) };
    expect(plain(fieldTable(values))).toEqual(values);
  });

  test('cannot be tricked by names', () => {
    const table: FieldTable = [['__proto__', { type: 'table', value: [['polluted', { type: 'boolean', value: true }]] }]];
    const object = plain(table);
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(Object.keys(object)).toEqual(['__proto__']);
    expect({}).not.toHaveProperty('polluted');
  });

  test('the first of two values with one name is found', () => {
    const table: FieldTable = [
      ['a', { type: 'boolean', value: true }],
      ['a', { type: 'boolean', value: false }],
    ];
    expect(fieldValue(table, 'a')).toEqual({ type: 'boolean', value: true });
    expect(fieldValue(table, 'b')).toBeUndefined();
  });
});
