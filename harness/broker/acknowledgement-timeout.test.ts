import { expect, test } from 'vitest';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import { delivered, kinds, refusal, Testbed } from './testbed.ts';

const timed: FieldTable = [['x-consumer-timeout', { type: 'long-int', value: 100 }]];

function consuming(bed: Testbed, noAck = false) {
  const client = bed.connection();
  client.queue('q', { arguments: timed });
  client.consume('q', { consumerTag: 'c', noAck });
  client.publish('q', '1');
  return client;
}

test('a channel that does not acknowledge in time is closed, and what it held goes to others', () => {
  const bed = new Testbed();
  consuming(bed);
  const other = bed.connection();
  other.consume('q', { consumerTag: 'other' });
  expect(kinds(bed.pass(99))).toEqual([]);
  const effects = bed.pass(1);
  expect(refusal(effects)).toBe('406 channel');
  expect(delivered(effects)).toEqual(['other:1!']);
});

test('nothing happens to a channel that acknowledged, or need not', () => {
  const bed = new Testbed();
  consuming(bed).settle(1);
  expect(kinds(bed.pass(1000))).toEqual([]);
  const careless = new Testbed();
  consuming(careless, true);
  expect(kinds(careless.pass(1000))).toEqual([]);
});
