import { describe, expect, test } from 'vitest';
import type { Check } from '../../harness/check/check.ts';
import { runCheck } from '../../harness/check/run-check.ts';
import type { PropertyOptions } from '../../harness/probe/peer.ts';
import type { Fault } from '../../harness/saboteur/fault.ts';
import { findFault } from '../../harness/saboteur/faults.ts';
import { simulatedTarget } from '../../harness/target/simulated.ts';
import { property10Checks } from './properties10.ts';

const seed = 1;

function play(check: Check, fault?: Fault, properties: PropertyOptions = {}) {
  return runCheck(check, simulatedTarget({ seed, ...(fault !== undefined && { fault }) }), { seed, properties });
}

/** A fault that each property finds within its default runs, most of them one that no other check feels; and how short its story is. */
const found: readonly (readonly [id: string, fault: string, steps: number])[] = [
  ['amqp10/properties/transactions', 'amqp10/4.1.atomic:emit#2', 14],
  ['amqp10/properties/credit', 'amqp10/2.6.7.credit-used:emit#2', 32],
  ['amqp10/properties/delivery-state', 'amqp10/2.7.6.range:emit', 18],
  ['amqp10/properties/framing', 'amqp10/2.3.2.empty-frame:emit#2', 6],
  ['amqp10/properties/content', 'amqp10/3.2.6.data:emit#3', 3],
  ['amqp10/properties/values', 'amqp10/3.2.8.amqp-value:emit#3', 3],
  ['amqp10/properties/cross', 'amqp10/conversion.outcome-on-091:emit#2', 14],
  ['amqp10/properties/routing', 'amqp10/address-v2.null-target:emit#2', 14],
  ['amqp10/properties/links', 'amqp10/2.6.13.resume-flag:emit#2', 12],
];

describe('each property of 1.0', () => {
  test('is among those that are seen to fail', () => {
    expect(found.map(([id]) => id).sort()).toEqual(property10Checks.map(({ id }) => id).sort());
  });

  test.each(found)('%s finds %s within its default runs, makes it small, and plays it again', async (id, name, steps) => {
    const check = property10Checks.find(each => each.id === id);
    const fault = findFault(`violation:${name}`);
    if (check === undefined || fault === undefined) throw new Error(`no ${id} or no ${name}`);
    const verdict = await play(check, fault);
    expect(verdict).toMatchObject({ outcome: 'fail', counterexample: { seed } });
    const { counterexample, replay } = verdict;
    expect(counterexample?.runs).toBeLessThanOrEqual(check.runs ?? 0);
    expect(counterexample?.steps.length, counterexample?.steps.join('\n')).toBeLessThanOrEqual(steps);
    const path = counterexample?.path ?? '';
    expect(replay).toMatch(new RegExp(`${id} .* --seed ${seed} --path ${path}$`));
    const again = await play(check, fault, { path });
    expect(again.counterexample?.steps).toEqual(counterexample?.steps);
    expect(await play(check, undefined, { path })).toMatchObject({ outcome: 'pass' });
  });

  test.each(property10Checks.map(check => [check.id, check] as const))('%s passes over a bad network too', async (_, check) => {
    const conditions = { delays: { minMs: 1, maxMs: 20 }, splits: 0.3, stalls: { probability: 0.02, ms: 100 } };
    expect(await runCheck(check, simulatedTarget({ seed, ...conditions }), { seed })).toMatchObject({ outcome: 'pass' });
  });
});
