import { expect, test } from 'vitest';
import { selectorOf } from './selector.ts';

const fields: Readonly<Record<string, string | number | boolean>> = {
  colour: 'red',
  size: 5,
  ratio: 1.5,
  on: true,
  quote: "it's",
  percent: '100%',
  'a.b': 'dotted',
};
const selects = (text: string): boolean | undefined => selectorOf(text)?.(name => fields[name]);

test.each([
  '',
  "colour = 'red'",
  "colour <> 'blue' AND size > 4",
  'size = 5.0 and ratio*2 = 3',
  'size BETWEEN 4 AND 6',
  'size NOT BETWEEN 6 AND 9',
  "colour IN ('red', 'blue')",
  "colour not in ('green')",
  "colour LIKE 'r%'",
  "colour LIKE '_e_'",
  "percent LIKE '100\\%' ESCAPE '\\'",
  "colour NOT LIKE '%x%'",
  'none IS NULL',
  'size IS NOT NULL',
  'on',
  'on = TRUE',
  'NOT (size < 5)',
  "quote = 'it''s'",
  '-size = -5',
  '(size + 5) / 2 = 5',
  '1e1 = 10',
  "none = 'x' OR size = 5",
  "a.b = 'dotted'",
])('%s holds', text => {
  expect(selects(text)).toBe(true);
});

test.each([
  "colour = 'blue'",
  "none = 'x'",
  "NOT none = 'x'",
  "none <> 'x'",
  "none NOT IN ('x')",
  "colour > 'a'",
  "size = '5'",
  'NOT (none > 1)',
  'colour',
  "none = 'x' AND size = 5",
  "colour LIKE 'R%'",
])('%s does not hold', text => {
  expect(selects(text)).toBe(false);
});

test.each([
  'size =',
  '= 5',
  'colour IN ()',
  'size BETWEEN 4',
  'colour LIKE 5',
  "colour LIKE 'a' ESCAPE 'ab'",
  '(size = 5',
  'size = 5)',
  "colour = 'red",
  'size IS 5',
  'AND',
  '5x = 1',
  'size # 5',
  'size NOT 5',
  `${'('.repeat(200)}1=1${')'.repeat(200)}`,
  `${'NOT '.repeat(200)}on`,
  'a'.repeat(10_000),
])('%s is no selector', text => {
  expect(selectorOf(text)).toBeUndefined();
});

test('a pattern of many wildcards takes no longer than both lengths multiplied', () => {
  const selector = selectorOf(`x LIKE '${'%a'.repeat(1000)}b'`);
  expect(selector?.(() => 'a'.repeat(5000))).toBe(false);
});
