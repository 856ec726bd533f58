import { describe, expect, it } from 'vitest';
import type { FieldTable, FieldValue } from '../spec/amqp091/domains.ts';
import { gist, sameArguments } from './arguments.ts';

const text = (value: string): FieldValue => ({ type: 'long-string', value: new TextEncoder().encode(value) });

const values: readonly FieldValue[] = [
  { type: 'short-short-uint', value: 7 },
  { type: 'long-long-int', value: 7n },
  { type: 'long-int', value: -1 },
  { type: 'double', value: 0 },
  { type: 'double', value: -0 },
  { type: 'boolean', value: true },
  text('seven'),
  text('é'),
  { type: 'short-string', value: 'seven' },
  { type: 'short-string', value: 'é' },
  { type: 'table', value: [['a', text('x')]] },
  { type: 'array', value: [text('x')] },
];
const tables: readonly FieldTable[] = [[], ...values.map(value => [['a', value]] as const), [['b', text('x')]]];

describe('the gist of arguments', () => {
  it('is the same wherever they mean the same', () => {
    const alike = tables.flatMap(a => tables.map(b => [a, b] as const)).filter(([a, b]) => sameArguments(a, b));
    expect(alike.length).toBeGreaterThan(tables.length);
    for (const [a, b] of alike) expect(gist(a)).toBe(gist(b));
  });

  it('knows no order, and of a name said twice the last', () => {
    const [seven, other] = [text('seven'), text('other')];
    const all: FieldTable = [
      ['a', seven],
      ['b', other],
    ];
    expect(
      gist([
        ['b', other],
        ['a', seven],
      ]),
    ).toBe(gist(all));
    expect(
      gist([
        ['a', other],
        ['b', other],
        ['a', seven],
      ]),
    ).toBe(gist(all));
  });

  it('tells names, numbers and texts apart', () => {
    expect(new Set([gist([['a', text('x')]]), gist([['b', text('x')]]), gist([['a', text('y')]]), gist([['a', { type: 'long-int', value: 1 }]])]).size).toBe(4);
  });
});
