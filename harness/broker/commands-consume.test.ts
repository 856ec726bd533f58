import { describe, expect, test } from 'vitest';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import { delivered, filled, kinds, one, refusal, Testbed } from './testbed.ts';

describe('consume', () => {
  test('is answered before anything is delivered', () => {
    const client = filled(new Testbed().connection(), 'a', 'b');
    expect(kinds(client.consume('q', { consumerTag: 'c' }))).toEqual(['consuming', 'deliver', 'deliver']);
  });

  test('serves consumers in turn', () => {
    const client = filled(new Testbed().connection());
    for (const consumerTag of ['a', 'b', 'c']) client.consume('q', { consumerTag, noAck: true });
    const effects = ['1', '2', '3', '4'].flatMap(body => client.publish('q', body));
    expect(delivered(effects)).toEqual(['a:1', 'b:2', 'c:3', 'a:4']);
  });

  test('gives tags to those without, and refuses one that is in use on the channel', () => {
    const client = filled(new Testbed().connection({ channels: 2 }));
    const tags = [1, 2].map(() => one(client.consume('q'), 'consuming').consumerTag);
    expect(new Set(tags).size).toBe(2);
    expect(kinds(client.consume('q', { consumerTag: tags[0] ?? '' }, 2))).toEqual(['consuming']);
    expect(refusal(client.consume('q', { consumerTag: tags[0] ?? '' }))).toBe('530 connection');
  });

  test('shares no queue where one consumer is exclusive', () => {
    const client = filled(new Testbed().connection({ channels: 3 }));
    client.consume('q', { exclusive: true, consumerTag: 'c' });
    expect(refusal(client.consume('q', {}, 2))).toBe('403 channel');
    client.do('cancel', { consumerTag: 'c' });
    client.consume('q');
    expect(refusal(client.consume('q', { exclusive: true }, 3))).toBe('403 channel');
  });

  test('refuses arguments of extensions that it lacks', () => {
    const extension: FieldTable = [['x-stream-offset', { type: 'long-int', value: 1 }]];
    expect(refusal(filled(new Testbed().connection()).consume('q', { arguments: extension }))).toBe('540 connection');
  });

  test('with no-local leaves the own messages of the connection to others, in order', () => {
    const bed = new Testbed();
    const own = filled(bed.connection(), 'own 1');
    const other = bed.connection();
    own.consume('q', { consumerTag: 'deaf', noLocal: true, noAck: true });
    const effects = [...other.publish('q', 'other 1'), ...own.publish('q', 'own 2'), ...other.publish('q', 'other 2')];
    expect(delivered(effects)).toEqual(['deaf:other 1', 'deaf:other 2']);
    expect(delivered(other.consume('q', { consumerTag: 'all' }))).toEqual(['all:own 1', 'all:own 2']);
    expect(delivered(other.settle(0, 'requeue', { multiple: true }))).toEqual(['all:own 1!', 'all:own 2!']);
  });
});

describe('consumer priorities', () => {
  const withPriority = (consumerTag: string, value: number, noAck = true) => ({
    consumerTag,
    noAck,
    arguments: [['x-priority', { type: 'long-int', value }]] as FieldTable,
  });

  test('serve the highest first and equals in turn', () => {
    const client = filled(new Testbed().connection());
    for (const [tag, value] of [
      ['low', -1],
      ['high 1', 7],
      ['high 2', 7],
    ] as const)
      client.consume('q', withPriority(tag, value));
    client.consume('q', { consumerTag: 'plain', noAck: true });
    expect(delivered(['1', '2', '3'].flatMap(body => client.publish('q', body)))).toEqual(['high 1:1', 'high 2:2', 'high 1:3']);
  });

  test('let the lower have what the higher may not take', () => {
    const client = filled(new Testbed().connection({ channels: 2 }));
    client.do('limit-prefetch', { prefetchCount: 1 });
    client.consume('q', withPriority('high', 1, false));
    client.consume('q', withPriority('low', 0), 2);
    expect(delivered(['1', '2'].flatMap(body => client.publish('q', body)))).toEqual(['high:1', 'low:2']);
    client.settle(1);
    expect(delivered(client.publish('q', '3'))).toEqual(['high:3']);
  });

  test('have to be integers', () => {
    const wrong: FieldTable = [['x-priority', { type: 'boolean', value: true }]];
    expect(refusal(filled(new Testbed().connection()).consume('q', { arguments: wrong }))).toBe('406 channel');
  });
});

describe('a single active consumer', () => {
  const single: FieldTable = [['x-single-active-consumer', { type: 'boolean', value: true }]];

  function waiting(bed: Testbed) {
    const [first, second] = [bed.connection({ channels: 2 }), bed.connection()];
    first.queue('q', { arguments: single });
    first.consume('q', { consumerTag: 'a' });
    second.consume('q', { consumerTag: 'b' });
    return { first, second };
  }

  test('gets everything, also what it may not take yet', () => {
    const { first } = waiting(new Testbed());
    first.do('limit-prefetch', { prefetchCount: 1 });
    expect(delivered(['1', '2'].flatMap(body => first.publish('q', body, { channel: 2 })))).toEqual(['a:1']);
    expect(delivered(first.settle(1))).toEqual(['a:2']);
  });

  test('is followed by the next after its cancel, which is confirmed first', () => {
    const { first } = waiting(new Testbed());
    first.do('limit-prefetch', { prefetchCount: 1 });
    for (const body of ['1', '2']) first.publish('q', body);
    const effects = first.do('cancel', { consumerTag: 'a' });
    expect(kinds(effects)).toEqual(['cancelled', 'deliver']);
    expect(delivered(effects)).toEqual(['b:2']);
  });

  test('is followed by the next after its channel and its connection, with what it had not settled', () => {
    const bed = new Testbed();
    const { first, second } = waiting(bed);
    first.publish('q', '1');
    expect(delivered(first.do('close-channel'))).toEqual(['b:1!']);
    first.consume('q', { consumerTag: 'c' }, 2);
    expect(delivered(bed.apply({ kind: 'disconnect', connection: second.id }))).toEqual(['c:1!']);
  });

  test('is never exclusive', () => {
    const client = new Testbed().connection();
    client.queue('q', { arguments: single });
    expect(refusal(client.consume('q', { exclusive: true }))).toBe('403 channel');
  });
});

describe('cancel', () => {
  test('stops deliveries and leaves with the client what it has', () => {
    const client = filled(new Testbed().connection(), 'a');
    client.consume('q', { consumerTag: 'c' });
    expect(kinds(client.do('cancel', { consumerTag: 'c' }))).toEqual(['cancelled']);
    expect(delivered(client.publish('q', 'b'))).toEqual([]);
    expect(kinds(client.settle(1))).toEqual([]);
    expect(client.drain('q')).toEqual(['b']);
  });

  test('minds no tag that nobody bears, and minds one of another channel', () => {
    const client = filled(new Testbed().connection({ channels: 2 }));
    client.consume('q', { consumerTag: 'c' });
    expect(kinds(client.do('cancel', { consumerTag: 'none' }, 2))).toEqual(['cancelled']);
    expect(refusal(client.do('cancel', { consumerTag: 'c' }, 2))).toBe('530 connection');
  });

  test('takes a consumer out of whatever it waits for', () => {
    const client = filled(new Testbed().connection(), 'a', 'b');
    client.do('limit-prefetch', { prefetchCount: 1 });
    client.consume('q', { consumerTag: 'c' });
    client.do('cancel', { consumerTag: 'c' });
    expect(delivered(client.settle(1))).toEqual([]);
  });
});
