import { expect, test } from 'vitest';
import { attributed } from './attribution.ts';
import type { InteropResult } from './record-interop.ts';

const result = (pair: string, outcome: InteropResult['outcome']): InteropResult => {
  const [publisher = '', consumer = ''] = pair.split('>');
  return { case: 'settle/accepted', publisher, consumer, outcome, level: 'MUST', surprise: outcome === 'fail' };
};

const told = (outcomes: Readonly<Record<string, InteropResult['outcome']>>, pair: string): string | undefined =>
  attributed(Object.entries(outcomes).map(([each, outcome]) => result(each, outcome))).find(({ publisher, consumer }) => `${publisher}>${consumer}` === pair)
    ?.where;

test('a pair that fails where one client publishes, or consumes, and passes with others says so', () => {
  expect(told({ 'a>a': 'pass', 'a>b': 'fail', 'b>a': 'pass', 'b>b': 'fail' }, 'a>b')).toBe('only where b consumes; 2 other pairs of 3 pass on this broker');
  expect(told({ 'a>a': 'pass', 'a>b': 'pass', 'b>a': 'fail', 'b>b': 'fail' }, 'b>a')).toBe('only where b publishes; 2 other pairs of 3 pass on this broker');
});

test('what fails with all is the broker’s, and what nobody else shows is told so', () => {
  expect(told({ 'a>a': 'fail', 'a>b': 'fail', 'b>a': 'fail' }, 'a>a')).toBe("so it does with all 2 other pairs: it is the broker's");
  expect(told({ 'a>a': 'fail' }, 'a>a')).toBe('no other pair shows it');
});

test('what was not played, or that a client has not, says nothing of others', () => {
  expect(told({ 'a>a': 'fail', 'a>b': 'unsupported', 'b>b': 'not-run' }, 'a>a')).toBe('no other pair shows it');
});

test('a pair that fails by itself says how many pass', () => {
  expect(told({ 'a>a': 'pass', 'a>b': 'fail', 'b>a': 'pass', 'b>b': 'pass' }, 'a>b')).toBe('3 other pairs of 3 pass on this broker');
  expect(told({ 'a>a': 'pass', 'b>b': 'fail' }, 'a>a')).toBeUndefined();
});
