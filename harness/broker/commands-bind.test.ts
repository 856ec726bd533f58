import { describe, expect, test } from 'vitest';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import { memoryStore } from '../store/memory.ts';
import type { Change } from '../store/store.ts';
import { all, kinds, message, refusal, Testbed, type TestConnection } from './testbed.ts';

const string = (value: string) => ({ type: 'long-string', value: Buffer.from(value) }) as const;

/** A client with these fanout exchanges and a queue for each, named in capitals and bound to it. */
function wired(...names: readonly string[]): TestConnection {
  const client = new Testbed().connection({ channels: 3 });
  for (const exchange of names) {
    client.do('declare-exchange', { exchange, type: 'fanout' });
    client.queue(exchange.toUpperCase());
    client.do('bind-queue', { queue: exchange.toUpperCase(), exchange });
  }
  return client;
}

function bind(client: TestConnection, source: string, destination: string, routingKey = ''): readonly string[] {
  return kinds(client.do('bind-exchange', { source, destination, routingKey }));
}

const there = (client: TestConnection, exchange: string): boolean => client.bed.core.virtualHosts.get('/')?.exchanges.has(exchange) ?? false;

describe('bindings between exchanges', () => {
  test('pass messages on, to the end of a chain and only that way', () => {
    const client = wired('a', 'b', 'c');
    expect(bind(client, 'a', 'b')).toEqual(['exchange-bound']);
    bind(client, 'b', 'c');
    client.publish('', '1', { exchange: 'a' });
    client.publish('', '2', { exchange: 'c' });
    expect(['A', 'B', 'C'].map(queue => client.drain(queue))).toEqual([['1'], ['1'], ['1', '2']]);
  });

  test('may form loops and double paths, and each queue gets a message once', () => {
    const client = wired('a', 'b', 'c');
    for (const [from, to] of ['ab', 'bc', 'ca', 'ac', 'aa', 'ba'].map(pair => [...pair])) bind(client, from ?? '', to ?? '');
    bind(client, 'a', 'b', 'another');
    for (const exchange of ['a', 'b', 'c']) client.publish('', exchange, { exchange });
    expect(['A', 'B', 'C'].map(queue => client.drain(queue))).toEqual(Array.from({ length: 3 }, () => ['a', 'b', 'c']));
  });

  test('are the same by both ends, key and arguments, and unbound by these', () => {
    const client = wired('a', 'b');
    client.do('declare-exchange', { exchange: 'd' });
    for (const key of ['k', 'k', 'l']) bind(client, 'd', 'b', key);
    expect(kinds(client.do('unbind-exchange', { source: 'd', destination: 'b', routingKey: 'k' }))).toEqual(['exchange-unbound']);
    expect(kinds(client.do('unbind-exchange', { source: 'd', destination: 'b', routingKey: 'k' }))).toEqual(['exchange-unbound']);
    for (const key of ['k', 'l']) client.publish(key, key, { exchange: 'd' });
    expect(client.drain('B')).toEqual(['l']);
  });

  test('answer nothing where nothing is wanted', () => {
    const client = wired('a', 'b');
    expect(client.do('bind-exchange', { source: 'a', destination: 'b', noWait: true })).toEqual([]);
    expect(client.do('unbind-exchange', { source: 'a', destination: 'b', noWait: true })).toEqual([]);
    expect(refusal(client.do('bind-exchange', { source: 'a', destination: 'missing', noWait: true }))).toBe('404 channel');
  });

  test('need both ends, and arguments that make sense to the source', () => {
    const client = wired('a');
    expect(refusal(client.do('bind-exchange', { source: 'a', destination: 'missing' }, 1))).toBe('404 channel');
    expect(refusal(client.do('unbind-exchange', { source: 'missing', destination: 'a' }, 2))).toBe('404 channel');
    const args: FieldTable = [['x-match', string('some')]];
    expect(refusal(client.do('bind-exchange', { source: 'amq.match', destination: 'a', arguments: args }, 3))).toBe('406 channel');
  });

  test('may begin and end at the default exchange', () => {
    const client = wired('a', 'b');
    bind(client, '', 'a', 'to-a');
    client.publish('to-a', '1');
    bind(client, 'a', '');
    client.publish('B', '2', { exchange: 'a' });
    expect(['A', 'B'].map(queue => client.drain(queue))).toEqual([['1', '2'], ['2']]);
  });

  test('take auto-delete exchanges with them, down to the last of a chain, and leave those that only receive', () => {
    const client = new Testbed().connection();
    const chain = Array.from({ length: 10_000 }, (_, at) => `e${at}`);
    for (const exchange of chain) client.do('declare-exchange', { exchange, type: 'fanout', autoDelete: true });
    for (const [at, exchange] of chain.slice(1).entries()) bind(client, chain[at] ?? '', exchange);
    bind(client, 'e1', 'amq.fanout');
    client.do('delete-exchange', { exchange: 'e9999' });
    expect(there(client, 'e2')).toBe(false);
    expect(there(client, 'e1')).toBe(true);
    client.do('unbind-exchange', { source: 'e1', destination: 'amq.fanout' });
    expect(there(client, 'e0')).toBe(false);
  });

  test('go with either end, also one bound to itself', () => {
    const client = wired('a', 'b', 'c');
    for (const [from, to] of ['ab', 'bb', 'bc'].map(pair => [...pair])) bind(client, from ?? '', to ?? '');
    client.do('delete-exchange', { exchange: 'b' });
    client.do('declare-exchange', { exchange: 'b', type: 'fanout' });
    client.publish('', '1', { exchange: 'a' });
    client.publish('', '2', { exchange: 'b' });
    expect(['A', 'B', 'C'].map(queue => client.drain(queue))).toEqual([['1'], [], []]);
  });

  test('are stored between durable exchanges and come back', async () => {
    const client = new Testbed().connection();
    const changes: Change[] = [];
    const note = (effects: ReturnType<TestConnection['do']>) => changes.push(...all(effects, 'persist').map(({ change }) => change));
    for (const exchange of ['d', 'e']) note(client.do('declare-exchange', { exchange, type: 'fanout', durable: true }));
    note(client.do('declare-exchange', { exchange: 't', type: 'fanout' }));
    note(client.do('declare-queue', { queue: 'q', durable: true }));
    note(client.do('bind-queue', { queue: 'q', exchange: 'e' }));
    note(client.do('bind-queue', { queue: 'q', routingKey: 'alias' }));
    for (const [source, destination] of [
      ['d', 'e'],
      ['e', 'd'],
      ['d', 't'],
      ['t', 'd'],
    ] as const)
      note(client.do('bind-exchange', { source, destination }));
    note(client.do('unbind-exchange', { source: 'e', destination: 'd' }));
    const store = memoryStore();
    for (const change of changes) store.write(change);
    const bed = new Testbed();
    for await (const change of store.load()) bed.apply({ kind: 'restore', change });
    const again = bed.connection();
    again.publish('', '1', { exchange: 'd' });
    again.publish('alias', '2');
    expect(again.drain('q')).toEqual(['1', '2']);
    const kept = changes.filter(({ change }) => change === 'put').length;
    expect(kept).toBe(7);
  });
});

