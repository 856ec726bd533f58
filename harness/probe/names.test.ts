import { describe, expect, test } from 'vitest';
import { method } from '../wire/amqp091/codec.ts';
import { Names } from './names.ts';

const fresh = () => new Names('r1', 'amqp091/queue/declare', 1);
const leftIn = (names: Names) => names.left().map(({ kind, name, exclusive }) => `${kind} ${name}${exclusive ? ' (exclusive)' : ''}`);

describe('names', () => {
  test('are the same for the same run, check and attempt, and legal names of queues', () => {
    const names = fresh();
    expect([names.issue(), names.issue('dead.letters')]).toEqual([fresh().issue(), names.issue('dead.letters').replace(/3(?=-dead)/, '2')]);
    expect(names.issue()).toMatch(/^amqpspec-r1-[a-z0-9]+-0004$/);
    expect(new Names('r1', 'amqp091/queue/declare', 2).issue()).not.toBe(fresh().issue());
  });

  test('are held from the declare that may create them, until their deletion is confirmed', () => {
    const names = fresh();
    names.sent(1, 1, method('queue.declare', { queue: 'q', noWait: true }));
    names.sent(1, 1, method('queue.declare', { queue: 'x', exclusive: true }));
    names.sent(1, 1, method('exchange.declare', { exchange: 'e' }));
    expect(leftIn(names)).toEqual(['queue q', 'queue x (exclusive)', 'exchange e']);
    names.sent(1, 1, method('queue.delete', { queue: 'q' }));
    expect(leftIn(names)).toContain('queue q');
    names.received(1, 1, method('queue.delete-ok'));
    names.sent(1, 1, method('exchange.delete', { exchange: 'e' }));
    names.received(1, 1, method('exchange.delete-ok'));
    expect(leftIn(names)).toEqual(['queue x (exclusive)']);
  });

  test('that a server gave are held too', () => {
    const names = fresh();
    names.sent(1, 1, method('queue.declare', { queue: 'mine' }));
    names.sent(1, 1, method('queue.declare'));
    names.received(1, 1, method('queue.declare-ok', { queue: 'mine' }));
    names.received(1, 1, method('queue.declare-ok', { queue: 'amq.gen-1' }));
    expect(leftIn(names)).toEqual(['queue mine', 'queue amq.gen-1']);
  });

  test('of others are never held: what is looked at passively, and what is predeclared', () => {
    const names = fresh();
    names.sent(1, 1, method('queue.declare', { queue: 'theirs', passive: true }));
    names.received(1, 1, method('queue.declare-ok', { queue: 'theirs' }));
    names.sent(1, 1, method('exchange.declare', { exchange: 'amq.direct' }));
    names.sent(1, 1, method('exchange.declare', { exchange: '' }));
    expect(leftIn(names)).toEqual([]);
  });

  test('that were given out may all have been declared by octets sent by hand', () => {
    const names = fresh();
    const name = names.issue();
    expect(leftIn(names)).toEqual([]);
    names.sentOctets();
    expect(leftIn(names)).toEqual([`queue ${name}`, `exchange ${name}`]);
  });
});
