import { describe, expect, test } from 'vitest';
import { dutyOf } from '../harness/spec/ledger.ts';
import { allChecks } from './checks.ts';

const ids = (checks: typeof allChecks): readonly string[] => checks.map(({ id }) => id);

describe('the duties of the checks', () => {
  test('are none of a client and none that cannot be shown', () => {
    const owned = new Set(allChecks.flatMap(check => check.duties));
    expect([...owned].filter(id => id.includes(':client-') || dutyOf(id).duty.shown === 'untestable')).toEqual([]);
  });

  test('to enforce something are owned by checks that say they depart', () => {
    const quiet = allChecks.filter(({ duties, departs }) => duties.some(duty => duty.endsWith(':enforce')) && departs !== true);
    expect(ids(quiet)).toEqual([]);
  });

  test('that bind only with a capability are owned by checks that ask for it', () => {
    const careless = allChecks.filter(({ duties, capabilities = [] }) => {
      const needed = duties.flatMap(id => dutyOf(id).rule.capability ?? []);
      return needed.some(name => !capabilities.includes(name));
    });
    expect(ids(careless)).toEqual([]);
  });

  test('take no longer than ten seconds, or wait for --thorough', () => {
    expect(ids(allChecks.filter(({ worstMs, thorough }) => worstMs > 10_000 && thorough !== true))).toEqual([]);
  });
});
