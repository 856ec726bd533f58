import { describe, expect, test } from 'vitest';
import type { Check } from '../../harness/check/check.ts';
import { runCheck } from '../../harness/check/run-check.ts';
import type { PropertyOptions } from '../../harness/probe/peer.ts';
import type { Fault } from '../../harness/saboteur/fault.ts';
import { findFault } from '../../harness/saboteur/faults.ts';
import { simulatedTarget } from '../../harness/target/simulated.ts';
import { propertyChecks } from './properties.ts';

const seed = 1;

function play(check: Check, fault?: Fault, properties: PropertyOptions = {}) {
  return runCheck(check, simulatedTarget({ seed, ...(fault !== undefined && { fault }) }), { seed, properties });
}

/** A fault that each property finds within its default runs, most of them one that no other check feels; and how short its story is. */
const found: readonly (readonly [id: string, fault: string, steps: number])[] = [
  ['amqp091/properties/queue', 'amqp091/basic.ack.multiple:emit#2', 12],
  ['amqp091/properties/confirms', 'amqp091/confirm.all-queues:emit#2', 12],
  ['amqp091/properties/transactions', 'amqp091/tx.commit.publications:emit#2', 16],
  ['amqp091/properties/transactions/cut', 'amqp091/tx.atomicity:emit', 4],
  ['amqp091/properties/flow-control', 'amqp091/basic.qos.prefetch-count:emit#2', 10],
  ['amqp091/properties/content', 'amqp091/3.1.1.body-intact:emit#3', 5],
  ['amqp091/properties/framing', 'amqp091/2.3.4.segmentation:emit#3', 5],
  ['amqp091/properties/routing/plain', 'amqp091/queue.unbind.effect:emit#2', 12],
  ['amqp091/properties/routing/topic', 'amqp091/3.1.3.3.topic-hash:emit#2', 12],
  ['amqp091/properties/routing/headers', 'amqp091/3.1.3.4.headers-all:emit#3', 14],
  ['amqp091/properties/routing/joined', 'amqp091/exchange.bind.matching:emit', 15],
];

describe('each property', () => {
  test('is among those that are seen to fail', () => {
    expect(found.map(([id]) => id).sort()).toEqual(propertyChecks.map(({ id }) => id).sort());
  });

  test.each(found)('%s finds %s within its default runs, makes it small, and plays it again', async (id, name, steps) => {
    const check = propertyChecks.find(each => each.id === id);
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

  test.each(propertyChecks.map(check => [check.id, check] as const))('%s passes over a bad network too', async (_, check) => {
    const conditions = { delays: { minMs: 1, maxMs: 20 }, splits: 0.3, stalls: { probability: 0.02, ms: 100 } };
    expect(await runCheck(check, simulatedTarget({ seed, ...conditions }), { seed })).toMatchObject({ outcome: 'pass' });
  });
});
