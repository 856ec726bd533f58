import { expect, test } from 'vitest';
import { exchange } from './machines-amqp10.ts';

test.each(['sent settled', 'together', 'one by one'] as const)('all that is measured comes and is settled: %s', settling => {
  expect(() => exchange(settling, 2_500)).not.toThrow();
});
