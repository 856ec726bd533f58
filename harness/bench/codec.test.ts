import { expect, test } from 'vitest';
import { requireEqualOutput } from './codec.ts';
import { deliveries } from './deliveries.ts';
import { table } from './measure.ts';

test('both parsers make the same values of what is measured', () => {
  expect(requireEqualOutput(deliveries(300))).toBeGreaterThan(800);
});

test('the same seed gives the same octets', () => {
  expect(deliveries(5).equals(deliveries(5))).toBe(true);
  expect(deliveries(5).equals(deliveries(5, 21))).toBe(false);
});

test('tables line up', () => {
  expect(table(['a', 'bb'], [['ccc', '1']])).toBe('a    bb\n---  --\nccc   1');
});
