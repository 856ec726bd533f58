import { describe, expect, test } from 'vitest';
import { differing, type Node } from './same-value.ts';

const rule = 'amqp10/1.6.1.null';
const integer = (value: bigint | number, type = 'ulong'): Node => ({ kind: 'integer', type, rule, value });
const real = (value: number, single = false): Node => ({ kind: 'real', type: single ? 'float' : 'double', rule, value, single });
const text = (value: string): Node => ({ kind: 'text', type: 'string', rule, value });
const symbol = (value: string): Node => ({ kind: 'symbol', type: 'symbol', rule, value });
const octets = (value: string, isText = false): Node => ({ kind: 'octets', type: 'binary', rule, value: Buffer.from(value, 'latin1'), text: isText });
const items = (...all: Node[]): Node => ({ kind: 'items', type: 'list', rule, items: all });
const map = (ordered: boolean, ...pairs: (readonly [Node, Node])[]): Node => ({ kind: 'map', type: 'map', rule, ordered, pairs });
const abc = map(true, [text('a'), integer(1)], [text('b'), integer(2)]);

describe('a value is the same', () => {
  test.each<readonly [string, Node, unknown]>([
    ['a null', { kind: 'null', type: 'null', rule }, null],
    ['what is left out', integer(5), undefined],
    ['what is not to be compared', integer(5), { any: null }],
    ['a number', integer(5n), 5],
    ['a number as text', integer(2n ** 64n - 1n), { integer: '18446744073709551615' }],
    ['a number with its type', integer(5), { ulong: '5' }],
    ['a char as text', integer(0x1f407, 'char'), '\u{1f407}'],
    ['no number', real(Number.NaN), { real: 'nan' }],
    ['an infinity', real(-Infinity), { real: '-inf' }],
    ['a float with the digits of a float', real(Math.fround(0.1), true), { real: '0.1' }],
    ['minus zero', real(-0), { real: '-0' }],
    ['a text', text('ü'), 'ü'],
    ['a text that is no UTF-8', text('\udc80'), '\ufffd'],
    ['a symbol', symbol('s'), { symbol: 's' }],
    ['octets', octets('\xff'), { octets: 'FF' }],
    ['octets as text, of a long string', octets('hello', true), 'hello'],
    ['a decimal, whatever its sign', { kind: 'decimal', type: 'decimal', rule, scale: 2, value: -1 }, { decimal: [2, 4294967295] }],
    ['a list', items(integer(1), text('a')), [1, 'a']],
    ['a list with its type', items(integer(1)), { list: [1] }],
    [
      'a map',
      abc,
      {
        map: [
          ['a', 1],
          ['b', 2],
        ],
      },
    ],
    [
      'a map whose order was lost',
      abc,
      {
        entries: [
          ['b', 2],
          ['a', 1],
        ],
      },
    ],
    ['a map with a key twice', map(true, [text('a'), integer(1)], [text('a'), integer(2)]), { map: [['a', 2]] }],
    ['a described value', { kind: 'described', type: 'described', rule, descriptor: symbol('d'), value: integer(1) }, { described: [{ symbol: 'd' }, 1] }],
  ])('%s', (_, ours, theirs) => {
    expect(differing(ours, theirs, 'it')).toBe(undefined);
  });
});

describe('a value is another', () => {
  test.each<readonly [string, Node, unknown]>([
    ['a number', integer(2n ** 53n + 1n), 2 ** 53],
    ['a number as text', integer(5), '5'],
    ['a number that is none', integer(0), {}],
    ['a type', integer(5), { uint: '5' }],
    ['plus zero', real(-0), 0],
    ['a text', text('a'), 'b'],
    ['a symbol instead of a text', text('a'), { symbol: 'a' }],
    ['a text instead of a symbol', symbol('a'), 'a'],
    ['text instead of octets', octets('a'), 'a'],
    ['octets', octets('ab'), { octets: '61' }],
    ['a shorter list', items(integer(1), integer(2)), [1]],
    ['an array instead of a list', items(integer(1)), { array: [1] }],
    [
      'the order of a map',
      abc,
      {
        map: [
          ['b', 2],
          ['a', 1],
        ],
      },
    ],
    [
      'a value of a map',
      abc,
      {
        entries: [
          ['b', 2],
          ['a', 3],
        ],
      },
    ],
    [
      'a key of a map',
      abc,
      {
        entries: [
          ['b', 2],
          ['c', 1],
        ],
      },
    ],
    ['true instead of 1', integer(1), true],
    ['null', text(''), null],
  ])('%s', (_, ours, theirs) => {
    expect(differing(ours, theirs, 'it')).toMatchObject({ rule, detail: expect.stringMatching(/^(it|key of it).* they read /) });
  });
});
