import { describe, expect, test } from 'vitest';
import { textReadings } from './readings.ts';
import { all, delivered, filled, kinds, message, one, refusal, Testbed, type TestConnection } from './testbed.ts';

const controller = 3;

/** A connection with channels 1 and 2 that work in transaction 7, which channel 3 controls, and a queue `q` with these messages. */
function working(...bodies: readonly string[]): TestConnection {
  const client = filled(new Testbed().connection({ channels: 3 }), ...bodies);
  expect(kinds(client.do('begin-transaction', { transaction: 7 }, controller))).toEqual(['transaction-begun']);
  return client;
}

const publish = (client: TestConnection, body: string, channel = 1, draft = {}) =>
  client.do('publish', { message: message({ routingKey: 'q', publisher: client.id, ...draft }, body), transaction: 7 }, channel);
const discharge = (client: TestConnection, fail = false, transaction = 7) => client.do('discharge', { transaction, fail }, controller);
const ended = (client: TestConnection, fail = false) => one(discharge(client, fail), 'discharged').outcome;

describe('a transaction of several channels', () => {
  test('holds back what they publish, and carries it out in the order of all of them', () => {
    const client = working();
    publish(client, 'a', 1);
    publish(client, 'b', 2);
    publish(client, 'c', 1);
    expect(client.bed.waiting('q')).toEqual([]);
    expect(ended(client)).toBe('committed');
    expect(client.bed.waiting('q')).toEqual(['a', 'b', 'c']);
  });

  test('leaves alone what is published beside it', () => {
    const client = working();
    publish(client, 'a');
    client.publish('q', 'beside');
    expect(ended(client, true)).toBe('rolled-back');
    expect(client.bed.waiting('q')).toEqual(['beside']);
  });

  test('confirms at once that the broker has what is published in it', () => {
    const client = working();
    client.do('select-confirm');
    expect(one(publish(client, 'a'), 'confirm')).toMatchObject({ deliveryTag: 1, accepted: true });
    expect(kinds(client.do('publish', { message: message({ routingKey: 'nowhere' }, 'b'), mandatory: true, transaction: 7 }))).toEqual(['return', 'confirm']);
  });

  test('settles deliveries of several channels when it is committed', () => {
    const client = working('a', 'b');
    client.do('get', { queue: 'q' }, 1);
    client.do('get', { queue: 'q' }, 2);
    client.do('settle', { deliveryTag: 1, transaction: 7 }, 1);
    client.do('settle', { deliveryTag: 1, transaction: 7, outcome: 'requeue' }, 2);
    expect(client.bed.waiting('q')).toEqual([]);
    expect(ended(client)).toBe('committed');
    expect(client.bed.waiting('q')).toEqual(['b']);
    expect(refusal(client.do('settle', { deliveryTag: 1 }, 1))).toBe('406 channel');
  });

  test('leaves outstanding what was to be settled when it is rolled back', () => {
    const client = working('a');
    client.do('get', { queue: 'q' });
    client.do('settle', { deliveryTag: 1, transaction: 7 });
    expect(ended(client, true)).toBe('rolled-back');
    expect(kinds(client.settle(1, 'requeue'))).toEqual([]);
    expect(client.bed.waiting('q')).toEqual(['a']);
  });

  test('settles a delivery once', () => {
    const client = working('a');
    client.do('get', { queue: 'q' });
    client.do('settle', { deliveryTag: 1, transaction: 7 });
    expect(refusal(client.do('settle', { deliveryTag: 1, transaction: 7 }))).toBe('406 channel');
  });

  test('keeps what a channel had enlisted when that channel ends', () => {
    const client = working('a', 'b');
    client.do('get', { queue: 'q' });
    client.do('get', { queue: 'q' });
    client.do('settle', { deliveryTag: 1, transaction: 7 });
    client.do('close-channel');
    expect(client.bed.waiting('q')).toEqual(['b']);
    expect(ended(client)).toBe('committed');
    expect(client.bed.waiting('q')).toEqual(['b']);
  });

  test('gives back what a channel that has ended had enlisted, when it is rolled back', () => {
    const client = working('a');
    client.do('get', { queue: 'q' });
    client.do('settle', { deliveryTag: 1, transaction: 7 });
    client.do('close-channel');
    const other = client.bed.connection();
    other.consume('q', { consumerTag: 'c' });
    expect(delivered(discharge(client, true))).toEqual(['c:a!']);
  });

  test('is rolled back with the channel that controls it, and with its connection', () => {
    for (const end of ['close-channel', 'disconnect'] as const) {
      const client = working('a');
      publish(client, 'b');
      client.do('get', { queue: 'q' });
      client.do('settle', { deliveryTag: 1, transaction: 7 });
      if (end === 'disconnect') client.bed.apply({ kind: 'disconnect', connection: client.id });
      else for (const channel of [controller, 1]) client.do('close-channel', {}, channel);
      expect(client.bed.waiting('q')).toEqual(['a']);
      expect(client.bed.core.transactionOctets).toBe(0);
    }
  });

  test('is unknown to other channels, after its end, and where it never began', () => {
    const client = working();
    expect(one(client.do('discharge', { transaction: 7, fail: false }, 1), 'discharged').outcome).toBe('unknown');
    expect(one(discharge(client, false, 8), 'discharged').outcome).toBe('unknown');
    expect(ended(client)).toBe('committed');
    expect(ended(client)).toBe('unknown');
    expect(refusal(publish(client, 'a'))).toBe('406 channel');
  });

  test('is told to be committed when the store has all of it, written as one change', () => {
    const client = new Testbed({ readings: textReadings }).connection({ channels: 3 });
    client.queue('q', { durable: true });
    client.do('begin-transaction', { transaction: 7 }, controller);
    publish(client, 'a', 1, { persistent: true });
    publish(client, 'b', 2, { persistent: true });
    const [written, ...more] = all(discharge(client), 'persist');
    expect(more).toEqual([]);
    expect(written?.change).toMatchObject({ change: 'group', changes: [{ change: 'append' }, { change: 'append' }] });
    const upTo = written?.ticket ?? 0;
    expect(one(client.bed.apply({ kind: 'stored', upTo, failed: false }), 'discharged')).toMatchObject({ transaction: 7, outcome: 'committed' });
  });

  test('is told to have failed when the store lost it', () => {
    const client = new Testbed().connection({ channels: 3 });
    client.queue('q', { durable: true });
    client.do('begin-transaction', { transaction: 7 }, controller);
    publish(client, 'a', 1, { persistent: true });
    const upTo = one(discharge(client), 'persist').ticket ?? 0;
    expect(one(client.bed.apply({ kind: 'stored', upTo, failed: true }), 'discharged').outcome).toBe('failed');
  });
});
