import { expect, test } from 'vitest';
import type { StoredMessage } from '../store/store.ts';
import { Core } from './core.ts';
import { PagedMessage } from './paging.ts';
import { all, message, Testbed, text } from './testbed.ts';

/** A core whose store has everything as soon as it is told, and that keeps five octets in memory. */
function paging() {
  const disk = new Map<number, StoredMessage>();
  const reads: number[] = [];
  const bed = new Testbed();
  const settings = { ...bed.core.settings, pageOctets: 5, memoryOctets: 20 };
  const core = new Core(settings, (_, position) => {
    reads.push(position);
    const stored = disk.get(position);
    if (stored === undefined) throw new Error(`nothing at ${position}`);
    return message({ ...stored, persistent: true }, Buffer.concat(stored.body).toString());
  });
  Object.defineProperty(bed, 'core', { value: core });
  const apply = bed.apply.bind(bed);
  bed.apply = command => {
    const effects = apply(command);
    for (const { change, ticket } of all(effects, 'persist')) {
      if (change.change === 'append') disk.set(change.position, change.message);
      if (change.change === 'remove') disk.delete(change.position);
      if (ticket !== undefined) effects.push(...apply({ kind: 'stored', upTo: ticket, failed: false }));
    }
    return effects;
  };
  const client = bed.connection();
  client.queue('q', { durable: true });
  const queue = core.virtualHosts.get('/')?.queues.get('q');
  const paged = () => [...(queue?.peek() ?? [])].map(entry => entry.message instanceof PagedMessage);
  return { bed, core, client, paged, reads };
}

test('stored messages beyond what memory may hold are on disk only, and are read when they are sent', () => {
  const { core, client, paged, reads } = paging();
  for (const body of ['abc', 'def', 'ghi', 'jkl']) client.publish('q', body, { persistent: true });
  expect(paged()).toEqual([false, false, true, true]);
  expect(core.heldOctets).toBe(6);
  expect(reads).toEqual([]);
  const got = [1, 2, 3].map(() => all(client.do('get', { queue: 'q' }), 'got').map(each => text(each.message))[0]);
  expect(got).toEqual(['abc', 'def', 'ghi']);
  expect(reads).toEqual([3]);
  client.settle(3, 'requeue');
  client.settle(1);
  client.settle(2);
  expect(core.heldOctets).toBe(0);
  expect(client.drain('q')).toEqual(['ghi', 'jkl']);
  expect(core.heldOctets).toBe(0);
});

test('a message that leaves before the store has it is not counted twice', () => {
  const { core, client } = paging();
  client.publish('q', 'abcdef', { persistent: true });
  client.publish('q', 'ghi', { persistent: true });
  client.do('purge-queue', { queue: 'q' });
  expect(core.heldOctets).toBe(0);
});

test('transient messages stay in memory, and hold their publishers', () => {
  const { client, paged } = paging();
  const effects = ['abcdefghij', 'abcdefghij', 'abcdefghij'].flatMap(body => client.publish('q', body));
  expect(paged()).toEqual([false, false, false]);
  expect(all(effects, 'hold')).toMatchObject([{ held: true }]);
});

test('persistent messages without end hold nobody', () => {
  const { client, core } = paging();
  const effects = Array.from({ length: 50 }, () => client.publish('q', 'abcdefghij', { persistent: true })).flat();
  expect(all(effects, 'hold')).toEqual([]);
  expect(core.heldOctets).toBe(10);
});
