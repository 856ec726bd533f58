import { describe, expect, test } from 'vitest';
import { all, delivered, kinds, message, one, refusal, Testbed, type TestConnection } from './testbed.ts';

const client = (): TestConnection => new Testbed().connection({ channels: 2 });

describe('a channel that is going to publish', () => {
  test('is told beforehand what would keep it from that', () => {
    expect(kinds(client().do('begin-publishing', { exchange: 'amq.topic' }))).toEqual(['publishing']);
    expect(refusal(client().do('begin-publishing', { exchange: 'none' }))).toBe('404 channel');
    expect(refusal(client().do('begin-publishing', { exchange: '', queue: 'none' }))).toBe('404 channel');
    const bed = new Testbed({ permissions: { guest: { '/': { configure: '', write: '^q$', read: '' } } } });
    expect(refusal(bed.connection().do('begin-publishing', { exchange: 'amq.topic' }))).toBe('403 channel');
  });

  test('may use a queue that another connection has for itself, as every publisher may', () => {
    const owner = client();
    owner.queue('mine', { exclusive: true });
    expect(kinds(owner.bed.connection().do('begin-publishing', { queue: 'mine' }))).toEqual(['publishing']);
  });

  test('hears that its queue is gone, unless it has gone before', () => {
    const one1 = client();
    one1.queue('q');
    one1.do('begin-publishing', { queue: 'q' });
    one1.do('begin-publishing', { queue: 'q' }, 2);
    one1.do('close-channel', {}, 2);
    expect(all(one1.do('delete-queue', { queue: 'q' }), 'target-lost')).toMatchObject([{ channel: 1 }]);
  });
});

describe('a message that is spared', () => {
  const spare = (from: TestConnection, exchange: string) =>
    from.do('publish', { message: message({ exchange, routingKey: 'q', userId: exchange === '' ? 'other' : undefined }), spared: true });

  test('is refused by its confirm alone, and the next one is counted behind it', () => {
    const publisher = client();
    publisher.queue('q');
    publisher.do('select-confirm');
    expect(one(spare(publisher, 'none'), 'confirm')).toMatchObject({ deliveryTag: 1, accepted: false, refusal: { code: 404 } });
    expect(one(spare(publisher, ''), 'confirm')).toMatchObject({ deliveryTag: 2, accepted: false, refusal: { code: 406 } });
    const next = one(publisher.publish('q', 'a'), 'confirm');
    expect(next).toMatchObject({ deliveryTag: 3, accepted: true });
    expect('refusal' in next).toBe(false);
  });

  test('is dropped where nobody waits for confirms', () => {
    expect(kinds(spare(client(), 'none'))).toEqual([]);
  });
});

describe('channels that are closed together', () => {
  test('do not get what one of them gives back', () => {
    const both = client();
    both.queue('q');
    both.consume('q', { consumerTag: 'a' });
    both.publish('q', 'x');
    both.consume('q', { consumerTag: 'b', noAck: true }, 2);
    expect(delivered(both.bed.apply({ kind: 'close-channels', connection: both.id, channels: [1, 2, 9] }))).toEqual([]);
    expect(both.bed.waiting('q')).toEqual(['x']);
  });
});

describe('a delivery', () => {
  test('tells when its message is to be gone', () => {
    const bed = new Testbed();
    bed.core.now = 100;
    const consumer = bed.connection();
    consumer.queue('q');
    consumer.consume('q');
    expect(one(consumer.publish('q', 'a', { ttlMs: 50 }), 'deliver').deadlineMs).toBe(150);
    expect(one(consumer.publish('q', 'b'), 'deliver').deadlineMs).toBe(-1);
  });
});
