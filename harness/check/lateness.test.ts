import { describe, expect, test } from 'vitest';
import type { Clock } from '../endpoint/transport.ts';
import type { Peer } from '../probe/peer.ts';
import { createSimulation } from '../sim/simulator.ts';
import { runCheck } from './run-check.ts';
import { scripted } from './scripted-checks.ts';
import { scriptedTarget } from './scripted-target.ts';

/** A process that stalls when told to, in a peer's first `stalls` attempts, and fails in each of those. */
async function stalling(stalls: number, keepsTime: boolean) {
  const target = scriptedTarget(createSimulation({ seed: 1 }), {});
  const { clock } = target;
  let skewMs = 0;
  const late: Clock = { ...clock, now: () => clock.now() + skewMs, at: (ms, task) => clock.at(ms - skewMs, task) };
  let played = 0;
  const subject = scripted(async (peer: Peer) => {
    played += 1;
    await peer.quiet(150, 'so that time is kept');
    if (played <= stalls) skewMs += 2000;
    await peer.quiet(150, 'so that it shows');
    peer.require(played > stalls, 'The peer was cut off.');
  });
  const verdict = await runCheck({ ...subject, ...(keepsTime && { keepsTime }) }, { ...target, clock: late }, { seed: 1 });
  return { verdict, played };
}

describe('what fails while this process was late itself', () => {
  test('is run again where the check keeps time', async () => {
    const { verdict, played } = await stalling(2, true);
    expect([verdict.outcome, played]).toEqual(['pass', 3]);
  });

  test('is no verdict on the peer where it is late each time', async () => {
    const { verdict } = await stalling(99, true);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', reason: 'harness', message: expect.stringMatching(/this process was late itself, by \d{4} ms/) });
  });

  test('counts where the check keeps no time', async () => {
    const { verdict, played } = await stalling(1, false);
    expect([verdict.outcome, played]).toEqual(['fail', 1]);
  });
});
