import { expect, test } from 'vitest';
import { requireEqualTransfers, transfers } from './codec-amqp10.ts';

test('both parsers make the same values of what is measured', () => {
  expect(requireEqualTransfers(transfers(200))).toBe(200);
});
