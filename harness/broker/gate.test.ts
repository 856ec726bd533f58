import { describe, expect, test } from 'vitest';
import { all, delivered, filled, kinds, practiceReadings, Testbed } from './testbed.ts';

describe('prefetch by count', () => {
  test('of a channel counts its consumers together, also those that were there before; no-ack is free', () => {
    const client = filled(new Testbed().connection(), '1', '2', '3', '4');
    client.do('limit-prefetch', { prefetchCount: 2 });
    expect(delivered(client.consume('q', { consumerTag: 'a' }))).toEqual(['a:1', 'a:2']);
    expect(delivered(client.consume('q', { consumerTag: 'b' }))).toEqual([]);
    expect(delivered(client.settle(1))).toEqual(['a:3']);
    expect(delivered(client.settle(2))).toEqual(['b:4']);
    client.publish('q', '5');
    expect(delivered(client.consume('q', { consumerTag: 'free', noAck: true }))).toEqual(['free:5']);
  });

  test('raised lets more go, lowered holds back until enough is settled', () => {
    const client = filled(new Testbed().connection(), '1', '2', '3', '4');
    client.do('limit-prefetch', { prefetchCount: 1 });
    client.consume('q', { consumerTag: 'c' });
    const raised = client.do('limit-prefetch', { prefetchCount: 3 });
    expect(kinds(raised)).toEqual(['prefetch-limited', 'deliver', 'deliver']);
    client.do('limit-prefetch', { prefetchCount: 1 });
    expect(delivered(client.settle(2, 'accept', { multiple: true }))).toEqual([]);
    expect(delivered(client.settle(3))).toEqual(['c:4']);
    expect(delivered([...client.do('limit-prefetch'), ...client.publish('q', '5')])).toEqual(['c:5']);
  });

  test('that is global counts all channels of the connection', () => {
    const client = filled(new Testbed().connection({ channels: 2 }), '1', '2', '3');
    client.do('limit-prefetch', { prefetchCount: 2, global: true });
    expect(delivered(client.consume('q', { consumerTag: 'a' }))).toEqual(['a:1', 'a:2']);
    expect(delivered(client.consume('q', { consumerTag: 'b' }, 2))).toEqual([]);
    expect(delivered(client.do('close-channel'))).toEqual(['b:1!', 'b:2!']);
  });
});

describe('prefetch', () => {
  test('in octets holds back more, but never a single message', () => {
    const client = filled(new Testbed().connection(), '12345678', '123', '12', '1');
    client.do('limit-prefetch', { prefetchSize: 5 });
    expect(delivered(client.consume('q', { consumerTag: 'c' }))).toEqual(['c:12345678']);
    expect(delivered(client.settle(1))).toEqual(['c:123', 'c:12']);
  });

  test('in octets lets a smaller message through as soon as it is the next one', () => {
    const client = filled(new Testbed().connection(), '1234', '12345', '1');
    client.do('limit-prefetch', { prefetchSize: 6 });
    expect(delivered(client.consume('q', { consumerTag: 'c' }))).toEqual(['c:1234']);
    expect(delivered(client.do('get', { queue: 'q', noAck: true }))).toEqual(['c:1']);
  });

  test('as practised counts each new consumer, and with global the channel', () => {
    const client = filled(new Testbed({ readings: { ...practiceReadings, globalPrefetch: 'text' } }).connection(), '1', '2', '3', '4', '5');
    client.do('limit-prefetch', { prefetchCount: 2 });
    expect(delivered(client.consume('q', { consumerTag: 'a' }))).toEqual(['a:1', 'a:2']);
    client.do('limit-prefetch', { prefetchCount: 3, global: true });
    expect(delivered(client.consume('q', { consumerTag: 'b' }))).toEqual(['b:3']);
    expect(delivered(client.settle(1))).toEqual(['a:4']);
  });

  test('with a global flag that is not looked at counts each new consumer all the same', () => {
    const client = filled(new Testbed({ readings: practiceReadings }).connection(), '1', '2', '3', '4');
    client.do('limit-prefetch', { prefetchCount: 2, global: true });
    expect(delivered(client.consume('q', { consumerTag: 'a' }))).toEqual(['a:1', 'a:2']);
    expect(delivered(client.consume('q', { consumerTag: 'b' }))).toEqual(['b:3', 'b:4']);
  });

  test('lets consumers of several queues take their turns', () => {
    const client = filled(new Testbed().connection());
    client.queue('r');
    client.do('limit-prefetch', { prefetchCount: 1 });
    client.consume('q', { consumerTag: 'a', noAck: false });
    client.consume('r', { consumerTag: 'b' });
    const effects = ['q', 'q', 'q', 'r', 'r'].flatMap(queue => client.publish(queue, queue));
    for (let tag = 1; tag <= 4; tag += 1) effects.push(...client.settle(tag));
    expect(delivered(effects)).toEqual(['a:q', 'a:q', 'b:r', 'a:q', 'b:r']);
  });
});

describe('flow', () => {
  test('stopped holds deliveries back, not gets, and is answered before they go on', () => {
    const client = filled(new Testbed().connection(), 'a', 'b');
    expect(kinds(client.do('flow', { active: false }))).toEqual(['flow-set']);
    expect(delivered(client.consume('q', { consumerTag: 'c', noAck: true }))).toEqual([]);
    expect(kinds(client.do('get', { queue: 'q' }))).toEqual(['got']);
    expect(kinds(client.do('flow', { active: true }))).toEqual(['flow-set', 'deliver']);
  });
});

describe('a window', () => {
  test('once used up stops deliveries until it is said to go on, whatever is waiting', () => {
    const bed = new Testbed({ windowOctets: 1000 });
    const client = filled(bed.connection(), ...Array.from({ length: 10 }, (_, index) => `${index}`));
    const first = client.consume('q', { consumerTag: 'c', noAck: true });
    expect(delivered(first)).toHaveLength(4);
    expect(all(first, 'window-used')).toHaveLength(1);
    const second = bed.apply({ kind: 'resume', connection: client.id });
    expect(delivered(second)).toEqual(['c:4', 'c:5', 'c:6', 'c:7']);
    expect(delivered(client.publish('q', 'late'))).toEqual([]);
    expect(delivered(bed.apply({ kind: 'resume', connection: client.id }))).toEqual(['c:8', 'c:9', 'c:late']);
  });
});
