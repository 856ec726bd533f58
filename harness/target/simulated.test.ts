import { describe, expect, it } from 'vitest';
import { allChecks } from '../../suites/checks.ts';
import { runCheck } from '../check/run-check.ts';
import type { Measured } from '../probe/measured.ts';
import { findFault } from '../saboteur/faults.ts';
import { simulatedTarget } from './simulated.ts';

function checkOf(id: string) {
  const found = allChecks.find(check => check.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
}

const relayed = checkOf('amqp091/publish/content/every-property');

describe('the simulated target', () => {
  it('is judged like any other, in virtual time', async () => {
    const target = simulatedTarget({ seed: 1 });
    expect(await runCheck(relayed, target)).toMatchObject({ outcome: 'pass', ending: { kind: 'open' } });
  });

  it('says the same twice under the same seed, also over a bad network', async () => {
    const conditions = { delays: { minMs: 1, maxMs: 40 }, splits: 0.5 };
    const transcripts = await Promise.all(
      [7, 7, 8].map(async seed => (await runCheck(relayed, simulatedTarget({ seed, ...conditions }), { seed })).transcript),
    );
    expect(transcripts[0]?.length).toBeGreaterThan(10);
    expect(transcripts[1]).toEqual(transcripts[0]);
    expect(transcripts[2]).not.toEqual(transcripts[0]);
  });

  it('is broken at any seam', async () => {
    const cases = [
      ['violation:amqp091/3.1.1.properties-intact:emit', 'amqp091/publish/content/every-property'],
      ['violation:amqp091/queue.purge.unacknowledged:emit', 'amqp091/queue/purge/unacknowledged'],
      ['violation:amqp091/confirm.persistent:emit', 'amqp091/durability/confirmed/in-a-row/kill'],
      ['violation:amqp091/queue.declare.durable-restored:emit', 'amqp091/durability/queue/durable/kill'],
      ['violation:amqp091/connection.start-ok.credentials:enforce#2', 'amqp091/authentication/wrong-credentials'],
    ] as const;
    const seams: string[] = [];
    for (const [id, check] of cases) {
      const fault = findFault(id);
      if (fault === undefined) throw new Error(`no fault ${id}`);
      seams.push(fault.seam.kind === 'store' ? `store at ${fault.seam.at ?? 'everything'}` : fault.seam.kind);
      expect(await runCheck(checkOf(check), simulatedTarget({ seed: 1, restarts: true })), check).toMatchObject({ outcome: 'pass' });
      expect(await runCheck(checkOf(check), simulatedTarget({ seed: 1, fault, restarts: true })), id).toMatchObject({ outcome: 'fail' });
    }
    expect(seams).toEqual(['frames', 'effects', 'store at everything', 'store at load', 'listener']);
  });

  it('takes other limits of the broker', async () => {
    const target = simulatedTarget({ seed: 1, brokerSettings: { limits: { channelMax: 3, frameMax: 8192, heartbeatS: 0 } } });
    const measured: Measured[] = [];
    await runCheck(checkOf('amqp091/negotiation/limits-proposed'), target, { onMeasurement: (_check, each) => measured.push(each) });
    expect(measured.map(({ value }) => value)).toEqual([3, 8192, 0]);
  });
});
