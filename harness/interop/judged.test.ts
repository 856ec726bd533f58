import { expect, test } from 'vitest';
import type { InteropResult } from '../check/record-interop.ts';
import type { InteropDeviation } from '../target/profile.ts';
import { declarationsOf } from './declarations.ts';
import { judged } from './judged.ts';

const deviation: InteropDeviation = { cases: 'interop/settle/released/**', reason: 'loses it', source: 'https://example.org/' };
const came = { case: 'settle/released', publisher: 'pika', consumer: 'rhea' } as const;
const rule = 'amqp10/3.4.4.released';
const verdict = { gate: 'must', deviations: [deviation] } as const;

test.each([
  ['passes', { ...came, outcome: 'pass' }, [], { outcome: 'pass', surprise: false }],
  ['fails', { ...came, outcome: 'fail' }, [], { outcome: 'fail', surprise: true }],
  ['fails as declared', { ...came, outcome: 'fail' }, [deviation], { outcome: 'fail', surprise: false, declared: { reason: 'loses it' } }],
  ['passes, though declared to fail', { ...came, outcome: 'pass' }, [deviation], { outcome: 'pass', surprise: true, declared: { reason: 'loses it' } }],
  ['cannot be expressed, though declared to fail', { ...came, outcome: 'unsupported' }, [deviation], { outcome: 'unsupported', surprise: false }],
  ['is not run, though declared to fail', { ...came, outcome: 'not-run' }, [deviation], { outcome: 'not-run', surprise: false }],
] as const)('what %s', (_, result, deviations, expected) => {
  expect(judged(result, rule, { gate: 'must', deviations })).toMatchObject(expected);
});

test('what no standard decides is observed when it comes otherwise, and never stale', () => {
  expect(judged({ ...came, outcome: 'fail' }, 'observed', verdict)).toMatchObject({ outcome: 'observed', level: 'MAY', surprise: false });
  expect(judged({ ...came, outcome: 'pass' }, 'observed', verdict)).toMatchObject({ outcome: 'pass', level: 'MAY', surprise: false });
});

const played = (...outcomes: readonly ('pass' | 'fail' | 'unsupported' | 'not-run')[]): readonly InteropResult[] =>
  outcomes.map(outcome => judged({ ...came, outcome }, rule, verdict));

test.each([
  ['met', ['fail', 'fail', 'unsupported'], [2, 2]],
  ['stale', ['fail', 'pass'], [2, 1]],
  ['unjudged', ['unsupported', 'not-run'], [0, 0]],
  ['unjudged', [], [0, 0]],
] as const)('a declaration is %s after %j', (state, outcomes, [all, failed]) => {
  expect(declarationsOf(played(...outcomes), [deviation], [])).toEqual([{ ...deviation, state, judged: all, failed }]);
});

test('a fault of a client that does not show on this broker is told so', () => {
  const float = { case: 'application/float', publisher: 'amqplib', consumer: 'pika' } as const;
  const state = (outcome: 'pass' | 'fail') => {
    const result = judged({ ...float, outcome }, 'amqp091/3.1.1.properties-intact', { gate: 'must', deviations: [] });
    return [result.outcome, ...declarationsOf([result], [], ['pika']).map(each => each.state)];
  };
  expect(state('pass')).toEqual(['pass', 'unseen']);
  expect(state('fail')).toEqual(['client', 'met']);
});
