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

  test('refuses arguments of extensions', () => {
    const extension: FieldTable = [['x-priority', { type: 'long-int', value: 1 }]];
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
