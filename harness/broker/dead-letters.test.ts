import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldTable, FieldValue } from '../spec/amqp091/domains.ts';
import { all, one, refusal, Testbed, type TestConnection } from './testbed.ts';

const long = (value: number): FieldValue => ({ type: 'long-int', value });
const string = (value: string): FieldValue => ({ type: 'long-string', value: Buffer.from(value) });

const to = (exchange: string, key?: string): FieldTable => [
  ['x-dead-letter-exchange', string(exchange)],
  ...(key === undefined ? [] : [['x-dead-letter-routing-key', string(key)] as const]),
];

/** Queue `q` with these arguments, whose letters go to queue `letters`. */
function started(args: FieldTable = []): { readonly bed: Testbed; readonly client: TestConnection } {
  const bed = new Testbed();
  const client = bed.connection();
  client.queue('letters');
  client.queue('q', { arguments: [...to('', 'letters'), ...args] });
  return { bed, client };
}

/** What the messages of a queue died of, the latest first. */
function deathsIn(bed: Testbed, queue: string): string[][] {
  const entries = [...(bed.core.virtualHosts.get('/')?.queues.get(queue)?.peek() ?? [])];
  return entries.map(({ message }) => message.deaths.map(death => `${death.queue} ${death.reason} ${death.count}`));
}

describe('a dead letter', () => {
  test.each(['reject', 'expire', 'drop'] as const)('is made when messages %s', how => {
    const { bed, client } = started(how === 'expire' ? [['x-message-ttl', long(10)]] : how === 'drop' ? [['x-max-length', long(0)]] : []);
    client.publish('q', 'm');
    if (how === 'reject') {
      client.do('get', { queue: 'q' });
      client.settle(1, 'discard');
    }
    bed.pass(10);
    expect(bed.waiting('letters')).toEqual(['m']);
    expect(deathsIn(bed, 'letters')).toEqual([[`q ${{ reject: 'rejected', expire: 'expired', drop: 'maxlen' }[how]} 1`]]);
  });

  test('is not made of what is accepted, purged, or goes with its queue', () => {
    const { bed, client } = started([['x-expires', long(50)]]);
    for (const body of ['accepted', 'purged']) client.publish('q', body);
    client.do('get', { queue: 'q' });
    client.settle(1);
    client.do('purge-queue', { queue: 'q' });
    client.publish('q', 'expires with its queue');
    bed.pass(50);
    expect(bed.waiting('letters')).toEqual([]);
  });

  test('is dropped where its exchange is missing', () => {
    const bed = new Testbed();
    const client = bed.connection();
    client.queue('q', { arguments: [...to('nowhere'), ['x-max-length', long(0)]] });
    expect(all(client.publish('q', 'm'), 'refused')).toEqual([]);
    expect(bed.core.heldOctets).toBe(0);
  });

  test('does not go round by itself', () => {
    const bed = new Testbed();
    const client = bed.connection();
    client.queue('a', { arguments: [...to('', 'b'), ['x-message-ttl', long(10)]] });
    client.queue('b', { arguments: [...to('', 'a'), ['x-message-ttl', long(10)]] });
    client.queue('full', { arguments: [...to('', 'full'), ['x-max-length', long(0)]] });
    client.publish('a', 'm');
    client.publish('full', 'm');
    bed.pass(100);
    for (const queue of ['a', 'b', 'full']) expect(bed.waiting(queue)).toEqual([]);
    expect(bed.core.heldOctets).toBe(0);
  });

  test('comes back as often as somebody rejects it, and counts', () => {
    const bed = new Testbed();
    const client = bed.connection();
    client.queue('q', { arguments: to('', 'pause') });
    client.queue('pause', { arguments: [...to('', 'q'), ['x-message-ttl', long(10)]] });
    client.publish('q', 'm');
    for (let tag = 1; tag <= 3; tag += 1) {
      client.do('get', { queue: 'q' });
      client.settle(tag, 'discard');
      bed.pass(10);
    }
    expect(deathsIn(bed, 'q')).toEqual([['pause expired 3', 'q rejected 3']]);
  });

  test('is stored before what it was is forgotten', () => {
    const { client } = started();
    client.queue('stored-letters', { durable: true });
    client.queue('stored', { durable: true, arguments: to('', 'stored-letters') });
    client.publish('stored', 'm', { persistent: true });
    client.do('get', { queue: 'stored' });
    const changes = all(client.settle(1, 'discard'), 'persist').map(({ change }) => change.change);
    expect(changes).toEqual(['append', 'remove']);
  });
});

