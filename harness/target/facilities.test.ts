import { describe, expect, test } from 'vitest';
import { allChecks } from '../../suites/checks.ts';
import { runCheck } from '../check/run-check.ts';
import { referenceTarget } from './child.ts';
import { inProcessTarget } from './in-process.ts';
import { simulatedTarget } from './simulated.ts';
import type { Target } from './target.ts';

/** One check for each facility. */
const ids = ['permission/read/get', 'virtual-host/queues', 'blocked/publishing', 'tls/whole-life', 'tls/external', 'tls/foreign-authority'];
const checks = ids.map(id => allChecks.find(check => check.id === `amqp091/${id}`)).filter(check => check !== undefined);

async function outcomes(target: Target): Promise<readonly string[]> {
  const found: string[] = [];
  for (const check of checks) found.push((await runCheck(check, target)).outcome);
  await target[Symbol.asyncDispose]();
  return found;
}

describe('what is arranged on our own broker', () => {
  test.each([
    ['in a process of its own', () => referenceTarget()],
    ['in this process', () => inProcessTarget()],
  ])('%s is everything', async (_, make) => {
    expect(await outcomes(await make())).toEqual(['pass', 'pass', 'pass', 'pass', 'pass', 'pass']);
  });

  test('in the simulator is everything but TLS', async () => {
    expect(await outcomes(simulatedTarget({ seed: 1 }))).toEqual(['pass', 'pass', 'pass', 'not-run', 'not-run', 'not-run']);
  });

  test('lets nothing outlast a check that fails: a raised alarm is ended', async () => {
    const target = await inProcessTarget({ fault: [] });
    const check = checks.find(({ id }) => id.endsWith('blocked/publishing'));
    const failing = check && {
      ...check,
      run: async (peer: Parameters<typeof check.run>[0]) => {
        await peer.facility('alarm').raise('memory');
        peer.require(false, 'It fails with the alarm raised.');
      },
    };
    expect(failing && (await runCheck(failing, target)).outcome).toBe('fail');
    expect(check && (await runCheck(check, target)).outcome).toBe('pass');
    await target[Symbol.asyncDispose]();
  });
});
