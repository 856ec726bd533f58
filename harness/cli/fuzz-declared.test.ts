import { describe, expect, test } from 'vitest';
import { profiles } from '../../fixtures/brokers/index.ts';
import type { Verdict } from '../fuzz/conversation/judge.ts';
import { declaredOf } from './fuzz-declared.ts';

const verdict = (of: Partial<Verdict>): Verdict => ({ severity: 'wrong code', title: '', reaction: '', state: 'open', provisional: false, ...of });

describe('a finding is told as declared', () => {
  const declared = declaredOf(profiles['rabbitmq'], '4.0.5');

  test('where a check of its rule is declared to come so', () => {
    const rule = 'amqp091/4.2.3.frame-end';
    expect(declared(verdict({ rule, reaction: 'connection.close 501' }), 'amqp091')).toMatch(/frame-end|501|bare/);
    expect(declared(verdict({ rule, reaction: 'channel.close 404' }), 'amqp091')).toBeUndefined();
  });

  test('where the profile says so of campaigns, and what it is about', () => {
    const rule = 'amqp091/3.2.1.pipelining';
    const first = 'says what it may not say: basic.qos-ok on channel 1, where';
    expect(declared(verdict({ rule, title: `${first} basic.consume-ok is due first`, reaction: 'out of place' }), 'amqp091')).toMatch(/consume-ok/);
    expect(declared(verdict({ rule, title: `${first} queue.declare-ok is due first`, reaction: 'out of place' }), 'amqp091')).toBeUndefined();
  });

  test('of its own protocol only, and of no profile never', () => {
    expect(declared(verdict({ rule: 'amqp091/4.2.3.frame-end', reaction: 'connection.close 501' }), 'amqp10')).toBeUndefined();
    expect(declaredOf(undefined, null)(verdict({ rule: 'amqp091/4.2.3.frame-end', reaction: 'connection.close 501' }), 'amqp091')).toBeUndefined();
  });
});
