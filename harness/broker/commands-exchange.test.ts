import { describe, expect, test } from 'vitest';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import { kinds, refusal, Testbed } from './testbed.ts';

const note: FieldTable = [['note', { type: 'long-int', value: 1 }]];

describe('declaring exchanges', () => {
  test.each(['direct', 'fanout', 'topic', 'headers'])('of type %s can be declared, again with the same, and asked for', type => {
    const client = new Testbed().connection();
    expect(kinds(client.do('declare-exchange', { exchange: 'e', type, durable: true, arguments: note }))).toContain('exchange-declared');
    expect(kinds(client.do('declare-exchange', { exchange: 'e', type, durable: true, arguments: note }))).toEqual(['exchange-declared']);
    expect(kinds(client.do('declare-exchange', { exchange: 'e', passive: true, type: 'nonsense' }))).toEqual(['exchange-declared']);
  });

  test.each(['amq.direct', 'amq.fanout', 'amq.topic', 'amq.headers', 'amq.match'])('come with %s, which cannot be deleted', exchange => {
    const client = new Testbed().connection();
    expect(kinds(client.do('declare-exchange', { exchange, passive: true }))).toEqual(['exchange-declared']);
    expect(refusal(client.do('delete-exchange', { exchange }))).toBe('403 channel');
  });

  test.each([
    ['another type', { type: 'fanout' }, '406 channel'],
    ['another durability', { durable: true }, '406 channel'],
    ['other arguments', { arguments: note }, '406 channel'],
    ['a type nobody knows', { type: 'nonsense' }, '503 connection'],
  ])('are not declared again with %s', (_, difference, expected) => {
    const client = new Testbed().connection();
    client.do('declare-exchange', { exchange: 'e' });
    expect(refusal(client.do('declare-exchange', { exchange: 'e', ...difference }))).toBe(expected);
  });

  test('are the same whatever auto-delete says the second time', () => {
    const client = new Testbed().connection();
    client.do('declare-exchange', { exchange: 'e' });
    expect(kinds(client.do('declare-exchange', { exchange: 'e', autoDelete: true }))).toEqual(['exchange-declared']);
  });

  test.each([
    ['the default exchange', '', {}, '403 channel'],
    ['the default exchange, passively', '', { passive: true }, '403 channel'],
    ['a missing one, passively', 'missing', { passive: true }, '404 channel'],
    ['a reserved name', 'amq.mine', {}, '403 channel'],
    ['an illegal name', 'a b', {}, '406 channel'],
    ['a name of 128 octets', 'e'.repeat(128), {}, '406 channel'],
    ['a type nobody knows', 'e', { type: 'constructor' }, '503 connection'],
    ['an argument of an extension', 'e', { arguments: [['x-other', { type: 'void', value: null }]] as FieldTable }, '540 connection'],
    ['an alternate exchange without a name', 'e', { arguments: [['alternate-exchange', { type: 'void', value: null }]] as FieldTable }, '406 channel'],
  ])('are not declared for %s', (_, exchange, draft, expected) => {
    const bed = new Testbed();
    expect(refusal(bed.connection().do('declare-exchange', { exchange, ...draft }))).toBe(expected);
    expect(bed.core.virtualHosts.get('/')?.exchanges.size).toBe(6);
  });
});

describe('exchanges', () => {
  test('are deleted with their bindings, unless they are used and shall not be', () => {
    const bed = new Testbed();
    const client = bed.connection({ channels: 2 });
    client.do('declare-exchange', { exchange: 'e' });
    client.queue('q');
    client.do('bind-queue', { queue: 'q', exchange: 'e' });
    expect(refusal(client.do('delete-exchange', { exchange: 'e', ifUnused: true }, 2))).toBe('406 channel');
    expect(kinds(client.do('delete-exchange', { exchange: 'e' }))).toEqual(['exchange-deleted']);
    expect(bed.core.virtualHosts.get('/')?.queues.get('q')?.incoming.size).toBe(1);
    expect(refusal(client.do('delete-exchange', { exchange: 'e' }))).toBe('404 channel');
  });

  test('with auto-delete go with their last binding', () => {
    const client = new Testbed().connection();
    client.do('declare-exchange', { exchange: 'e', autoDelete: true });
    client.queue('q');
    client.queue('r');
    for (const queue of ['q', 'r']) client.do('bind-queue', { queue, exchange: 'e', routingKey: 'k' });
    client.do('unbind-queue', { queue: 'q', exchange: 'e', routingKey: 'k' });
    expect(kinds(client.do('declare-exchange', { exchange: 'e', passive: true }))).toEqual(['exchange-declared']);
    client.do('delete-queue', { queue: 'r' });
    expect(refusal(client.do('declare-exchange', { exchange: 'e', passive: true }))).toBe('404 channel');
  });
});

describe('bindings', () => {
  test('may be made twice and count once', () => {
    const client = new Testbed().connection();
    client.queue('q');
    for (let times = 0; times < 2; times += 1) expect(kinds(client.do('bind-queue', { exchange: 'amq.direct', routingKey: 'k' }))).toEqual(['queue-bound']);
    client.publish('k', 'a', { exchange: 'amq.direct' });
    client.do('unbind-queue', { queue: 'q', exchange: 'amq.direct', routingKey: 'k' });
    client.publish('k', 'b', { exchange: 'amq.direct' });
    expect(client.drain('q')).toEqual(['a']);
    expect(kinds(client.do('unbind-queue', { queue: 'q', exchange: 'amq.direct', routingKey: 'k' }))).toEqual(['queue-unbound']);
  });

  test('deliver a message once however many match', () => {
    const client = new Testbed().connection();
    client.queue('q');
    for (const routingKey of ['#', 'a.*', 'a.b']) client.do('bind-queue', { queue: 'q', exchange: 'amq.topic', routingKey });
    client.publish('a.b', 'once', { exchange: 'amq.topic' });
    expect(client.drain('q')).toEqual(['once']);
  });

  test('take the name of the last queue as their key only where neither is said', () => {
    const client = new Testbed().connection();
    client.queue('q');
    client.do('bind-queue', { exchange: 'amq.direct' });
    client.publish('q', 'by name', { exchange: 'amq.direct' });
    client.publish('', 'empty', { exchange: 'amq.direct' });
    client.do('bind-queue', { queue: 'q', exchange: 'amq.direct' });
    client.publish('', 'now', { exchange: 'amq.direct' });
    expect(client.drain('q')).toEqual(['by name', 'now']);
  });

  test('to the default exchange are made by any key, and the one by name stays', () => {
    const client = new Testbed().connection({ channels: 2 });
    client.queue('q');
    client.do('bind-queue', { queue: 'q', routingKey: 'alias' });
    client.publish('alias', 'a');
    expect(refusal(client.do('unbind-queue', { queue: 'q', routingKey: 'q' }, 2))).toBe('403 channel');
    client.publish('q', 'b');
    expect(client.drain('q')).toEqual(['a', 'b']);
  });

  test.each([
    ['a missing queue', { queue: 'missing', exchange: 'amq.direct' }, '404 channel'],
    ['a missing exchange', { queue: 'q', exchange: 'missing' }, '404 channel'],
    [
      'a headers mode nobody knows',
      { queue: 'q', exchange: 'amq.match', arguments: [['x-match', { type: 'long-string', value: Buffer.from('some') }]] as FieldTable },
      '406 channel',
    ],
  ])('are not made with %s', (_, draft, expected) => {
    const client = new Testbed().connection();
    client.queue('q');
    expect(refusal(client.do('bind-queue', draft))).toBe(expected);
  });
});
