import { expect, test } from 'vitest';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import { kinds, one, practiceReadings, refusal, Testbed } from './testbed.ts';

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
  const effects = bed.apply({ kind: 'connect', connection: 99, user: 'guest', virtualHost: 'third', cancelNotify: false });
  expect(refusal(effects)).toBe('402 connection');
});

test('as practised, names are free and deleting what is not there is done', () => {
  const client = new Testbed({ readings: practiceReadings }).connection();
  expect(client.queue('any name / at all ✓')).toBe('any name / at all ✓');
  expect(one(client.do('delete-queue', { queue: 'missing' }), 'queue-deleted').messageCount).toBe(0);
  expect(kinds(client.do('delete-exchange', { exchange: 'missing' }))).toEqual(['exchange-deleted']);
});

test.each(['1st', '', '-', 'n'.repeat(129)])('arguments have no field named %o, not even inside others', name => {
  const value = { type: 'boolean', value: true } as const;
  const inside = { type: 'array', value: [{ type: 'table', value: [[name, value]] }] } as const;
  for (const args of [[[name, value]], [['deep', inside]]] as FieldTable[]) {
    const client = new Testbed().connection();
    expect(kinds(client.do('declare-exchange', { exchange: 'amq.direct', passive: true, arguments: args }))).toEqual(['exchange-declared']);
    expect(refusal(client.do('declare-queue', { queue: 'q', arguments: args }))).toBe('503 connection');
    expect(new Testbed({ readings: practiceReadings }).connection().queue('q', { arguments: args })).toBe('q');
  }
});
