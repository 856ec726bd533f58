import picomatch from 'picomatch';
import { beforeAll, describe, expect, it } from 'vitest';
import { allChecks } from '../../suites/checks.ts';
import { type Readings, textReadings } from '../broker/readings.ts';
import type { Check } from '../check/check.ts';
import { runCheck } from '../check/run-check.ts';
import { Session } from '../check/session.ts';
import type { Verdict } from '../check/verdict.ts';
import type { DutyId } from '../spec/catalogue.ts';
import { inProcessTarget } from '../target/in-process.ts';
import { simulatedTarget } from '../target/simulated.ts';
import type { Fault } from './fault.ts';
import { dutyOf, type NamedFault, violationFaults } from './faults.ts';
import { type Gaps, gapsIn, killMatrix, type Matrix, together } from './kill-matrix.ts';
import { shadow } from './shadow.ts';

const seed = 1;
/** `AMQPSPEC_MATRIX=amqp091/tx/**` narrows the matrix to some checks and the faults of their duties, for whoever works on them. */
const only = process.env['AMQPSPEC_MATRIX'];
const checks = allChecks.filter(({ id }) => only === undefined || picomatch(only)(id));
const duties = new Set(checks.flatMap(each => each.duties));
const isOneOf = (duty: DutyId | undefined): boolean => duty !== undefined && duties.has(duty);
const faults = violationFaults().filter(({ id }) => only === undefined || isOneOf(dutyOf(id)));

/** One check against a broker of its own. The session is left open: what comes behind the verdict proves nothing. One pulse tells a bystander that is not served. */
function judge(check: Check, broken: readonly Fault[]): Promise<Verdict> {
  const target = simulatedTarget({ seed, fault: broken, brokerSettings: { anonymous: 'guest' }, brokerOptions: { readings: readingsFor(check) } });
  return target.run(async () => runCheck(check, target, { seed, session: await Session.open(target, { seed, warmUps: 1, properties: { shrinks: 0 } }) }));
}

/** What is said of the prefetch of each consumer binds a broker that reads it so, which the text does not. */
function readingsFor({ capabilities = [] }: Check): Readings {
  return capabilities.includes('per_consumer_qos') ? { ...textReadings, prefetch: 'practice' } : textReadings;
}

/** The same over sockets, where nothing waits long since nothing is far. */
async function judgeOnSockets(check: Check, broken: readonly Fault[]): Promise<Verdict> {
  await using target = await inProcessTarget({ anonymous: 'guest', fault: broken });
  const session = await Session.open(target, { seed, warmUps: 1, budgets: { reply: 2000, close: 1000, handshake: 2000 } });
  return await runCheck(check, target, { seed, session });
}

/** A simulated network has no TLS that a fault could break. */
function isOfTls({ fault: { seam } }: NamedFault): boolean {
  return seam.kind === 'listener' && Object.keys(seam.settings).every(key => key === 'tls');
}

/** What needs more than a simulated network, as TLS does, is played on sockets: against the faults of its own duties, and as briefly as that can be. */
async function wholeMatrix(): Promise<Matrix> {
  const simulated = await killMatrix(
    checks,
    faults.filter(each => !isOfTls(each)),
    judge,
  );
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
    const kills = [...matrix.kills.values()].reduce((sum, killed) => sum + killed.size, 0);
    console.info(`${checks.length} checks × ${faults.length} faults: ${matrix.played} played, ${matrix.spared} need not be; ${kills} kills; ${seconds} s`);
  }, 600_000);

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
  const sample = Array.from({ length: 150 }, (_, at) => ({ check: allChecks[(at * 89) % allChecks.length], named: faults[(at * 127) % faults.length] }));

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
