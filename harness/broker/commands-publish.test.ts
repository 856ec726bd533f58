import { describe, expect, test } from 'vitest';
import { all, delivered, kinds, message, one, practiceReadings, refusal, Testbed } from './testbed.ts';
import type { Effect } from './vocabulary.ts';

describe('publish', () => {
  test('returns what is mandatory and reaches no queue, and drops what is not', () => {
    const client = new Testbed().connection();
    expect(one(client.publish('nowhere', 'a', { mandatory: true }), 'return')).toMatchObject({ code: 312, channel: 1 });
    expect(kinds(client.publish('nowhere', 'a'))).toEqual([]);
    client.queue('q');
    expect(kinds(client.publish('q', 'a', { mandatory: true }))).toEqual([]);
  });

  test('refuses an exchange that is missing or internal, and in practice the immediate flag', () => {
    const client = new Testbed().connection({ channels: 3 });
    client.do('declare-exchange', { exchange: 'inner', internal: true });
    expect(refusal(client.publish('k', 'a', { exchange: 'missing' }))).toBe('404 channel');
    expect(refusal(client.publish('k', 'a', { exchange: 'inner', channel: 2 }))).toBe('403 channel');
    expect(refusal(new Testbed({ readings: practiceReadings }).connection().do('publish', { message: message({}), immediate: true }))).toBe('540 connection');
  });

  test('hands an immediate message to the queues that can pass it on at once, and returns it where none can', () => {
    const client = new Testbed().connection({ channels: 2 });
    const immediate = (body: string) => client.do('publish', { message: message({ exchange: 'amq.fanout', publisher: client.id }, body), immediate: true });
    expect(one(immediate('nowhere'), 'return')).toMatchObject({ code: 313 });
    for (const queue of ['q', 'r']) {
      client.queue(queue);
      client.do('bind-queue', { queue, exchange: 'amq.fanout' });
    }
    expect(one(immediate('nobody'), 'return')).toMatchObject({ code: 313 });
    client.do('limit-prefetch', { prefetchCount: 1 });
    client.consume('q', { consumerTag: 'c' });
    expect(delivered(immediate('1'))).toEqual(['c:1']);
    expect(one(immediate('2'), 'return')).toMatchObject({ code: 313 });
    client.settle(1);
    client.do('flow', { active: false });
    expect(kinds(immediate('3'))).toEqual(['return']);
    client.do('flow', { active: true });
    expect(delivered(immediate('4'))).toEqual(['c:4']);
    client.consume('r', { consumerTag: 'own', noLocal: true }, 2);
    expect(kinds(immediate('5'))).toEqual(['return']);
    expect(client.bed.waiting('q').concat(client.bed.waiting('r'))).toEqual([]);
    const both = client.do('publish', { message: message({ routingKey: 'missing' }), immediate: true, mandatory: true });
    expect(one(both, 'return')).toMatchObject({ code: 312 });
  });

  test('lets higher priorities overtake, in order among themselves, unless practice says otherwise', () => {
    for (const [readings, expected] of [
      [undefined, ['9a', '9b', '5', '0', 'none']],
      [practiceReadings, ['0', '5', '9a', 'none', '9b']],
    ] as const) {
      const client = new Testbed(readings && { readings }).connection();
      client.queue('q');
      for (const [body, priority] of [
        ['0', 0],
        ['5', 5],
        ['9a', 9],
        ['none', 0],
        ['9b', 200],
      ] as const)
        client.publish('q', body, { priority });
      expect(client.drain('q')).toEqual(expected);
    }
  });

  test('asks a publisher to wait while more is held than may be, and to go on when less is', () => {
    const client = new Testbed({ memoryOctets: 100 }).connection();
    client.queue('q');
    const body = 'x'.repeat(40);
    expect(['1', '2', '3', '4'].flatMap(() => all(client.publish('q', body), 'hold'))).toEqual([
      { kind: 'hold', connection: client.id, held: true, reason: 'low on memory' },
    ]);
    expect(all(client.do('get', { queue: 'q', noAck: true }), 'hold')).toEqual([]);
    expect(all(client.do('purge-queue', { queue: 'q' }), 'hold')).toEqual([{ kind: 'hold', connection: client.id, held: false, reason: '' }]);
    expect(client.bed.core.heldOctets).toBe(0);
  });

  test('leaves nothing held when queues are deleted and their deliveries settled', () => {
    const client = new Testbed().connection();
    client.queue('q');
    for (const body of ['a', 'b', 'c']) client.publish('q', body);
    client.consume('q');
    client.do('delete-queue', { queue: 'q' });
    client.settle(1, 'requeue');
    client.settle(2);
    client.do('close-channel');
    expect(client.bed.core.heldOctets).toBe(0);
  });
});

