import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Deque } from './deque.ts';
import { Lane } from './lane.ts';
import { Ledger } from './ledger.ts';
import { type Entry, never, Queue } from './queue.ts';
import { unlimited } from './queue-policy.ts';
import { message } from './testbed.ts';

const queue = new Queue('/', 'q', { durable: false, autoDelete: false, owner: undefined, arguments: [] }, { ...unlimited, levels: 1 });

function entryAt(position: number, publisher = 1): Entry {
  return {
    message: message({ publisher }),
    queue,
    position,
    stored: false,
    resident: true,
    deadlineMs: never,
    deliveries: 0,
    failures: 0,
    consumer: undefined,
    declinedBy: undefined,
  };
}

describe('a deque', () => {
  test('does what an array does', () => {
    const step = fc.oneof(
      fc.record({ op: fc.constant('push' as const), value: fc.nat() }),
      fc.record({ op: fc.constantFrom('shift' as const, 'removeAt' as const, 'at' as const), value: fc.nat(40) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), steps => {
        const deque = new Deque<number>();
        const array: number[] = [];
        for (const { op, value } of steps) {
          if (op === 'push') {
            deque.push(value);
            array.push(value);
          } else if (op === 'shift') expect(deque.shift()).toBe(array.shift());
          else if (op === 'at') expect(deque.at(value)).toBe(array[value]);
          else expect(deque.removeAt(value)).toBe(array.splice(value, 1)[0]);
          expect([...deque]).toEqual(array);
          expect(deque.size).toBe(array.length);
        }
      }),
    );
  });
});

describe('a lane', () => {
  test('keeps every message at its position, however often it was taken and put back', () => {
    const step = fc.record({ op: fc.constantFrom('push', 'push', 'take', 'putBack', 'putBackLast', 'foreign'), value: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), steps => {
        const lane = new Lane();
        const taken: Entry[] = [];
        let there: Entry[] = [];
        let position = 0;
        const put = (entry: Entry | undefined) => {
          if (entry === undefined) return;
          lane.putBack(entry);
          there = [...there, entry].sort((a, b) => a.position - b.position);
        };
        for (const { op, value } of steps) {
          if (op === 'push') {
            position += 1;
            const entry = entryAt(position, (value % 3) + 1);
            lane.push(entry);
            there.push(entry);
          } else if (op === 'take') {
            const entry = lane.take();
            expect(entry).toBe(there.shift());
            if (entry !== undefined) taken.push(entry);
          } else if (op === 'putBack') put(taken.splice(value % Math.max(taken.length, 1), 1)[0]);
          else if (op === 'putBackLast') put(taken.pop());
          else {
            const found = lane.firstFor({ accepts: ({ message: { publisher } }) => publisher !== 1 }, 0);
            expect(found).toBe(there.find(each => each.message.publisher !== 1));
            if (found !== undefined) {
              lane.remove(found);
              there = there.filter(each => each !== found);
              taken.push(found);
            }
          }
          expect(lane.head()).toBe(there[0]);
          expect(lane.size).toBe(there.length);
        }
        expect([...lane]).toEqual(there);
      }),
    );
  });
});

describe('a ledger', () => {
  test('finds, settles and settles up to like a plain list', () => {
    const step = fc.record({ op: fc.constantFrom('add', 'add', 'add', 'take', 'through'), value: fc.nat(300) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 50, maxLength: 400 }), steps => {
        const ledger = new Ledger();
        let naive: { tag: number; entry: Entry }[] = [];
        let last = 0;
        for (const { op, value } of steps) {
          const tag = naive[value % Math.max(naive.length + 1, 1)]?.tag ?? value;
          if (op === 'add') {
            last += 1;
            const entry = entryAt(last);
            ledger.add(last, entry);
            naive.push({ tag: last, entry });
          } else if (op === 'take') {
            expect(ledger.take(tag)).toBe(naive.find(each => each.tag === tag)?.entry);
            naive = naive.filter(each => each.tag !== tag);
          } else {
            expect(ledger.has(tag)).toBe(naive.some(each => each.tag === tag));
            expect(ledger.takeThrough(tag)).toEqual(naive.filter(each => each.tag <= tag).map(({ entry }) => entry));
            naive = naive.filter(each => each.tag > tag);
          }
          expect(ledger.size).toBe(naive.length);
        }
      }),
      { numRuns: 40 },
    );
  });

  test.each([0, -1, 3, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('does not know the tag %d', tag => {
    const ledger = new Ledger();
    ledger.add(1, entryAt(1));
    ledger.add(2, entryAt(2));
    expect(ledger.take(tag)).toBeUndefined();
    expect(ledger.size).toBe(2);
  });
});
