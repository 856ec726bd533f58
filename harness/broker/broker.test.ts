import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../sim/clock.ts';
import { memoryStore } from '../store/memory.ts';
import type { Store } from '../store/store.ts';
import { Broker } from './broker.ts';
import { all, kinds, message, nothing, Testbed, text } from './testbed.ts';
import type { Command, ConnectionEffect, Effect } from './vocabulary.ts';

function started(store: Store) {
  const broker = new Broker({ store, revive: stored => message(stored, Buffer.concat(stored.body).toString()) });
  const seen: ConnectionEffect[] = [];
  const id = broker.attach({ effect: effect => seen.push(effect) });
  return { broker, seen, id };
}

function opened(store: Store) {
  const { broker, seen, id } = started(store);
  const bed = new Testbed();
  const client = bed.connection();
  // The testbed's half sentences, spoken to the broker instead of a core of its own.
  bed.apply = (command: Command): Effect[] => {
    seen.length = 0;
    broker.submit({ ...command, connection: id } as Command);
    return seen;
  };
  broker.submit({ kind: 'connect', connection: id, user: 'guest', virtualHost: '/', cancelNotify: false });
  client.do('open-channel');
  return { broker, seen, client };
}

describe('a broker with a store', () => {
  test('brings back what is durable, with its messages in order, and nothing else', async () => {
    const store = memoryStore();
    const { broker, client } = opened(store);
    client.do('declare-exchange', { exchange: 'e', type: 'topic', durable: true });
    client.do('declare-exchange', { exchange: 'gone' });
    client.do('declare-queue', { queue: 'q', durable: true });
    client.do('declare-queue', { queue: 'r' });
    for (const queue of ['q', 'r']) client.do('bind-queue', { queue, exchange: 'e', routingKey: '#' });
    client.publish('a', 'transient', { exchange: 'e' });
    for (const body of ['1', '2', '3']) client.publish('a', body, { exchange: 'e', persistent: true });
    client.do('get', { queue: 'q', noAck: true });
    client.do('get', { queue: 'q', noAck: true });
    await broker.close();

    const again = opened(store);
    await again.broker.restore();
    const host = again.broker.core.virtualHosts.get('/');
    expect([...(host?.queues.keys() ?? [])]).toEqual(['q']);
    expect(host?.exchanges.get('e')?.type).toBe('topic');
    expect(host?.exchanges.has('gone')).toBe(false);
    again.client.publish('b', '4', { exchange: 'e' });
    expect([...(host?.queues.get('q')?.peek() ?? [])].map(entry => text(entry.message))).toEqual(['2', '3', '4']);
    again.client.do('delete-queue', { queue: 'q' });
    again.client.do('delete-exchange', { exchange: 'e' });
    const left = [];
    for await (const change of store.load()) left.push(change);
    expect(left).toEqual([]);
  });
});

