import { describe, expect, test } from 'vitest';
import { all, delivered, filled, kinds, message, one, refusal, Testbed, type TestConnection } from './testbed.ts';

/** A connection with a transacted channel 1 and another channel 2, and a queue `q` with these messages. */
function transacted(bodies: readonly string[] = [], bed = new Testbed()): TestConnection {
  const client = filled(bed.connection({ channels: 2 }), ...bodies);
  client.do('select-transaction');
  return client;
}

/** Takes everything in `q` on the transacted channel, unacknowledged. */
function holding(...bodies: readonly string[]): TestConnection {
  const client = transacted(bodies);
  for (const _ of bodies) client.do('get', { queue: 'q' });
  return client;
}

describe('a transaction', () => {
  test('needs a channel that was selected', () => {
    const client = new Testbed().connection({ channels: 2 });
    expect(refusal(client.do('commit'))).toBe('406 channel');
    expect(refusal(client.do('roll-back', {}, 2))).toBe('406 channel');
  });

  test('and confirms exclude each other', () => {
    const client = new Testbed().connection({ channels: 2 });
    client.do('select-transaction');
    client.do('select-confirm', {}, 2);
    expect(refusal(client.do('select-confirm'))).toBe('406 channel');
    expect(refusal(client.do('select-transaction', {}, 2))).toBe('406 channel');
  });

  test('holds what is published back until it is committed, and drops it when rolled back', () => {
    const client = transacted();
    expect(kinds(client.publish('q', 'a'))).toEqual([]);
    client.do('select-transaction');
    client.publish('q', 'b');
    expect(client.bed.waiting('q')).toEqual([]);
    expect(kinds(client.do('commit'))).toEqual(['committed']);
    expect(client.bed.waiting('q')).toEqual(['a', 'b']);
    client.publish('q', 'c');
    expect(kinds(client.do('roll-back'))).toEqual(['rolled-back']);
    client.do('commit');
    expect(client.bed.waiting('q')).toEqual(['a', 'b']);
    expect(client.bed.core.transactionOctets).toBe(0);
  });

  test.each([
    ['close-channel', (client: TestConnection) => client.do('close-channel')],
    ['disconnect', (client: TestConnection) => client.bed.apply({ kind: 'disconnect', connection: client.id })],
  ])('ends with its channel: %s', (_, end) => {
    const client = transacted();
    client.publish('q', 'a');
    end(client);
    expect(client.bed.waiting('q')).toEqual([]);
    expect(client.bed.core.transactionOctets).toBe(0);
  });

  test('settles when it is committed, and leaves to settle what it rolls back', () => {
    const client = holding('a', 'b', 'c');
    client.settle(2);
    expect(refusal(transacted().settle(1))).toBe('406 channel');
    client.do('roll-back');
    client.settle(1, 'accept', { multiple: true });
    client.settle(2, 'requeue');
    client.settle(3, 'discard');
    expect(client.bed.waiting('q')).toEqual([]);
    expect(kinds(client.do('commit'))).toEqual(['committed']);
    expect(client.bed.waiting('q')).toEqual(['b']);
    client.do('close-channel');
    expect(client.bed.waiting('q')).toEqual(['b']);
  });

  test.each([
    ['once more', (client: TestConnection) => client.settle(2)],
    ['once more after all before it', (client: TestConnection) => client.settle(1)],
    ['up to one that is settled', (client: TestConnection) => client.settle(2, 'accept', { multiple: true })],
    ['that was never sent', (client: TestConnection) => client.settle(9)],
  ])('refuses at once to settle what it settles already: %s', (_, settle) => {
    const client = holding('a', 'b', 'c');
    client.settle(2, 'accept', { multiple: true });
    expect(refusal(settle(client))).toBe('406 channel');
    expect(client.bed.waiting('q')).toEqual(['a', 'b', 'c']);
  });

  test('settles everything that is left with tag zero', () => {
    const client = holding('a', 'b', 'c', 'd');
    client.settle(2, 'requeue');
    client.settle(0, 'accept', { multiple: true });
    client.settle(0, 'accept', { multiple: true });
    client.do('commit');
    expect(client.bed.waiting('q')).toEqual(['b']);
    client.do('close-channel');
    expect(client.bed.waiting('q')).toEqual(['b']);
  });

  test('keeps what it settles out of recover', () => {
    const client = holding('a', 'b', 'c');
    client.settle(2);
    client.do('recover');
    expect(client.bed.waiting('q')).toEqual(['a', 'c']);
    client.do('commit');
    client.do('close-channel');
    expect(client.bed.waiting('q')).toEqual(['a', 'c']);
  });

  test('serves consumers when all of it is in place, and lets a limit go only then', () => {
    const client = transacted();
    client.do('limit-prefetch', { prefetchCount: 1 });
    client.consume('q', { consumerTag: 'c' });
    client.publish('q', 'a');
    client.publish('q', 'b');
    expect(delivered(client.do('commit'))).toEqual(['c:a']);
    client.publish('q', 'late');
    expect(delivered(client.settle(1))).toEqual([]);
    expect(delivered(client.do('commit'))).toEqual(['c:b']);
  });

  test('returns at commit what nobody takes, also where its queue is gone by then', () => {
    const client = transacted();
    const publish = (routingKey: string, immediate = false) => client.do('publish', { message: message({ routingKey }), mandatory: !immediate, immediate });
    for (const routingKey of ['missing', 'q']) expect(kinds(publish(routingKey))).toEqual([]);
    publish('q', true);
    client.do('delete-queue', { queue: 'q' }, 2);
    const effects = client.do('commit');
    expect(all(effects, 'return').map(({ code }) => code)).toEqual([312, 312, 313]);
    expect(kinds(effects).at(-1)).toBe('committed');
  });

  test('refuses a missing exchange at once', () => {
    expect(refusal(transacted().publish('q', 'a', { exchange: 'missing' }))).toBe('404 channel');
  });

  test('does not grow beyond what the broker can hold', () => {
    const client = transacted([], new Testbed({ memoryOctets: 530 }));
    client.publish('q', '12345');
    client.publish('q', '12345');
    expect(refusal(client.publish('q', '6'))).toBe('506 connection');
    expect(client.bed.core.transactionOctets).toBe(0);
  });
});

