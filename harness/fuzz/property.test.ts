import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runCheck } from '../check/run-check.ts';
import type { PropertyOptions } from '../probe/peer.ts';
import { Stop } from '../probe/stop.ts';
import { simulatedTarget } from '../target/simulated.ts';
import type { Play } from './play.ts';
import { type Model, property } from './property.ts';

const spec = { title: 'small numbers only', duties: ['amqp091/basic.get.empty:emit'], runs: 50 } as const;

/** Plays numbers by this script, in virtual time. */
function judge(play: (at: Play, number: number) => Promise<void>, properties: PropertyOptions = {}) {
  const model: Model<number> = { cases: fc.nat(1000), play };
  const check = property('amqp091/properties/test', { ...spec, model: async () => model });
  return runCheck(check, simulatedTarget({ seed: 3 }), { seed: 3, properties });
}

function small(play: Play, number: number): void {
  play.step(`number ${number}`);
  play.require(number < 100, { what: 'a large number', sentence: `${number} is large.` });
}

const isSmall = async (play: Play, number: number): Promise<void> => small(play, number);

describe('a property', () => {
  test('that fails has the smallest case for its story, and a command that plays it again', async () => {
    const verdict = await judge(isSmall);
    const { counterexample } = verdict;
    const { path = '' } = counterexample ?? {};
    expect(verdict).toMatchObject({ outcome: 'fail', reaction: 'a large number', message: '100 is large.' });
    expect(counterexample).toMatchObject({ seed: 3, steps: ['number 100', '→ 100 is large.'] });
    expect(verdict.replay).toBe(`amqpspec replay amqp091/properties/test simulated: --seed 3 --path ${path}`);
    const played: number[] = [];
    const again = await judge(
      async (play, number) => {
        played.push(number);
        small(play, number);
      },
      { path },
    );
    expect(again).toMatchObject({ outcome: 'fail', counterexample: { steps: counterexample?.steps } });
    expect(played).toEqual([100]);
  });

  test('plays as many cases as are asked for, on one connection, and logs the first', async () => {
    const connections = new Set<unknown>();
    let played = 0;
    const verdict = await judge(
      async ({ connection }) => {
        played += 1;
        connections.add(connection);
        await (await connection.channel()).close();
      },
      { runs: 7 },
    );
    expect([played, connections.size, verdict.outcome]).toEqual([7, 1, 'pass']);
    expect(verdict.transcript.flatMap(({ decoded }) => decoded).filter(line => line.includes('channel.open-ok'))).toHaveLength(1);
    expect(verdict.replay).toMatch(/ --runs 7$/);
  });

  test('that fails only behind the cases before it says so, and plays all of them again', async () => {
    const counts = new Map<unknown, number>();
    const verdict = await judge(
      async (play: Play) => {
        const count = (counts.get(play.connection) ?? 0) + 1;
        counts.set(play.connection, count);
        play.require(count < 5, { what: 'too many', sentence: `That was case ${count}.` });
      },
      { runs: 9 },
    );
    expect(verdict).toMatchObject({ outcome: 'fail', counterexample: { runs: 5, shrinks: 0 } });
    expect(verdict.counterexample).not.toHaveProperty('path');
    expect(verdict.replay).toMatch(/ --runs 9$/);
  });

  test('keeps the case that failed where the peer takes no connections behind it', async () => {
    let failed = false;
    const verdict = await judge(async (play, number) => {
      if (failed) throw new Stop({ kind: 'undialled', sentence: 'Nobody listens.' });
      failed = number >= 100;
      small(play, number);
    });
    expect(verdict).toMatchObject({ outcome: 'fail', reaction: 'a large number' });
  });

  test('looks for nothing smaller where that is not wanted', async () => {
    const verdict = await judge(isSmall, { shrinks: 0 });
    expect(verdict).toMatchObject({ outcome: 'fail', counterexample: { shrinks: 0 } });
  });

  test('does not take our own mistakes for those of the peer', async () => {
    const verdict = await judge(async () => {
      throw new TypeError('of ours');
    });
    expect(verdict).toMatchObject({ outcome: 'inconclusive', reason: 'harness' });
    expect(verdict).not.toHaveProperty('counterexample');
  });

  test('may find that there is nothing to judge, also where its seed has no such case', async () => {
    expect(await judge(async ({ peer }) => peer.unsupported('lacks it'))).toMatchObject({ outcome: 'unsupported', reason: 'lacks it' });
    expect(await judge(isSmall, { path: '0:999999' })).toMatchObject({ outcome: 'not-applicable' });
  });
});
