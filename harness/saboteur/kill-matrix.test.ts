import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import picomatch from 'picomatch';
import { beforeAll, describe, expect, it } from 'vitest';
import { allChecks } from '../../suites/checks.ts';
import { isOfTls, judge, judgeOnSockets } from '../bench/matrix.ts';
import { type DutyId, protocolOf } from '../spec/catalogue.ts';
import { dutyOf, faultsOf, type NamedFault, violationFaults } from './faults.ts';
import { type Gaps, gapsIn, killMatrix, type Matrix, together } from './kill-matrix.ts';
import { shadow } from './shadow.ts';

/** `AMQPSPEC_MATRIX=amqp091/tx/**` narrows the matrix to some checks and the faults of their duties, for whoever works on them. */
const only = process.env['AMQPSPEC_MATRIX'];
/** Checks of 1.0 that own nothing but permissions: they tell which of several things that are allowed a server does, and no fault breaks that. */
const observing = new Set(allChecks.filter(({ id, duties: own }) => protocolOf(id) === '1.0' && own.every(duty => faultsOf(duty).length === 0)));
const checks = allChecks.filter(check => !observing.has(check) && (only === undefined || picomatch(only)(check.id)));
const duties = new Set(checks.flatMap(each => each.duties));
const isOneOf = (duty: DutyId | undefined): boolean => duty !== undefined && duties.has(duty);
const faults = violationFaults().filter(({ id }) => only === undefined || isOneOf(dutyOf(id)));

const workers = Math.min(4, availableParallelism());
const worker = new URL('../../dist/harness/bench/matrix-worker.js', import.meta.url);

/** The simulated part, check by check on as many threads as there are processors; they run what was just compiled. */
async function simulatedMatrix(): Promise<Matrix> {
  const ids = faults.filter(each => !isOfTls(each)).map(({ id }) => id);
  const waiting = [...checks].sort((one, other) => other.worstMs - one.worstMs).map(({ id }) => id);
  const rows: Matrix[] = [];
  const threads = Array.from({ length: Math.min(workers, waiting.length) }, () => new Worker(worker, { workerData: ids }));
  await Promise.all(
    threads.map(async thread => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        thread.postMessage(id);
        const [row] = (await once(thread, 'message')) as [Matrix];
        rows.push(row);
      }
      await thread.terminate();
    }),
  );
  return rows.reduce(together);
}

/** What needs more than a simulated network, as TLS does, is played on sockets: against the faults of its own duties, and as briefly as that can be. */
async function wholeMatrix(): Promise<Matrix> {
  const simulated = await simulatedMatrix();
  const left = new Set(simulated.failing.filter(({ outcome }) => outcome === 'not-run').map(each => each.check));
  const onSockets = checks.filter(({ id }) => left.has(id));
  const own = new Set(onSockets.flatMap(each => each.duties));
  const begun = performance.now();
  const ofDuties = faults.filter(({ id, fault }) => own.has(dutyOf(id) ?? ('' as DutyId)) && onSockets.some(each => picomatch([...fault.area])(each.id)));
  const real = await killMatrix(onSockets, ofDuties, judgeOnSockets, true);
  console.info(`${onSockets.length} checks on sockets: ${real.played} played; ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  return together({ ...simulated, failing: simulated.failing.filter(({ check }) => !left.has(check)) }, real);
}

describe('the kill matrix', () => {
  let matrix: Matrix;
  let gaps: Gaps;

  beforeAll(async () => {
    const begun = performance.now();
    matrix = await wholeMatrix();
    gaps = gapsIn(matrix, checks, faults);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    if (observing.size > 0) console.info(`${observing.size} checks of 1.0 own permissions alone, which no fault breaks`);
    const kills = [...matrix.kills.values()].reduce((sum, killed) => sum + killed.size, 0);
    console.info(`${checks.length} checks × ${faults.length} faults: ${matrix.played} played, ${matrix.spared} need not be; ${kills} kills; ${seconds} s`);
  }, 1_200_000);

  it('has a broker to begin with that passes every check', () => {
    expect(matrix.failing.map(({ check, outcome, message }) => `${check}: ${outcome}, ${message}`)).toEqual([]);
  });

  it('shows each fault by a check of the duty that it breaks', () => {
    expect(gaps.harmless).toEqual([]);
  });

  it('sees each check fail', () => {
    expect(gaps.immortal).toEqual([]);
  });

  it('has no fault that is felt outside of the area it declares', () => {
    expect(gaps.strays).toEqual([]);
  });
});

describe('what the matrix spares', () => {
  /** A fixed choice of pairs, spread over both lists. */
  const sample = Array.from({ length: 150 }, (_, at) => ({ check: checks[(at * 89) % checks.length], named: faults[(at * 127) % faults.length] }));

  it('would have passed: a fault that does not act in a conversation changes nothing', async () => {
    const wrong: string[] = [];
    let spared = 0;
    for (const { check, named } of sample) {
      if (check === undefined || named === undefined) continue;
      const acting = new Set<NamedFault>();
      const healthy = await judge(
        check,
        shadow(faults, each => acting.add(each)),
      );
      if (acting.has(named)) continue;
      spared += 1;
      const verdict = await judge(check, [named.fault]);
      if (verdict.outcome !== healthy.outcome) wrong.push(`${named.id} → ${check.id}: ${verdict.message}`);
    }
    expect(wrong).toEqual([]);
    expect(spared).toBeGreaterThan(100);
  }, 120_000);
});
