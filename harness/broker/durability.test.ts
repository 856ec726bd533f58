import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claimsFlushed } from '../saboteur/stores.ts';
import { type Scene, type Step, scene } from './durability.test-kit.ts';

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('publish' as const), to: fc.constantFrom('a' as const, 'b' as const, 'both' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('publish-in-transaction' as const), to: fc.constantFrom('a' as const, 'b' as const, 'both' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('commit' as const, 'ack-in-transaction' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('get' as const), from: fc.constantFrom('a' as const, 'b' as const), noAck: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('ack' as const, 'requeue' as const), which: fc.nat(20) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(12) }) },
);

const story = fc.record({ steps: fc.array(step, { maxLength: 60 }), flushMs: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 }) });

/** Plays a story, cuts the power, and says what the broker that comes back has wrong. */
async function wrongs({ steps, flushMs }: { readonly steps: readonly Step[]; readonly flushMs: readonly number[] }, options: Parameters<typeof scene>[1] = {}) {
  const played: Scene = await scene(flushMs, options);
  for (const each of steps) await played.play(each);
  return played.wrongsAfterCrash();
}

describe('a broker whose machine loses its power', () => {
  test('loses nothing that it confirmed, brings back nothing that was acknowledged and flushed, keeps the order and does commits whole', async () => {
    await fc.assert(
      fc.asyncProperty(story, async each => {
        expect(await wrongs(each)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('does so too when messages are kept on disk only', async () => {
    await fc.assert(
      fc.asyncProperty(story, async each => {
        expect(await wrongs(each, { pageOctets: 0 })).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('is found out where it confirms before the flush', async () => {
    const found = await fc.check(
      fc.asyncProperty(story, async each => (await wrongs(each, { wrapStore: claimsFlushed().wrap })).length === 0),
      { numRuns: 300, seed: 5 },
    );
    expect(found.failed).toBe(true);
  });

  test('is found out where it loses every fifth message on its way to the store', async () => {
    let count = 0;
    const forgetful: NonNullable<Parameters<typeof scene>[1]> = {
      wrapStore: store => ({
        write: change => {
          count += change.change === 'append' ? 1 : 0;
          if (change.change !== 'append' || count % 5 !== 0) store.write(change);
        },
        flushed: () => store.flushed(),
        load: () => store.load(),
        close: () => store.close(),
      }),
    };
    const found = await fc.check(
      fc.asyncProperty(story, async each => (await wrongs(each, forgetful)).length === 0),
      { numRuns: 300, seed: 5 },
    );
    expect(found.failed).toBe(true);
  });
});
