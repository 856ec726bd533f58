import { expect, test } from 'vitest';
import { interop, interopLater } from '../fixtures/run-records/interop.ts';
import { pair } from '../fixtures/run-records/pair.ts';
import { buildRecord } from '../harness/check/record.ts';
import type { InteropRecord, InteropResult } from '../harness/check/record-interop.ts';
import { diffData, diffOf, hasRegressed, renderDiffText } from './diff.ts';
import { comparePairs, pairRegressions, pairsHeadline } from './pair-changes.ts';

const result: InteropResult = { case: 'settle/released', publisher: 'pika', consumer: 'rhea', outcome: 'pass', level: 'MUST', surprise: false };
const recordOf = (changes: Partial<InteropResult>): InteropRecord => ({ clients: [], cases: [], results: [{ ...result, ...changes }], declarations: [] });
const fails: Partial<InteropResult> = { outcome: 'fail', message: 'it came 2 times', surprise: true };

test.each<[string, Partial<InteropResult>, Partial<InteropResult>, readonly unknown[]]>([
  ['the same', {}, {}, []],
  ['fails now', {}, fails, ['newly-failing', true]],
  ['fails now, as is declared now', {}, { ...fails, surprise: false, declared: { reason: 'r', source: 's' } }, ['newly-failing', true]],
  ['fails now, below what gates', { level: 'SHOULD' }, { ...fails, level: 'SHOULD' }, ['newly-failing', false]],
  ['passes now', fails, {}, ['newly-passing', false]],
  ['is no longer supported', {}, { outcome: 'unsupported' }, ['lost', true]],
  ['is supported now', { outcome: 'unsupported' }, {}, ['gained', false]],
  ['a known fault shows', {}, { outcome: 'client', message: 'cut' }, ['otherwise', false]],
  ['fails with another number in what is said', fails, { ...fails, message: 'it came 3 times' }, []],
  ['fails otherwise', fails, { ...fails, message: 'it did not come' }, ['otherwise', false]],
  ['was not played now', {}, { outcome: 'not-run', message: 'no go' }, ['unjudged', false]],
])('%s', (_, before, now, expected) => {
  const { changes, same } = comparePairs(recordOf(before), recordOf(now));
  expect(changes.flatMap(({ kind, regression }) => [kind, regression])).toEqual(expected);
  expect(changes.length + same).toBe(1);
});

test('a SHOULD that gates is a regression', () => {
  expect(pairRegressions(comparePairs(recordOf({ level: 'SHOULD' }), recordOf({ ...fails, level: 'SHOULD' }), 'should'))).toBe(1);
});

test('a run with pairs against one without tells how many are new, and no regression', () => {
  expect(pairsHeadline(comparePairs(undefined, interop))).toBe(`Pairs of clients: no regression, ${interop.results.length} new; 0 as before.`);
  expect(pairsHeadline(comparePairs(undefined, undefined))).toBeUndefined();
});

test('an exchange that fails now is a regression of the run, where no check is', () => {
  const [old, young] = [buildRecord({ ...pair.before, interop }), buildRecord({ ...pair.before, interop: interopLater })];
  const diff = diffOf(old, young);
  expect(diff.regressions).toEqual([]);
  expect(hasRegressed(diff)).toBe(true);
  expect(hasRegressed(diffOf(old, old))).toBe(false);
  expect(renderDiffText(diff)).toContain('settle/released  amqplib → amqplib\n    before passed\n    now    failed: a message did not come within 5 s');
  expect(diffData(diff)).toMatchObject({ pairs: { gone: 1, added: 0 } });
});
