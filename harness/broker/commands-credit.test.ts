import { describe, expect, test } from 'vitest';
import type { Message } from './message.ts';
import { all, delivered, filled, kinds, one, Testbed, type TestConnection, text } from './testbed.ts';

/** A connection with a queue `q` of these messages and a consumer `c` that begins without credit. */
function thirsty(...bodies: readonly string[]): TestConnection {
  const client = filled(new Testbed().connection(), ...bodies);
  client.consume('q', { consumerTag: 'c', credit: 0 });
  return client;
}

const grant = (client: TestConnection, credit: number, drain = false) => client.do('grant-credit', { consumerTag: 'c', credit, drain });

describe('a consumer with credit', () => {
  test('gets nothing before it is granted any, and then no more than that', () => {
    const client = thirsty('a', 'b', 'c');
    const effects = grant(client, 2);
    expect(delivered(effects)).toEqual(['c:a', 'c:b']);
    expect(one(effects, 'credited')).toMatchObject({ credit: 0, available: 1, drained: false });
    client.settle(1);
    client.settle(2);
    expect(client.bed.waiting('q')).toEqual(['c']);
  });

  test('gets what comes later against the credit that is left', () => {
    const client = thirsty();
    expect(one(grant(client, 2), 'credited')).toMatchObject({ credit: 2, available: 0, drained: false });
    expect(delivered(client.publish('q', 'a'))).toEqual(['c:a']);
    expect(delivered(client.publish('q', 'b'))).toEqual(['c:b']);
    expect(delivered(client.publish('q', 'c'))).toEqual([]);
  });

  test('can have its credit taken back', () => {
    const client = thirsty();
    grant(client, 5);
    grant(client, 0);
    expect(delivered(client.publish('q', 'a'))).toEqual([]);
  });

  test('that drains gets what is there and gives up the rest', () => {
    const client = thirsty('a');
    const effects = grant(client, 3, true);
    expect(delivered(effects)).toEqual(['c:a']);
    expect(one(effects, 'credited')).toMatchObject({ credit: 0, drained: true });
    expect(delivered(client.publish('q', 'b'))).toEqual([]);
  });

  test('that drains while its window is used up is drained when the window is opened', () => {
    const client = filled(new Testbed({ windowOctets: 300 }).connection(), 'a', 'b', 'c');
    client.consume('q', { consumerTag: 'c', credit: 0 });
    const first = grant(client, 5, true);
    expect(delivered(first)).toEqual(['c:a', 'c:b']);
    expect(one(first, 'credited')).toMatchObject({ credit: 3, drained: false });
    const rest = client.bed.apply({ kind: 'resume', connection: client.id });
    expect(delivered(rest)).toEqual(['c:c']);
    expect(one(rest, 'credited')).toMatchObject({ credit: 0, drained: true });
    expect(all(client.bed.apply({ kind: 'resume', connection: client.id }), 'credited')).toEqual([]);
  });

  test('that is gone is granted nothing', () => {
    const client = thirsty('a');
    client.do('cancel', { consumerTag: 'c' });
    expect(kinds(grant(client, 5))).toEqual([]);
  });
});

describe('a consumer that browses', () => {
  test('is shown everything in order, once, and takes nothing', () => {
    const client = filled(new Testbed().connection(), 'a', 'b');
    expect(delivered(client.consume('q', { consumerTag: 'c', browses: true }))).toEqual(['c:a', 'c:b']);
    expect(delivered(client.publish('q', 'c'))).toEqual(['c:c']);
    expect(client.bed.waiting('q')).toEqual(['a', 'b', 'c']);
    expect(delivered(client.consume('q', { consumerTag: 'd' }))).toEqual(['d:a', 'd:b', 'd:c']);
  });

  test('stops where its credit ends', () => {
    const client = filled(new Testbed().connection(), 'a', 'b', 'c');
    client.consume('q', { consumerTag: 'c', browses: true, credit: 0 });
    expect(delivered(grant(client, 2))).toEqual(['c:a', 'c:b']);
    expect(delivered(grant(client, 2))).toEqual(['c:c']);
  });
});

describe('a consumer that wants some messages only', () => {
  const wants = (message: Message) => text(message).startsWith('x');

  test('gets those, and leaves the others to others', () => {
    const client = filled(new Testbed().connection(), 'a', 'x1', 'b', 'x2');
    expect(delivered(client.consume('q', { consumerTag: 'c', wants }))).toEqual(['c:x1', 'c:x2']);
    expect(delivered(client.consume('q', { consumerTag: 'd' }))).toEqual(['d:a', 'd:b']);
    expect(delivered(client.publish('q', 'x3'))).toHaveLength(1);
  });
});

describe('what comes back', () => {
  test('counts the attempts that failed, and no others', () => {
    const client = thirsty('a');
    grant(client, 9);
    const again = client.settle(1, 'requeue', { modification: { deliveryFailed: true, undeliverableHere: false } });
    expect(one(again, 'deliver')).toMatchObject({ failures: 1, redelivered: true });
    expect(one(client.settle(2, 'requeue'), 'deliver')).toMatchObject({ failures: 1, redelivered: true });
  });

  test('does not come to whom it is undeliverable, but to others', () => {
    const client = thirsty('a', 'b');
    grant(client, 9);
    const back = client.settle(1, 'requeue', { modification: { deliveryFailed: false, undeliverableHere: true } });
    expect(delivered(back)).toEqual([]);
    expect(client.bed.waiting('q')).toEqual(['a']);
    expect(delivered(client.consume('q', { consumerTag: 'd' }))).toEqual(['d:a!']);
  });

  test('comes as its receiver has changed it', () => {
    const client = thirsty('a');
    grant(client, 9);
    const message = (before: Message): Message => ({ ...before, body: [Buffer.from('A')] });
    expect(delivered(client.settle(1, 'requeue', { modification: { deliveryFailed: false, undeliverableHere: false, message } }))).toEqual(['c:A!']);
  });
});
