import { describe, expect, test } from 'vitest';
import type { Peer } from '../probe/peer.ts';
import { createSimulation } from '../sim/simulator.ts';
import { type CheckSpec, check } from './check.ts';
import { runCheck } from './run-check.ts';
import { type ScriptedTarget, scriptedTarget } from './scripted-target.ts';
import { caseOf, selectChecks } from './test-case.ts';
import type { Verdict } from './verdict.ts';
import { defineConformance } from './vitest.ts';

const named = (name: string, run: CheckSpec['run'], spec: Partial<CheckSpec> = {}) =>
  check(`amqp091/test/${name}`, { title: name, duties: ['amqp091/queue.declare.passive-missing:enforce'], run, ...spec });

const played: string[] = [];

const passes = named('passes', async peer => {
  await (await peer.channel()).queue();
  played.push('passes');
});
const fails = named('fails', async (peer: Peer) => {
  played.push('fails');
  peer.require(false, 'The moon is not blue.');
});
const restarts = named('restarts', async () => {}, { isolation: 'destructive' });

const target = (): ScriptedTarget => scriptedTarget(createSimulation({ seed: 1 }), {});

// As it stands in a user's own suite: one case passes, one departs as it was said to, and one cannot be run against this target.
defineConformance({
  title: 'a broker of known ways',
  target: async () => target(),
  checks: [restarts, passes, fails],
  expect: [{ check: 'amqp091/test/fails', reaction: 'The moon is not blue', reason: 'astronomy' }],
});

test('the cases above were played', () => {
  expect(played).toEqual(['passes', 'fails']);
});

async function caseFrom(subject: ReturnType<typeof check>, verdict: Partial<Verdict> = {}, level: 'must' | 'should' = 'must') {
  return caseOf({ ...(await runCheck(subject, target())), ...verdict }, level);
}

describe('a test case', () => {
  test('passes with its check', async () => {
    expect(await caseFrom(passes)).toEqual({ kind: 'passes', text: '' });
  });

  test('fails where the broker departs, in words that say what to do', async () => {
    const text = [
      'The moon is not blue.',
      'rule     amqp091/queue.declare.passive-missing (MUST)',
      'legal    channel.close 404 not-found',
      'replay   amqpspec replay amqp091/test/fails scripted: --seed 1',
    ];
    expect(await caseFrom(fails)).toEqual({ kind: 'fails', text: text.join('\n') });
  });

  test('fails where a declared departure is gone', async () => {
    const { kind, text } = await caseFrom(passes, { declared: 'deviates', surprise: true });
    expect([kind, text.split('\n')[0]]).toEqual(['fails', 'It was declared to depart from the standard, and did not.']);
  });

  test('passes where the broker departs as declared', async () => {
    expect((await caseFrom(fails, { declared: 'deviates', surprise: false })).kind).toBe('passes');
  });

  test('fails where a check that gates could not be judged, and is skipped where it does not gate', async () => {
    const slow = { outcome: 'inconclusive', reason: 'peer-slow', message: 'Nothing came.', surprise: false } as const;
    expect(await caseFrom(passes, slow)).toMatchObject({ kind: 'fails', text: expect.stringMatching(/^Could not be judged \(peer-slow\): Nothing came\./) });
    expect(await caseFrom(passes, { ...slow, level: 'SHOULD' })).toEqual({ kind: 'skipped', text: 'Nothing came.' });
    expect((await caseFrom(passes, { ...slow, level: 'SHOULD' }, 'should')).kind).toBe('fails');
  });

  test('is skipped with the reason where the check does not apply', async () => {
    expect(await caseFrom(restarts)).toEqual({ kind: 'skipped', text: 'It may take the broker down, and this target cannot be started again.' });
  });
});

describe('a selection', () => {
  const slow = named('slow', async () => {}, { thorough: true });
  const all = [restarts, slow, passes, fails];
  const idsOf = (options: Parameters<typeof selectChecks>[1]) => selectChecks(all, options).map(({ title }) => title);

  test('puts destructive checks last and leaves out slow truths', () => {
    expect(idsOf({})).toEqual(['passes', 'fails', 'restarts']);
    expect(idsOf({ thorough: true, safe: true })).toEqual(['slow', 'passes', 'fails']);
  });

  test('goes by globs', () => {
    expect(idsOf({ only: ['amqp091/**'], skip: ['**/fails', '**/restarts'] })).toEqual(['passes']);
  });

  test.each(['only', 'skip'] as const)('with a glob after --%s that matches nothing is an error', option => {
    expect(() => idsOf({ [option]: ['amqp091/tset/**'] })).toThrow('No check matches amqp091/tset/**.');
  });
});
