import { expect, test } from 'vitest';
import { composites, sections } from './composites.ts';
import { errorConditions } from './conditions.ts';
import { describedCode, type EncodingRow, primitives } from './primitives.ts';
import { restricted } from './restricted.ts';

const encodings = Object.values(primitives).flatMap(rows => Object.values(rows) as EncodingRow[]);

test('the subcategory of each constructor octet says how wide it is', () => {
  const widths = [0, 1, 2, 4, 8, 16];
  const expected = (code: number) => {
    const subcategory = code >> 4;
    if (subcategory < 0xa) return ['fixed', widths[subcategory - 4]];
    return [['variable', 'compound', 'array'][(subcategory - 0xa) >> 1], subcategory % 2 === 0 ? 1 : 4];
  };
  expect(encodings.map(({ code, category, width }) => [code, category, width])).toEqual(encodings.map(({ code }) => [code, ...expected(code)]));
  expect(new Set([describedCode, ...encodings.map(({ code }) => code)]).size).toBe(encodings.length + 1);
});

test('descriptors are told apart by number and by symbol', () => {
  const rows = Object.values(composites);
  expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
  expect(Object.entries(composites).map(([name, { symbol }]) => [name, symbol])).toEqual(Object.keys(composites).map(name => [name, `amqp:${name}:list`]));
  expect(Object.values(sections).map(({ code }) => code)).toEqual([0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78]);
  expect([sections.header, sections.properties].map(({ code, symbol }) => [code, symbol])).toEqual(
    [composites.header, composites.properties].map(({ code, symbol }) => [code, symbol]),
  );
});

test('the error conditions are those that the rules know', () => {
  const choices = (['amqp-error', 'connection-error', 'session-error', 'link-error', 'transaction-error'] as const).flatMap(type =>
    Object.values(restricted[type].choices),
  );
  expect(Object.keys(errorConditions)).toEqual(expect.arrayContaining(choices));
});