describe('confirms', () => {
  test('number the publishes of a channel from 1, routed or not, the return first', () => {
    const client = new Testbed().connection();
    client.queue('q');
    client.publish('q', 'before');
    expect(kinds(client.do('select-confirm'))).toEqual(['confirm-selected']);
    client.do('select-confirm');
    expect(one(client.publish('q', 'a'), 'confirm').deliveryTag).toBe(1);
    expect(kinds(client.publish('nowhere', 'b', { mandatory: true }))).toEqual(['return', 'confirm']);
    expect(one(client.publish('nowhere', 'c'), 'confirm')).toMatchObject({ deliveryTag: 3, accepted: true, multiple: true });
  });

  test('of what goes at once to a consumer that does not acknowledge wait for no store, of all else they do', () => {
    const persistent = (bed: Testbed, consume: { readonly noAck?: boolean; readonly noLocal?: boolean } = {}) => {
      const client = bed.connection({ channels: 2 });
      client.do('select-confirm', {}, 2);
      client.queue('q', { durable: true });
      client.consume('q', { consumerTag: 'c', noAck: true, ...consume });
      return { client, publish: (body: string, draft = {}) => client.publish('q', body, { persistent: true, channel: 2, ...draft }) };
    };
    const { client, publish } = persistent(new Testbed({ windowOctets: 500 }));
    for (const body of ['1', '2']) expect(kinds(publish(body)).slice(0, 2)).toEqual(['deliver', body === '1' ? 'confirm' : 'window-used']);
    expect(kinds(publish('behind a window'))).toEqual(['persist']);
    expect(kinds(publish('behind another'))).toEqual(['persist']);
    client.bed.apply({ kind: 'resume', connection: client.id });
    expect(client.bed.waiting('q')).toEqual([]);
    const waits = (effects: readonly Effect[]) => kinds(effects)[0] === 'persist' && !kinds(effects).includes('confirm');
    const two = persistent(new Testbed());
    two.client.queue('r', { durable: true });
    for (const queue of ['q', 'r']) two.client.do('bind-queue', { queue, exchange: 'amq.fanout' });
    const others = {
      acknowledged: persistent(new Testbed(), { noAck: false }).publish('a'),
      own: persistent(new Testbed(), { noLocal: true }).publish('a'),
      expiring: persistent(new Testbed()).publish('a', { ttlMs: 5, expiration: '5' }),
      two: two.publish('a', { exchange: 'amq.fanout' }),
    };
    for (const [name, effects] of Object.entries(others)) expect([name, waits(effects)]).toEqual([name, true]);
  });

  test('of persistent messages in durable queues wait for the store, and hold no others up', () => {
    const client = new Testbed().connection();
    client.queue('q', { durable: true });
    client.do('select-confirm');
    const first = client.publish('q', 'a', { persistent: true });
    expect(kinds(first)).toEqual(['persist']);
    expect(one(client.publish('q', 'b'), 'confirm')).toMatchObject({ deliveryTag: 2, multiple: false });
    const second = client.publish('q', 'c', { persistent: true });
    const ticket = one(first, 'persist').ticket ?? 0;
    expect(one(second, 'persist').ticket).toBeGreaterThan(ticket);
    expect(all(client.bed.apply({ kind: 'stored', upTo: ticket, failed: false }), 'confirm')).toMatchObject([{ deliveryTag: 1, multiple: true }]);
    expect(all(client.bed.apply({ kind: 'stored', upTo: ticket + 1, failed: true }), 'confirm')).toMatchObject([{ deliveryTag: 3, accepted: false }]);
  });

  test('do not wait where nothing is to be stored', () => {
    const client = new Testbed().connection();
    client.queue('transient');
    client.queue('mine', { durable: true, exclusive: true });
    client.do('select-confirm');
    for (const queue of ['transient', 'mine']) expect(kinds(client.publish(queue, 'a', { persistent: true }))).toEqual(['confirm']);
  });

  test('are not sent to a channel that is gone', () => {
    const client = new Testbed().connection();
    client.queue('q', { durable: true });
    client.do('select-confirm');
    client.publish('q', 'a', { persistent: true });
    client.do('close-channel');
    client.do('open-channel');
    expect(client.bed.apply({ kind: 'stored', upTo: 1, failed: false })).toEqual([]);
  });
});

test('empty messages take memory too, until they are taken, dropped or purged', () => {
  const bed = new Testbed({ memoryOctets: 250, overheadOctets: 100 });
  const client = bed.connection();
  client.queue('q');
  client.publish('q', '');
  client.publish('q', '');
  expect(one(client.publish('q', ''), 'hold')).toMatchObject({ held: true, reason: 'low on memory' });
  expect(all(client.do('get', { queue: 'q', noAck: true }), 'hold')).toMatchObject([{ held: false }]);
  expect(one(client.publish('q', ''), 'hold').held).toBe(true);
  expect(all(client.do('purge-queue', { queue: 'q' }), 'hold')).toMatchObject([{ held: false }]);
  expect(bed.core.memoryTaken).toBe(0);
});
