import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../harness/check/record.ts';
import { areasOf, declarationOf, groups, headline, productOf, stateOf } from './summarize.ts';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/run-records/${name}.json`, import.meta.url), 'utf8')) as RunRecord;
const { interop, fuzz, ...mixed } = read('mixed');

test('each verdict is in exactly one group', () => {
  const all = Object.values(groups(mixed.verdicts)).flat();
  expect(all).toHaveLength(mixed.verdicts.length);
  expect(new Set(all).size).toBe(mixed.verdicts.length);
});

describe('the headline claims no more than was seen', () => {
  const because = (change: { readonly status?: 0 | 1 | 2; readonly summary?: Partial<RunRecord['summary']>; readonly gate?: 'must' | 'should' }) =>
    headline({
      ...mixed,
      exit: { status: change.status ?? 0, reason: '' },
      selection: { ...mixed.selection, gate: change.gate ?? 'must' },
      summary: { ...mixed.summary, checks: 12, pass: 10, fail: 0, declared: 0, inconclusive: 0, surprises: 0, ...change.summary },
    });

  test.each([
    [{}, 'All 10 judged checks passed.'],
    [{ summary: { inconclusive: 1 } }, 'All 10 judged checks passed. 1 check could not be judged.'],
    [{ summary: { fail: 2, declared: 2 } }, '10 of 12 judged checks passed, 2 failed as declared.'],
    [{ summary: { fail: 2, declared: 1 } }, '10 of 12 judged checks passed, 1 failed as declared, 1 failed below MUST, which gates nothing here.'],
    [{ status: 1, summary: { fail: 2, surprises: 2 } }, '2 checks of 12 came out other than declared.'],
    [{ status: 2, summary: { inconclusive: 2 } }, 'All 10 judged checks passed. 2 checks could not be judged.'],
    [{ status: 2, summary: { pass: 0, inconclusive: 12 } }, 'Nothing was judged.'],
  ] as const)('%j', (change, words) => {
    expect(because(change)).toBe(words);
  });
});

test('a run is named by its exit status', () => {
  expect(['clean', 'mixed', 'down'].map(name => stateOf(read(name)))).toEqual(['as declared', 'surprises', 'not judged']);
});

test('areas, declarations and the product', () => {
  expect(areasOf(mixed.verdicts).slice(-2)).toEqual(['amqp10/link', 'amqp10/transport']);
  expect(declarationOf(mixed, 'amqp091/framing/wrong-frame-end')?.kind).toBe('rule');
  expect(declarationOf(mixed, 'amqp091/queue/delete/missing')).toBeUndefined();
  expect(productOf({ ...mixed, target: { ...mixed.target, product: null, version: null } })).toBe('Unnamed broker');
});

test('a campaign has a sentence of its own', () => {
  const none = { ...mixed.summary, checks: 0, pass: 0, fail: 0, declared: 0, inconclusive: 0, surprises: 0 };
  const alone = { ...mixed, summary: none, verdicts: [], ...(fuzz !== undefined && { fuzz }) };
  expect(headline(alone)).toBe('2 mistakes found by 48 211 conversations and 12 saved cases.');
  expect(headline({ ...alone, findings: [] })).toBe('No mistake found by 48 211 conversations and 12 saved cases.');
  expect(headline({ ...alone, summary: { ...none, checks: 1, pass: 1 }, exit: { status: 0, reason: '' } })).toMatch(
    /^2 mistakes found by .*\. The one check .* passed\.$/,
  );
});

test('pairs of clients have a sentence of their own', () => {
  const none = { ...mixed.summary, checks: 0, pass: 0, fail: 0, declared: 0, inconclusive: 0, surprises: 0 };
  const alone = { ...mixed, summary: none, verdicts: [], exit: { status: 1, reason: '' } as const, ...(interop !== undefined && { interop }) };
  expect(headline(alone)).toBe('2 of 6 exchanges between two clients came out other than declared.');
  const results = interop?.results.filter(({ surprise }) => !surprise) ?? [];
  const quiet = { ...alone, interop: { clients: [], cases: [], results, declarations: [] }, exit: { status: 0, reason: '' } as const };
  expect(headline(quiet)).toBe('1 of 4 exchanges between two clients passed, the others as declared or as no standard decides.');
  expect(headline({ ...quiet, summary: { ...none, checks: 1, pass: 1 } })).toMatch(/^The one check that was judged passed\. 1 of 4/);
});