describe('a store', () => {
  test('confirms when the store has flushed, all that one flush took', async () => {
    const waiting: (() => void)[] = [];
    const store: Store = { ...memoryStoreMethods(), flushed: () => new Promise(resolve => waiting.push(resolve)) };
    const { seen, client } = opened(store);
    client.do('declare-queue', { queue: 'q', durable: true });
    await Promise.resolve();
    waiting.shift()?.();
    await Promise.resolve();
    client.do('select-confirm');
    client.publish('q', 'a', { persistent: true });
    client.publish('q', 'b', { persistent: true });
    await Promise.resolve();
    expect(waiting).toHaveLength(1);
    seen.length = 0;
    waiting.shift()?.();
    await Promise.resolve().then(() => undefined);
    expect(all(seen, 'confirm').map(({ deliveryTag }) => deliveryTag)).toEqual([1, 2]);
  });

  test('tells of a state when it is stored, and of nothing else to the same connection before', async () => {
    const waiting: (() => void)[] = [];
    const store: Store = { ...memoryStoreMethods(), flushed: () => new Promise(resolve => waiting.push(resolve)) };
    const { seen, client } = opened(store);
    client.do('declare-queue', { queue: 'q', durable: true });
    const declared = [...kinds(seen), ...kinds(client.do('limit-prefetch'))];
    expect(declared).toEqual(['await-store']);
    await Promise.resolve();
    seen.length = 0;
    waiting.shift()?.();
    await Promise.resolve().then(() => undefined);
    expect(kinds(seen)).toEqual(['queue-declared', 'prefetch-limited', 'await-store']);
    client.publish('q', 'a', { persistent: true });
    expect(kinds(client.do('get', { queue: 'q' }))).toEqual(['await-store']);
    await Promise.resolve();
    seen.length = 0;
    waiting.shift()?.();
    await Promise.resolve().then(() => undefined);
    expect(kinds(seen)).toEqual(['got', 'await-store']);
  });

  test('is waited for by the confirm of a message whose consumer does not acknowledge but waits for the store itself', async () => {
    const waiting: (() => void)[] = [];
    const store: Store = { ...memoryStoreMethods(), flushed: () => new Promise(resolve => waiting.push(resolve)) };
    const flush = async () => {
      await Promise.resolve();
      waiting.shift()?.();
      await Promise.resolve().then(() => undefined);
    };
    const { broker, seen, client } = opened(store);
    client.do('declare-queue', { queue: 'q', durable: true });
    await flush();
    client.do('select-confirm');
    const consumed: ConnectionEffect[] = [];
    const id = broker.attach({ effect: effect => consumed.push(effect) });
    broker.submit({ kind: 'connect', connection: id, user: 'guest', virtualHost: '/', cancelNotify: false });
    broker.submit({ kind: 'open-channel', connection: id, channel: 1 });
    broker.submit({ ...nothing, kind: 'consume', connection: id, channel: 1, queue: 'q', consumerTag: 'c', noAck: true });
    broker.submit({ ...nothing, kind: 'declare-queue', connection: id, channel: 1, queue: 'r', durable: true });
    expect(kinds(client.publish('q', 'a', { persistent: true }))).toEqual([]);
    expect(all(consumed, 'deliver')).toEqual([]);
    await flush();
    await flush();
    expect(all(seen, 'confirm')).toHaveLength(1);
    expect(all(consumed, 'deliver')).toHaveLength(1);
    expect(kinds(client.publish('q', 'b', { persistent: true }))).toEqual(['confirm']);
  });

  test('refuses what the store could not take', async () => {
    const store: Store = { ...memoryStoreMethods(), flushed: () => Promise.reject(new Error('disk full')) };
    const { seen, client } = opened(store);
    client.do('declare-queue', { queue: 'q', durable: true });
    client.do('select-confirm');
    client.publish('q', 'a', { persistent: true });
    seen.length = 0;
    await new Promise(resolve => setImmediate(resolve));
    expect(all(seen, 'refused')).toMatchObject([{ scope: 'connection', code: 541 }]);
    expect(all(seen, 'confirm')).toMatchObject([{ deliveryTag: 1, accepted: false }]);
  });
});

describe('a broker', () => {
  test('carries out what is asked from within a sink after the command at hand', () => {
    const broker = new Broker({ store: memoryStore() });
    const order: string[] = [];
    const id: number = broker.attach({
      effect: effect => {
        order.push(effect.kind);
        if (effect.kind === 'connected') broker.submit({ kind: 'open-channel', connection: id, channel: 1 });
      },
    });
    broker.submit({ kind: 'connect', connection: id, user: 'guest', virtualHost: '/', cancelNotify: false });
    broker.detach(id);
    broker.submit({ kind: 'open-channel', connection: id, channel: 2 });
    expect(order).toEqual(['connected', 'channel-opened']);
  });

  test('lets whoever stands around the core change what comes of a command', () => {
    const seen: ConnectionEffect[] = [];
    const broker = new Broker({ store: memoryStore(), around: (command, apply) => apply(command).filter(({ kind }) => kind !== 'connected') });
    const connection = broker.attach({ effect: effect => seen.push(effect) });
    broker.submit({ kind: 'connect', connection, user: 'guest', virtualHost: '/', cancelNotify: false });
    broker.submit({ kind: 'open-channel', connection, channel: 1 });
    expect(kinds(seen)).toEqual(['channel-opened']);
  });
});

function memoryStoreMethods(): Store {
  const store = memoryStore();
  return { write: change => store.write(change), flushed: () => store.flushed(), load: () => store.load(), close: () => store.close() };
}

describe('time', () => {
  test('wakes the core when it asked for it, and not after the end', async () => {
    const virtual = new VirtualClock();
    const broker = new Broker({ store: memoryStore(), clock: virtual });
    const ran: number[] = [];
    const remind = (ms: number) => broker.core.at(ms, () => ran.push(broker.core.now));
    remind(5);
    remind(9);
    broker.submit({ kind: 'tick' });
    while (virtual.advance());
    expect(ran).toEqual([5, 9]);
    remind(20);
    broker.submit({ kind: 'tick' });
    await broker.close();
    while (virtual.advance());
    expect(ran).toEqual([5, 9]);
  });
});
