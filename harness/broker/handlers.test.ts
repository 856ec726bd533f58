import { expect, test } from 'vitest';
import { practiceReadings } from './readings.ts';
import { kinds, one, refusal, Testbed } from './testbed.ts';

test('requests that want no reply get none', () => {
  const client = new Testbed().connection();
  const effects = [
    ...client.do('declare-exchange', { exchange: 'e', noWait: true }),
    ...client.do('declare-queue', { queue: 'q', noWait: true }),
    ...client.do('bind-queue', { queue: 'q', exchange: 'e', noWait: true }),
    ...client.consume('q', { consumerTag: 'c', noWait: true }),
    ...client.do('cancel', { consumerTag: 'c', noWait: true }),
    ...client.do('purge-queue', { queue: 'q', noWait: true }),
    ...client.do('delete-queue', { queue: 'q', noWait: true }),
    ...client.do('delete-exchange', { exchange: 'e', noWait: true }),
    ...client.do('select-confirm', { noWait: true }),
  ];
  expect(kinds(effects)).toEqual([]);
});

test('virtual hosts are worlds of their own, and an unknown one cannot be opened', () => {
  const bed = new Testbed({ virtualHosts: ['/', 'other'] });
  bed.connection().queue('q');
  expect(refusal(bed.connection({ virtualHost: 'other' }).do('declare-queue', { queue: 'q', passive: true }))).toBe('404 channel');
  const effects = bed.apply({ kind: 'connect', connection: 99, virtualHost: 'third', cancelNotify: false });
  expect(refusal(effects)).toBe('402 connection');
});

test('as practised, names are free and deleting what is not there is done', () => {
  const client = new Testbed({ readings: practiceReadings }).connection();
  expect(client.queue('any name / at all ✓')).toBe('any name / at all ✓');
  expect(one(client.do('delete-queue', { queue: 'missing' }), 'queue-deleted').messageCount).toBe(0);
  expect(kinds(client.do('delete-exchange', { exchange: 'missing' }))).toEqual(['exchange-deleted']);
});