describe('a commit that is to be stored', () => {
  function durable(): TestConnection {
    const client = new Testbed().connection({ channels: 2 });
    client.queue('d', { durable: true });
    client.publish('d', 'old', { persistent: true });
    client.do('get', { queue: 'd' });
    client.do('select-transaction');
    client.settle(1);
    client.publish('d', 'new', { persistent: true });
    client.publish('d', 'transient');
    return client;
  }

  test('is one change, and is answered when the store has it', () => {
    const client = durable();
    const effects = client.do('commit');
    expect(kinds(effects)).toEqual(['persist', 'committing']);
    const { change, ticket } = one(effects, 'persist');
    expect(change).toMatchObject({
      change: 'group',
      changes: [
        { change: 'remove', queue: 'd' },
        { change: 'append', queues: ['d'] },
      ],
    });
    expect(kinds(client.bed.apply({ kind: 'stored', upTo: (ticket ?? 0) - 1, failed: false }))).toEqual([]);
    expect(kinds(client.bed.apply({ kind: 'stored', upTo: ticket ?? 0, failed: false }))).toEqual(['committed']);
    expect(client.bed.waiting('d')).toEqual(['new', 'transient']);
  });

  test('closes the channel where the store fails, and answers nobody who has gone', () => {
    const client = durable();
    const { ticket } = one(client.do('commit'), 'persist');
    expect(refusal(client.bed.apply({ kind: 'stored', upTo: ticket ?? 0, failed: true }))).toBe('406 channel');
    const other = durable();
    const upTo = one(other.do('commit'), 'persist').ticket ?? 0;
    other.do('close-channel');
    expect(kinds(other.bed.apply({ kind: 'stored', upTo, failed: false }))).toEqual([]);
  });
});
