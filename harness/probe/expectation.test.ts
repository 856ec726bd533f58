import { describe, expect, test } from 'vitest';
import type { Answer } from '../spec/rule.ts';
import { method } from '../wire/amqp091/codec.ts';
import { idleBudget, longBudgets, measuredBudgets } from './budgets.ts';
import { describeAnswers, describeCode, describeSeen, describeText, matchAnswer, type Observed } from './expectation.ts';
import { seededRandom } from './random.ts';

const answers: readonly Answer[] = [
  { kind: 'connection-close', code: 503, reading: 'practice' },
  { kind: 'connection-close', code: 501, reading: 'errata' },
  { kind: 'connection-close', code: 501, reading: 'text' },
  { kind: 'bare-close', reading: 'text' },
  { kind: 'method', method: 'basic.return', reading: 'text' },
];

describe('matching', () => {
  test.each<[Observed, Answer['reading'] | undefined]>([
    [{ kind: 'connection-close', code: 501, text: '' }, 'text'],
    [{ kind: 'connection-close', code: 503, text: '' }, 'practice'],
    [{ kind: 'connection-close', code: 505, text: '' }, undefined],
    [{ kind: 'channel-close', code: 501, text: '' }, undefined],
    [{ kind: 'bare-close', how: 'reset' }, 'text'],
    [{ kind: 'method', method: 'basic.return', channel: 1 }, 'text'],
    [{ kind: 'method', method: 'basic.ack', channel: 1 }, undefined],
    [{ kind: 'discarded' }, undefined],
  ])('%o follows the reading %s', (observed, reading) => {
    expect(matchAnswer(observed, answers)?.reading).toBe(reading);
  });
});

describe('words', () => {
  test('name each legal answer once', () => {
    expect(describeAnswers(answers)).toBe(
      'connection.close 503 command-invalid, connection.close 501 frame-error, the socket closed without a word or basic.return',
    );
    expect(describeAnswers(answers.slice(3, 4))).toBe('the socket closed without a word');
  });

  test('name a code that the standard does not know by its number', () => {
    expect([describeCode(404), describeCode(999)]).toEqual(['404 not-found', '999']);
  });

  test('hold nothing that changes from run to run', () => {
    const seen = { kind: 'method', channel: 3, method: method('channel.close', { replyCode: 406, replyText: 'tag 17' }) } as const;
    expect(describeSeen(seen)).toBe('channel.close 406 precondition-failed');
    expect(describeSeen({ kind: 'protocol-header', bytes: Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 1, 1, 0, 10) })).toBe('protocol header AMQP 1 1 0 10');
    expect(describeSeen({ kind: 'ended', how: 'reset' })).toBe('reset without an answer');
  });

  test('keep a text to one short line', () => {
    expect(describeText('a\n   b')).toBe(' ("a b")');
    expect(describeText('x'.repeat(500))).toHaveLength(125);
    expect(describeText('')).toBe('');
  });
});

describe('budgets', () => {
  test('grow with the measured round trip, above a floor', () => {
    expect(measuredBudgets(0.2)).toEqual({ reply: 1000, close: 5000, handshake: 5000, idle: 1000 });
    expect(measuredBudgets(80).reply).toBe(8000);
  });

  test('are overridden by a profile', () => {
    expect(measuredBudgets(0, { handshake: 20_000 })).toMatchObject({ handshake: 20_000, reply: 1000 });
  });

  test('are longer for a second run', () => {
    expect(longBudgets(measuredBudgets(0, { reply: 4000 }))).toMatchObject({ reply: 12_000, idle: 5000 });
  });

  test('have no floor in a second run where a profile names them', () => {
    const overrides = { reply: 500 };
    expect(longBudgets(measuredBudgets(0, overrides), overrides)).toMatchObject({ reply: 1500, idle: 5000 });
  });

  test('for idleness count two heartbeat intervals', () => {
    expect(idleBudget(measuredBudgets(0), 3)).toBe(7000);
  });
});

describe('randomness', () => {
  test('depends on seed and check alone', () => {
    const draw = (seed: number, check: string) => Array.from({ length: 3 }, seededRandom(seed, check));
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(2, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
    expect(draw(1, 'a').every(number => number >= 0 && number < 1)).toBe(true);
  });
});
