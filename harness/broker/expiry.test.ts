import { describe, expect, test } from 'vitest';
import type { FieldTable, FieldValue } from '../spec/amqp091/domains.ts';
import { all, delivered, refusal, Testbed, type TestConnection } from './testbed.ts';

const long = (value: number): FieldValue => ({ type: 'long-int', value });
const ttl = (ms: number): FieldTable => [['x-message-ttl', long(ms)]];
const expires = (ms: number): FieldTable => [['x-expires', long(ms)]];

function started(args: FieldTable = []): { readonly bed: Testbed; readonly client: TestConnection } {
  const bed = new Testbed();
  const client = bed.connection();
  client.queue('q', { arguments: args });
  return { bed, client };
}

describe('a message', () => {
  test('is gone at the end of its time and not before', () => {
    const { bed, client } = started(ttl(100));
    client.publish('q', 'early');
    bed.pass(50);
    client.publish('q', 'late');
    bed.pass(49);
    expect(bed.waiting('q')).toEqual(['early', 'late']);
    bed.pass(1);
    expect(bed.waiting('q')).toEqual(['late']);
    bed.pass(50);
    expect(bed.waiting('q')).toEqual([]);
  });

  test.each([
    [100, 40],
    [40, 100],
  ])('lives for the lesser of %i ms and %i ms', (queueMs, messageMs) => {
    const { bed, client } = started(ttl(queueMs));
    client.publish('q', 'm', { ttlMs: messageMs });
    bed.pass(39);
    expect(bed.waiting('q')).toEqual(['m']);
    bed.pass(1);
    expect(bed.waiting('q')).toEqual([]);
  });

  test('that has no time is delivered at once or never', () => {
    const { bed, client } = started(ttl(0));
    client.publish('q', 'nobody');
    expect(bed.waiting('q')).toEqual([]);
    client.consume('q', { consumerTag: 'c' });
    expect(delivered(client.publish('q', 'somebody'))).toEqual(['c:somebody']);
  });

  test('that expired behind another is never handed out, and waits until that one is gone', () => {
    const { bed, client } = started();
    client.publish('q', 'head');
    client.publish('q', 'behind', { ttlMs: 10 });
    bed.pass(20);
    expect(bed.waiting('q')).toEqual(['head', 'behind']);
    expect(client.drain('q')).toEqual(['head']);
    expect(bed.waiting('q')).toEqual([]);
  });

  test('that expired is not what a consumer gets that wants no messages of its own', () => {
    const bed = new Testbed();
    const [own, other] = [bed.connection(), bed.connection()];
    own.queue('q');
    own.publish('q', 'own');
    other.publish('q', 'expired', { ttlMs: 10 });
    other.publish('q', 'fresh');
    bed.pass(20);
    expect(delivered(own.consume('q', { consumerTag: 'c', noLocal: true }))).toEqual(['c:fresh']);
    expect(bed.waiting('q')).toEqual(['own']);
  });

  test('keeps its end when it comes back', () => {
    const { bed, client } = started(ttl(100));
    client.publish('q', 'm');
    client.do('get', { queue: 'q' });
    bed.pass(150);
    client.settle(1, 'requeue');
    expect(bed.waiting('q')).toEqual([]);
  });

  test('whose time is none is refused', () => {
    const { client } = started();
    expect(refusal(client.publish('q', 'm', { ttlMs: Number.NaN, expiration: 'soon' }))).toBe('406 channel');
  });
});

describe('a queue', () => {
  test('is deleted when nobody used it for long enough', () => {
    const { bed } = started(expires(100));
    bed.pass(99);
    expect(bed.core.virtualHosts.get('/')?.queues.has('q')).toBe(true);
    bed.pass(1);
    expect(bed.core.virtualHosts.get('/')?.queues.has('q')).toBe(false);
  });

  test('lives on with every get and declare, and while it has consumers', () => {
    const { bed, client } = started(expires(100));
    const there = () => bed.core.virtualHosts.get('/')?.queues.has('q');
    bed.pass(60);
    client.do('get', { queue: 'q' });
    bed.pass(60);
    client.queue('q', { arguments: expires(100) });
    bed.pass(60);
    client.consume('q', { consumerTag: 'c' });
    bed.pass(500);
    expect(there()).toBe(true);
    client.do('cancel', { consumerTag: 'c' });
    bed.pass(99);
    expect(there()).toBe(true);
    bed.pass(1);
    expect(there()).toBe(false);
  });

  test('that was deleted by hand leaves nothing behind that could end a new one', () => {
    const { bed, client } = started(expires(100));
    bed.pass(50);
    client.do('delete-queue', { queue: 'q' });
    client.queue('q', { arguments: expires(100) });
    bed.pass(99);
    expect(bed.core.virtualHosts.get('/')?.queues.has('q')).toBe(true);
  });

  test.each([
    ['x-message-ttl', long(-1)],
    ['x-message-ttl', { type: 'boolean', value: true }],
    ['x-expires', long(0)],
    ['x-max-length', { type: 'double', value: 1.5 }],
    ['x-max-length-bytes', { type: 'long-string', value: Buffer.from('1') }],
    ['x-overflow', { type: 'long-string', value: Buffer.from('drop') }],
    ['x-dead-letter-exchange', long(1)],
    ['x-max-priority', long(256)],
  ] as readonly [string, FieldValue][])('is refused with %s = %o', (name, value) => {
    const client = new Testbed().connection();
    expect(refusal(client.do('declare-queue', { queue: 'q', arguments: [[name, value]] }))).toBe('406 channel');
  });
});

test('what a store brings back has lived since it came', () => {
  const bed = new Testbed();
  const { client } = { client: bed.connection() };
  client.queue('q', { durable: true, arguments: ttl(100) });
  bed.pass(30);
  const changes = all(client.publish('q', 'm', { persistent: true }), 'persist').map(({ change }) => change);
  const restarted = new Testbed();
  restarted.core.now = bed.core.now + 60;
  restarted.apply({
    kind: 'restore',
    change: { change: 'put', definition: { kind: 'queue', virtualHost: '/', name: 'q', attributes: { autoDelete: false, arguments: ttl(100) as never } } },
  });
  for (const change of changes) {
    if (change.change !== 'append') throw new Error(change.change);
    expect(change.arrivedMs).toBe(30);
    restarted.apply({ kind: 'restore', change, message: change.message as never });
  }
  expect(restarted.waiting('q')).toEqual(['m']);
  restarted.pass(40);
  expect(restarted.waiting('q')).toEqual([]);
});