describe('alternate exchanges', () => {
  const alternate = (name: string): FieldTable => [['alternate-exchange', string(name)]];

  /** Direct exchanges with an alternate each; queues as `wired` makes them, bound by the exchange's name. */
  function chained(...pairs: readonly (readonly [exchange: string, alternate: string])[]): TestConnection {
    const client = new Testbed().connection();
    for (const [exchange, other] of pairs) {
      client.do('declare-exchange', { exchange, arguments: other === '' ? [] : alternate(other) });
      client.queue(exchange.toUpperCase());
      client.do('bind-queue', { queue: exchange.toUpperCase(), exchange, routingKey: exchange });
    }
    return client;
  }

  test('get what no binding matches, link by link', () => {
    const client = chained(['a', 'b'], ['b', 'c'], ['c', '']);
    for (const key of ['a', 'b', 'c']) client.publish(key, key, { exchange: 'a' });
    expect(['A', 'B', 'C'].map(queue => client.drain(queue))).toEqual([['a'], ['b'], ['c']]);
  });

  test('count as a route for mandatory; their end, a missing one and a loop do not', () => {
    const client = chained(['a', 'b'], ['b', 'a'], ['d', 'missing']);
    expect(kinds(client.publish('b', '1', { exchange: 'a', mandatory: true }))).toEqual([]);
    expect(kinds(client.publish('x', '2', { exchange: 'a', mandatory: true }))).toEqual(['return']);
    expect(kinds(client.publish('x', '3', { exchange: 'd', mandatory: true }))).toEqual(['return']);
    expect(kinds(client.publish('d', '4', { exchange: 'd', mandatory: true }))).toEqual([]);
  });

  test('work for exchanges that are reached through bindings, and may be internal', () => {
    const client = chained(['a', 'i']);
    client.do('declare-exchange', { exchange: 'f', type: 'fanout' });
    client.do('declare-exchange', { exchange: 'i', type: 'fanout', internal: true });
    client.queue('I');
    client.do('bind-queue', { queue: 'I', exchange: 'i' });
    bind(client, 'f', 'a');
    client.publish('nowhere', '1', { exchange: 'f' });
    expect(client.drain('I')).toEqual(['1']);
    expect(refusal(client.do('publish', { message: message({ exchange: 'i' }) }))).toBe('403 channel');
  });

  test('are part of what an exchange is declared with', () => {
    const client = chained(['a', 'b']);
    expect(kinds(client.do('declare-exchange', { exchange: 'a', arguments: alternate('b') }))).toEqual(['exchange-declared']);
    expect(refusal(client.do('declare-exchange', { exchange: 'a', arguments: alternate('c') }))).toBe('406 channel');
  });
});
