import { describe, expect, test } from 'vitest';
import type { FieldTable } from '../spec/amqp091/domains.ts';
import { all, kinds, one, refusal, Testbed } from './testbed.ts';

const note: FieldTable = [['note', { type: 'long-int', value: 1 }]];
const extension: FieldTable = [['x-queue-type', { type: 'long-int', value: 1000 }]];

describe('declaring queues', () => {
  test('without a name get one each, which the channel remembers', () => {
    const client = new Testbed().connection();
    const first = client.queue('');
    const second = client.queue('');
    expect(first).not.toBe(second);
    expect(client.queue('', { passive: true })).toBe(second);
    expect(kinds(client.do('declare-queue', { queue: first }))).toEqual(['queue-declared']);
  });

  test.each([
    ['another durability', { durable: true }],
    ['another auto-delete', { autoDelete: true }],
    ['exclusively', { exclusive: true }],
    ['other arguments', { arguments: note }],
    ['an argument of an extension', { arguments: extension }],
  ])('are not declared again with %s', (_, difference) => {
    const client = new Testbed().connection();
    client.queue('q');
    expect(refusal(client.do('declare-queue', { queue: 'q', ...difference }))).toBe('406 channel');
  });

  test.each([
    ['a missing one, passively', 'missing', { passive: true }, '404 channel'],
    ['nothing declared, passively', '', { passive: true }, '404 channel'],
    ['a reserved name', 'amq.mine', {}, '403 channel'],
    ['an illegal name', 'ä', {}, '406 channel'],
    ['a name of 128 octets', 'q'.repeat(128), {}, '406 channel'],
    ['an argument of an extension', 'q', { arguments: extension }, '540 connection'],
    ['an argument of an extension and no name', '', { arguments: extension }, '540 connection'],
  ])('are not declared for %s', (_, queue, draft, expected) => {
    const bed = new Testbed();
    expect(refusal(bed.connection().do('declare-queue', { queue, ...draft }))).toBe(expected);
    expect(bed.core.virtualHosts.get('/')?.queues.size).toBe(0);
  });
});

describe('queues in use', () => {
  test('that are exclusive are locked to others, before anything else is looked at, and end with their connection', () => {
    const bed = new Testbed();
    const owner = bed.connection();
    owner.queue('q', { exclusive: true });
    const uses = ['declare-queue', 'bind-queue', 'unbind-queue', 'purge-queue', 'delete-queue', 'consume', 'get'] as const;
    for (const use of uses) expect(refusal(bed.connection().do(use, { queue: 'q' }))).toBe('405 channel');
    for (const draft of [{ passive: true }, { durable: true }])
      expect(refusal(bed.connection().do('declare-queue', { queue: 'q', ...draft }))).toBe('405 channel');
    bed.apply({ kind: 'disconnect', connection: owner.id });
    expect(refusal(bed.connection().do('declare-queue', { queue: 'q', passive: true }))).toBe('404 channel');
  });

  test('with auto-delete stay until they had a consumer and the last one is gone', () => {
    const bed = new Testbed();
    const client = bed.connection({ channels: 2 });
    client.queue('q', { autoDelete: true });
    client.do('get', { queue: 'q' });
    client.consume('q', { consumerTag: 'a' });
    client.consume('q', { consumerTag: 'b' }, 2);
    client.do('cancel', { consumerTag: 'a' });
    expect(bed.core.virtualHosts.get('/')?.queues.has('q')).toBe(true);
    client.do('close-channel', {}, 2);
    expect(bed.core.virtualHosts.get('/')?.queues.has('q')).toBe(false);
  });

  test('count what waits and who consumes, not those whose flow is stopped', () => {
    const client = new Testbed().connection({ channels: 2 });
    client.queue('q');
    client.do('flow', { active: false }, 2);
    client.consume('q', {}, 2);
    client.publish('q', 'a');
    expect(one(client.do('declare-queue', { queue: 'q', passive: true }), 'queue-declared')).toMatchObject({ messageCount: 1, consumerCount: 0 });
    client.do('flow', { active: true }, 2);
    expect(one(client.do('declare-queue', { queue: 'q', passive: true }), 'queue-declared')).toMatchObject({ messageCount: 0, consumerCount: 1 });
  });
});

describe('queues', () => {
  test('are purged of what waits, and of nothing that was sent', () => {
    const client = new Testbed().connection();
    client.queue('q');
    for (const body of ['a', 'b', 'c']) client.publish('q', body);
    client.do('get', { queue: 'q' });
    expect(one(client.do('purge-queue', { queue: '' }), 'queue-purged').messageCount).toBe(2);
    client.settle(1, 'requeue');
    expect(client.drain('q')).toEqual(['a']);
  });

  test('are deleted with their count, unless in use or not empty where that matters', () => {
    const client = new Testbed().connection({ channels: 4 });
    client.queue('q');
    client.publish('q', 'a');
    expect(refusal(client.do('delete-queue', { queue: 'q', ifEmpty: true }, 2))).toBe('406 channel');
    client.do('get', { queue: 'q' });
    expect(refusal(client.do('delete-queue', { queue: 'q', ifEmpty: true }, 3))).toBe('406 channel');
    client.publish('q', 'b');
    client.consume('q', { consumerTag: 'c' });
    expect(refusal(client.do('delete-queue', { queue: 'q', ifUnused: true }, 4))).toBe('406 channel');
    client.do('cancel', { consumerTag: 'c' });
    client.publish('q', 'c');
    expect(one(client.do('delete-queue', { queue: 'q', ifUnused: true }), 'queue-deleted').messageCount).toBe(1);
    expect(refusal(client.do('delete-queue', { queue: 'q' }))).toBe('404 channel');
  });

  test('tell consumers that lose them, where they asked for it, and let them cancel all the same', () => {
    const bed = new Testbed();
    const told = bed.connection();
    const deaf = bed.connection({ cancelNotify: false });
    told.queue('q');
    told.consume('q', { consumerTag: 'told' });
    deaf.consume('q', { consumerTag: 'deaf' });
    const lost = all(told.do('delete-queue', { queue: 'q' }), 'consumer-lost');
    expect(lost).toEqual([{ kind: 'consumer-lost', connection: told.id, channel: 1, consumerTag: 'told' }]);
    expect(kinds(deaf.do('cancel', { consumerTag: 'deaf' }))).toEqual(['cancelled']);
  });

  test('that are named by nobody where none was declared are not found', () => {
    for (const use of ['bind-queue', 'unbind-queue', 'purge-queue', 'delete-queue', 'consume', 'get'] as const) {
      expect(refusal(new Testbed().connection().do(use))).toBe('404 channel');
    }
  });
});