describe('a full queue', () => {
  test('tells the publisher that it did not take a message, though others did', () => {
    const client = new Testbed().connection();
    client.do('declare-exchange', { exchange: 'e', type: 'fanout' });
    client.queue('roomy');
    client.queue('full', {
      arguments: [
        ['x-max-length', long(1)],
        ['x-overflow', string('reject-publish')],
      ],
    });
    for (const queue of ['roomy', 'full']) client.do('bind-queue', { queue, exchange: 'e' });
    client.do('select-confirm');
    expect(one(client.publish('', '1', { exchange: 'e' }), 'confirm')).toMatchObject({ deliveryTag: 1, accepted: true });
    expect(one(client.publish('', '2', { exchange: 'e' }), 'confirm')).toMatchObject({ deliveryTag: 2, accepted: false });
    expect(client.bed.waiting('roomy')).toEqual(['1', '2']);
    expect(client.bed.waiting('full')).toEqual(['1']);
  });

  test('refuses only what it has to', () => {
    expect(refusal(new Testbed().connection().do('declare-queue', { queue: 'q', arguments: [['x-queue-mode', string('lazy')]] }))).toBe('540 connection');
  });
});

interface Waiting {
  readonly body: string;
  readonly level: number;
}

/** A list in place of a queue: sorted by priority and arrival, cut to its limits at the head. */
function naive(most: number, octets: number, top: number) {
  let list: Waiting[] = [];
  const dropped: string[] = [];
  const excess = () => list.length > most || list.reduce((sum, { body }) => sum + body.length, 0) > octets;
  const sort = () => list.sort((a, b) => b.level - a.level || Number(a.body.slice(0, 4)) - Number(b.body.slice(0, 4)));
  return {
    dropped,
    bodies: () => list.map(({ body }) => body),
    put(...added: readonly Waiting[]) {
      list.push(...added);
      sort();
      while (excess()) dropped.push(list.shift()?.body ?? '');
    },
    clamp: (priority: number) => Math.min(priority, top),
    take: () => list.shift(),
    clear() {
      list = [];
    },
  };
}

test('a queue with limits and priorities is a sorted list that is cut at its head, and gives letters of what was cut', () => {
  const step = fc.record({ op: fc.constantFrom('publish', 'publish', 'publish', 'take', 'requeue', 'purge'), priority: fc.nat(12), size: fc.nat(8) });
  const limits = fc.record({ most: fc.nat(5), octets: fc.integer({ min: 0, max: 40 }), top: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(limits, fc.array(step, { maxLength: 60 }), ({ most, octets, top }, steps) => {
      const { bed, client } = started([
        ['x-max-length', long(most)],
        ['x-max-length-bytes', long(octets)],
        ['x-max-priority', long(top)],
      ]);
      const model = naive(most, octets, top);
      let held: { readonly tag: number; readonly entry: Waiting }[] = [];
      let tag = 0;
      for (const [index, { op, priority, size }] of steps.entries()) {
        const body = `${index}`.padStart(4, '0') + '.'.repeat(size);
        if (op === 'publish') {
          client.publish('q', body, { priority });
          model.put({ body, level: model.clamp(priority) });
        } else if (op === 'take') {
          const [effect] = client.do('get', { queue: 'q' });
          const entry = model.take();
          expect(effect?.kind).toBe(entry === undefined ? 'got-nothing' : 'got');
          if (entry === undefined) continue;
          tag += 1;
          held.push({ tag, entry });
        } else if (op === 'requeue') {
          const [first] = held;
          if (first === undefined) continue;
          held = held.slice(1);
          client.settle(first.tag, 'requeue');
          model.put(first.entry);
        } else {
          client.do('purge-queue', { queue: 'q' });
          model.clear();
        }
        expect(bed.waiting('q')).toEqual(model.bodies());
      }
      expect(bed.waiting('letters').toSorted()).toEqual(model.dropped.toSorted());
    }),
    { numRuns: 200 },
  );
});
