import { describe, expect, test } from 'vitest';
import type { Peer } from '../probe/peer.ts';
import type { Script } from '../probe/scripted-peer.ts';
import { createSimulation } from '../sim/simulator.ts';
import { check } from './check.ts';
import type { Declaration } from './record-declarations.ts';
import { runChecks, type ScheduleOptions } from './scheduler.ts';
import { scriptedTarget } from './scripted-target.ts';

const duty = 'amqp091/queue.declare.passive-missing:enforce';
const named = (name: string, run: (peer: Peer) => Promise<void>) => check(`amqp091/test/${name}`, { title: name, duties: [duty], departs: true, run });

/** Plays checks on a scripted target, and tells how long that took in its time. */
async function played(checks: readonly ReturnType<typeof named>[], script: Script, options: ScheduleOptions = {}) {
  const simulation = createSimulation({ seed: 1 });
  const target = scriptedTarget(simulation, script);
  const begun = simulation.clock.now();
  const { verdicts } = await runChecks(checks, target, { seed: 1, ...options });
  return { verdicts, tookMs: simulation.clock.now() - begun };
}

/** So many checks that each wait for this long, and the most of them at a time. */
async function waiting(count: number, ms: number, concurrency: number) {
  let [now, most] = [0, 0];
  const checks = Array.from({ length: count }, (_, at) =>
    named(`waits-${at}`, async peer => {
      now += 1;
      most = Math.max(most, now);
      await peer.quiet(ms, 'waits');
      now -= 1;
    }),
  );
  await played(checks, {}, { concurrency });
  return most;
}

describe('a check that waits for long', () => {
  test('gives its place to another, within bounds', async () => {
    expect(await waiting(40, 3000, 2)).toBe(8);
  });

  test('which who waits for a moment does not', async () => {
    expect(await waiting(10, 150, 2)).toBe(2);
  });

  test('and nobody does where checks run one at a time', async () => {
    expect(await waiting(5, 3000, 1)).toBe(1);
  });
});

describe('a silence', () => {
  const mute = named('mute', async peer => {
    const channel = await peer.channel();
    channel.send('basic.qos');
    await channel.expect('basic.qos-ok');
  });
  const deaf: Script = { 'basic.qos': () => {} };
  const declared = (reaction: string): Declaration => ({
    id: mute.id,
    kind: 'check',
    checks: [mute.id],
    outcome: 'fail',
    reaction,
    reason: 'Known.',
    origin: 'a test',
  });

  test('that nobody declared is judged twice, the second time by a long budget', async () => {
    const { verdicts, tookMs } = await played([mute], deaf);
    expect(verdicts[0]).toMatchObject({ outcome: 'fail', reaction: 'silence', surprise: true, message: expect.stringContaining('within 5 s') });
    expect(tookMs).toBeGreaterThan(6000);
  });

  test('that was declared is judged once', async () => {
    const { verdicts, tookMs } = await played([mute], deaf, { declarations: [declared('silence')] });
    expect(verdicts[0]).toMatchObject({ outcome: 'fail', reaction: 'silence', surprise: false, message: expect.stringContaining('within 1 s') });
    expect(tookMs).toBeLessThan(3000);
  });

  test('where something else was declared is judged twice', async () => {
    const { verdicts } = await played([mute], deaf, { declarations: [declared('channel.close 404 not-found')] });
    expect(verdicts[0]).toMatchObject({ surprise: true, message: expect.stringContaining('within 5 s') });
  });

  test('that was declared does not hide that the bystander is not answered', async () => {
    let stuck = false;
    const script: Script = {
      'basic.qos': () => {
        stuck = true;
      },
      'basic.publish': (_, stage) => (stuck ? stage.deaf() : stage.healthy()),
    };
    const { verdicts } = await played([mute], script, { declarations: [declared('silence')] });
    expect(verdicts[0]).toMatchObject({ outcome: 'inconclusive', reason: 'peer-slow' });
  });
});
