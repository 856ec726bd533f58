import { expect } from 'vitest';
import { findDuty } from '../spec/ledger.ts';
import type { AnyCase } from './client-case.ts';
import type { Patience } from './stage.ts';
import type { Finding } from './verdicts.ts';

/** The sound client answers in order, so that no time decides; a broken one may say nothing, which is waited for. */
export const soundly: Patience = { reachMs: 30_000, graceMs: 50, silenceMs: 20_000, lingerMs: 20_000, quitMs: 20_000 };
export const broken: Patience = { reachMs: 5_000, graceMs: 400, silenceMs: 1_000, lingerMs: 1_000, quitMs: 1_000 };

/** The finding on each case, many side by side. */
export async function findingsOn(
  cases: readonly AnyCase[],
  sideBySide: number,
  judged: (law: AnyCase) => Promise<Finding>,
): Promise<Readonly<Record<string, Finding>>> {
  const waiting = [...cases];
  const found: Record<string, Finding> = {};
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) found[next.id] = await judged(next);
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  return found;
}

/** Every case has an id of its own and duties of clients, and every fault a case. `area`: how the ids begin. */
export function expectCatalogue(cases: readonly AnyCase[], area: string, faultsByCase: Readonly<Record<string, unknown>>): void {
  const known = new Set(cases.map(({ id }) => id));
  expect(known.size).toBe(cases.length);
  const wrong = cases.flatMap(({ id, duties }) => duties.filter(duty => !findDuty(duty)?.key.startsWith('client-')).map(duty => `${id}: ${duty}`));
  expect(wrong).toEqual([]);
  expect(Object.keys(faultsByCase).filter(name => !known.has(`${area}/${name}`))).toEqual([]);
}

/** Every finding has this outcome. */
export function expectAll(found: Readonly<Record<string, Finding>>, expected: Finding['outcome']): void {
  expect(Object.entries(found).filter(([, { outcome }]) => outcome !== expected)).toEqual([]);
}
