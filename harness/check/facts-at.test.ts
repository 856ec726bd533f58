import { expect, test } from 'vitest';
import type { Amqp10Facts } from '../target/amqp10-facts.ts';
import { factsAt } from './facts-at.ts';

const row = (address: string, versions?: string): Amqp10Facts => ({
  address,
  mechanisms: [],
  capabilities: [],
  lacks: [],
  ...(versions !== undefined && { versions }),
});
const rows = [row('/queues/{queue}', '>=4.0.0'), row('/amq/queue/{queue}', '>=3.9.0'), row('{queue}')];

test.each([
  ['4.0', '/queues/{queue}'],
  ['4.3.6', '/queues/{queue}'],
  ['3.10', '/amq/queue/{queue}'],
  ['3.8.9', '{queue}'],
  [undefined, '/queues/{queue}'],
  ['latest', '/queues/{queue}'],
])('at version %s the first row counts whose range holds', (version, address) => {
  expect(factsAt(rows, version)?.address).toBe(address);
});

test('nothing is known of a broker without rows', () => {
  expect([factsAt(undefined, '1.0'), factsAt([], '1.0'), factsAt([row('{queue}', '<1.0.0')], '2.0')]).toEqual([undefined, undefined, undefined]);
});
