import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldTable, FieldValue } from '../spec/amqp091/domains.ts';
import { Exchange, type ExchangeType } from './exchange.ts';
import { Queue } from './queue.ts';
import { unlimited } from './queue-policy.ts';
import { Reach } from './reach.ts';
import { textReadings } from './readings.ts';
import { message } from './testbed.ts';

const long = (value: number): FieldValue => ({ type: 'long-int', value });
const string = (value: string): FieldValue => ({ type: 'long-string', value: Buffer.from(value) });
const nothing: FieldValue = { type: 'void', value: null };

interface Bound {
  readonly queue: number;
  readonly key: string;
  readonly args: FieldTable;
}

/** The standard's sentences, one to one and without any cleverness. */
const naive: { readonly [T in ExchangeType]: (bound: Bound, key: string, headers: FieldTable) => boolean } = {
  direct: (bound, key) => bound.key === key,
  fanout: () => true,
  topic: (bound, key) => topicMatches(bound.key === '' ? [] : bound.key.split('.'), key === '' ? [] : key.split('.')),
  headers: ({ args }, _key, headers) => {
    const pairs = args.filter(([name]) => !name.startsWith('x-'));
    const any = args.some(([name, value]) => name === 'x-match' && value.type === 'long-string' && Buffer.from(value.value).toString() === 'any');
    const matched = pairs.map(([name, wanted]) =>
      headers.some(([other, value]) => other === name && (wanted.type === 'void' || JSON.stringify(wanted) === JSON.stringify(value))),
    );
    return any ? matched.includes(true) : !matched.includes(false);
  },
};

function topicMatches([head, ...pattern]: readonly string[], words: readonly string[]): boolean {
  if (head === undefined) return words.length === 0;
  if (head === '#') return words.some((_, skip) => topicMatches(pattern, words.slice(skip))) || topicMatches(pattern, []);
  return words.length > 0 && (head === '*' || head === words[0]) && topicMatches(pattern, words.slice(1));
}

const anyKey = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 5 }).map(words => words.join('.'));
const anyPattern = fc.array(fc.constantFrom('a', 'b', '*', '#', ''), { maxLength: 5 }).map(words => words.join('.'));
const anyValue = fc.constantFrom(long(1), long(2), string('x'), nothing);
const anyTable = fc.uniqueArray(fc.tuple(fc.constantFrom('h', 'i', 'j', 'x-k'), anyValue), { selector: ([name]) => name, maxLength: 4 });
const anyMode = fc.constantFrom<FieldTable>([], [['x-match', string('all')]], [['x-match', string('any')]]);
const anyBound = fc.record({
  queue: fc.nat(3),
  key: fc.oneof(anyKey, anyPattern),
  args: fc.tuple(anyMode, anyTable).map(([mode, pairs]) => [...mode, ...pairs]),
});

function exchangeOf(type: ExchangeType): Exchange {
  return new Exchange('/', 'e', type, { durable: false, autoDelete: false, internal: false, arguments: [] }, textReadings);
}

function queueOf(name: string): Queue {
  return new Queue('/', name, { durable: false, autoDelete: false, owner: undefined, arguments: [] }, { ...unlimited, levels: 1 });
}

describe.each(['direct', 'fanout', 'topic', 'headers'] as const)('a %s exchange', type => {
  test('routes as the standard says, whatever was bound and unbound before', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyBound, fc.boolean()), { maxLength: 12 }), anyKey, anyTable, (steps, key, headers) => {
        const exchange = exchangeOf(type);
        const queues = Array.from({ length: 4 }, (_, index) => queueOf(`${index}`));
        const bound = new Map<string, Bound>();
        for (const [step, binds] of steps) {
          const queue = queues[step.queue] ?? queueOf('');
          const id = JSON.stringify([step.queue, step.key, [...step.args].sort(([a], [b]) => (a < b ? -1 : 1))]);
          if (binds) {
            exchange.bind(queue, step.key, step.args);
            bound.set(id, step);
          } else {
            const found = exchange.find(queue, step.key, step.args);
            expect(found !== undefined).toBe(bound.delete(id));
            if (found !== undefined) exchange.unbind(found);
          }
        }
        const reached = new Reach().of(exchange, message({ routingKey: key, headers })).map(({ name }) => Number(name));
        const expected = [...bound.values()].filter(each => naive[type](each, key, headers)).map(({ queue }) => queue);
        expect([...reached].sort()).toEqual([...new Set(expected)].sort());
        expect(exchange.used).toBe(bound.size > 0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a topic exchange', () => {
  test('is not slowed down by patterns made to be slow', () => {
    const exchange = exchangeOf('topic');
    const queue = queueOf('q');
    exchange.bind(queue, `${'#.a.'.repeat(60)}#.b`, []);
    exchange.bind(queue, `${'#.'.repeat(120)}b`, []);
    const before = process.cpuUsage().user;
    expect(new Reach().of(exchange, message({ routingKey: 'a.'.repeat(126) }))).toEqual([]);
    expect(process.cpuUsage().user - before).toBeLessThan(1e6);
  });
});

describe('a headers exchange', () => {
  const matching = (args: FieldTable, headers: FieldTable) => {
    const exchange = exchangeOf('headers');
    exchange.bind(queueOf('q'), '', args);
    return new Reach().of(exchange, message({ headers })).length === 1;
  };

  test('compares integers and strings by value, whatever their width', () => {
    expect(matching([['n', { type: 'short-int', value: 7 }]], [['n', { type: 'long-long-int', value: 7n }]])).toBe(true);
    expect(matching([['s', string('ä')]], [['s', { type: 'short-string', value: 'ä' }]])).toBe(true);
    expect(matching([['n', long(7)]], [['n', string('7')]])).toBe(false);
  });

  test('knows modes that take names beginning with x- into account', () => {
    expect(
      matching(
        [
          ['x-match', string('any-with-x')],
          ['x-k', long(1)],
        ],
        [['x-k', long(1)]],
      ),
    ).toBe(true);
    expect(
      matching(
        [
          ['x-match', string('all-with-x')],
          ['x-k', long(1)],
        ],
        [],
      ),
    ).toBe(false);
  });

  test.each([[string('none')], [string('constructor')], [long(1)]])('says no to an x-match of %o', value => {
    expect(exchangeOf('headers').refuses('', [['x-match', value]])).toBeDefined();
  });
});
