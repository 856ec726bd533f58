import { describe, expect, test } from 'vitest';
import { delivered, filled, kinds, one, refusal, Testbed } from './testbed.ts';

describe('get', () => {
  test('takes one message at a time, counts the rest, and says when there is none', () => {
    const client = filled(new Testbed().connection(), 'a', 'b');
    expect(one(client.do('get', { queue: 'q' }), 'got')).toMatchObject({ deliveryTag: 1, redelivered: false, messageCount: 1 });
    expect(one(client.do('get', { queue: 'q', noAck: true }), 'got')).toMatchObject({ deliveryTag: 2, messageCount: 0 });
    expect(kinds(client.do('get', { queue: 'q' }))).toEqual(['got-nothing']);
    expect(refusal(client.settle(2))).toBe('406 channel');
  });

  test('says 404 for a missing queue', () => {
    expect(refusal(new Testbed().connection().do('get', { queue: 'missing' }))).toBe('404 channel');
  });
});

describe('settling', () => {
  test.each([
    ['one', 2, false, ['1', '3', '4']],
    ['up to one', 2, true, ['3', '4']],
    ['all', 0, true, []],
  ])('%s takes exactly that away', (_, tag, multiple, left) => {
    const bed = new Testbed();
    const client = filled(bed.connection(), '1', '2', '3', '4');
    client.consume('q');
    client.settle(tag, 'accept', { multiple });
    client.do('close-channel');
    expect(bed.waiting('q')).toEqual(left);
  });

  test.each([
    ['of no delivery', 9, false],
    ['of no delivery, up to it', 9, true],
    ['zero', 0, false],
    ['settled before', 1, false],
    ['settled before, up to it', 1, true],
  ])('a tag %s is a precondition that failed', (_, tag, multiple) => {
    const client = filled(new Testbed().connection(), 'a', 'b');
    client.consume('q');
    client.settle(1);
    for (const outcome of ['accept', 'discard', 'requeue'] as const) {
      const again = filled(new Testbed().connection(), 'a', 'b');
      again.consume('q');
      again.settle(1);
      expect(refusal(again.settle(tag, outcome, { multiple }))).toBe('406 channel');
    }
  });
});

describe('a settled message', () => {
  test('all where nothing is out is no error', () => {
    expect(kinds(new Testbed().connection().settle(0, 'accept', { multiple: true }))).toEqual([]);
  });

  test('belongs to the channel of the delivery', () => {
    const client = filled(new Testbed().connection({ channels: 2 }), 'a');
    client.consume('q');
    expect(refusal(client.do('settle', { deliveryTag: 1 }, 2))).toBe('406 channel');
  });

  test('with requeue puts back in order, marked, for others first', () => {
    const bed = new Testbed();
    const client = filled(bed.connection(), '1', '2', '3');
    for (let tag = 1; tag <= 2; tag += 1) client.do('get', { queue: 'q' });
    client.settle(2, 'requeue');
    client.settle(1, 'requeue');
    expect(bed.waiting('q')).toEqual(['1', '2', '3']);
    expect(delivered(client.consume('q', { consumerTag: 'c' }))).toEqual(['c:1!', 'c:2!', 'c:3']);
    bed.connection().consume('q', { consumerTag: 'd' });
    expect(delivered(client.settle(3, 'requeue'))).toEqual(['d:1!']);
  });

  test('without requeue drops', () => {
    const client = filled(new Testbed().connection(), 'a');
    client.do('get', { queue: 'q' });
    client.settle(1, 'discard');
    expect(client.drain('q')).toEqual([]);
  });
});

describe('recover', () => {
  test('with requeue gives everything back, after its reply', () => {
    const client = filled(new Testbed().connection(), 'a', 'b');
    client.consume('q', { consumerTag: 'c' });
    const effects = client.do('recover', { requeue: true });
    expect(kinds(effects)).toEqual(['recovered', 'deliver', 'deliver']);
    expect(delivered(effects)).toEqual(['c:a!', 'c:b!']);
  });

  test('without requeue sends to the same consumer again, and to the queue what has none', () => {
    const bed = new Testbed();
    const client = filled(bed.connection(), 'a', 'b', 'c');
    client.do('get', { queue: 'q' });
    client.do('limit-prefetch', { prefetchCount: 1 });
    client.consume('q', { consumerTag: 'first' });
    client.consume('q', { consumerTag: 'second' });
    const effects = client.do('recover', { requeue: false, noWait: true });
    expect(delivered(effects)).toEqual(['first:b!']);
    expect(bed.waiting('q')).toEqual(['a', 'c']);
    expect(kinds(client.settle(3))).toEqual(['deliver']);
  });
});
