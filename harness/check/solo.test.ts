import { expect, test } from 'vitest';
import type { Peer } from '../probe/peer.ts';
import type { Script, Stage } from '../probe/scripted-peer.ts';
import { createSimulation } from '../sim/simulator.ts';
import { type Check, check } from './check.ts';
import { runChecks } from './scheduler.ts';
import { scriptedTarget } from './scripted-target.ts';

const named = (name: string, run: (peer: Peer) => Promise<void>, worstMs: number): Check =>
  check(`amqp091/test/${name}`, { title: name, duties: ['amqp091/queue.declare.passive-missing:enforce'], worstMs, departs: true, run });

const purges = named('purges', async peer => void (await (await peer.channel()).call('queue.purge', { queue: 'fatal' }, 'queue.purge-ok')), 900);

const next = named(
  'next',
  async peer => {
    await peer.quiet(100, 'in which the target dies');
    await (await peer.channel()).queue();
  },
  500,
);

/** Plays both one at a time on a target that does this at a purge and can be started again. */
async function played(purge: (stage: Stage) => void) {
  const script: Script = { 'queue.purge': (_, stage) => purge(stage) };
  const target = scriptedTarget(createSimulation({ seed: 1 }), script, { restartable: true });
  const { verdicts } = await runChecks([purges, next], target, { seed: 1, concurrency: 1 });
  return { restarts: target.restarts, outcomes: Object.fromEntries(verdicts.map(({ title, outcome }) => [title, outcome])) };
}

test('a target that dies belatedly is not blamed on the check that comes next', async () => {
  const belated = (stage: Stage) => {
    stage.healthy();
    stage.after(50, () => stage.die());
  };
  expect(await played(belated)).toEqual({ restarts: 1, outcomes: { purges: 'pass', next: 'pass' } });
});

test('a target that dies of a check does so again when it has just been started', async () => {
  expect(await played(stage => stage.die())).toEqual({ restarts: 2, outcomes: { purges: 'fail', next: 'pass' } });
});
