import { describe, expect, test } from 'vitest';
import { pair } from '../fixtures/run-records/pair.ts';
import { verdict } from '../fixtures/run-records/verdict.ts';
import { buildRecord, type RunRecord } from '../harness/check/record.ts';
import type { Declaration } from '../harness/check/record-declarations.ts';
import type { VerdictRecord } from '../harness/check/record-verdicts.ts';
import { compareRecords, withoutNames } from './compare.ts';
import { diffData, diffOf, renderDiffMarkdown, renderDiffText } from './diff.ts';

const before = buildRecord(pair.before);
const after = buildRecord(pair.after);

const passes = verdict({ check: 'amqp091/queue/purge/count', title: 'a check', duty: 'amqp091/queue.declare.passive:enforce', reaction: 'channel.flow-ok' });
const fails: Partial<VerdictRecord> = { outcome: 'fail', reaction: 'queue.purge-ok', message: 'Expected this, got that.' };
const answers: Partial<VerdictRecord> = {
  reaction: 'connection.close 503 command-invalid',
  ending: { kind: 'connection-closed', code: 503, text: '' },
  reading: 'text',
};
const recordOf = (changes: Partial<VerdictRecord>, gate: 'must' | 'should' = 'must', declarations: readonly Declaration[] = []): RunRecord =>
  buildRecord({ ...pair.before, verdicts: [{ ...passes, ...changes }], selection: { gate }, declarations });
const kindOf = (one: Partial<VerdictRecord>, other: Partial<VerdictRecord>, gate: 'must' | 'should' = 'must') =>
  compareRecords(recordOf(one), recordOf(other, gate)).changes.map(({ kind, regression }) => [kind, regression]);

describe('two records of one check', () => {
  test.each<[string, Partial<VerdictRecord>, Partial<VerdictRecord>, readonly (readonly [string, boolean])[]]>([
    ['the same', {}, {}, []],
    ['passes no longer', {}, fails, [['newly-failing', true]]],
    ['a SHOULD is kept no longer', { level: 'SHOULD' }, { ...fails, level: 'SHOULD' }, [['newly-failing', false]]],
    ['breaks a MUST besides the SHOULD', { ...fails, level: 'SHOULD' }, fails, [['newly-failing', true]]],
    ['is there no longer', {}, { outcome: 'unsupported', reason: 'no' }, [['lost', true]]],
    ['was broken and is there no longer', fails, { outcome: 'unsupported', reason: 'no' }, [['lost', false]]],
    ['is there now', { outcome: 'unsupported', reason: 'no' }, {}, [['gained', false]]],
    ['is there now, and broken', { outcome: 'unsupported', reason: 'no' }, fails, [['newly-failing', true]]],
    ['is mended', fails, {}, [['newly-passing', false]]],
    ['fails otherwise', fails, { ...fails, reaction: 'channel.close 404 not-found' }, [['other-reaction', false]]],
    ['another legal answer', answers, { ...answers, reaction: 'connection.close 504 channel-error' }, [['other-reaction', false]]],
    ['an ordinary talk that ends with another word', {}, { reaction: 'basic.get-empty' }, []],
    ['a name that was drawn for the run', { ...fails, reaction: 'amqpspec-aa-bb-0001 is gone' }, { ...fails, reaction: 'amqpspec-cc-dd-0001 is gone' }, []],
    ['was not judged', {}, { outcome: 'inconclusive', reason: 'peer-slow' }, []],
  ])('%s', (_, one, other, changes) => expect(kindOf(one, other)).toEqual(changes));

  test('a SHOULD that gates is a regression', () => {
    expect(kindOf({ level: 'SHOULD' }, { ...fails, level: 'SHOULD' }, 'should')).toEqual([['newly-failing', true]]);
  });

  test('what the broker leaves to chance, as declared, is none', () => {
    const declared = {
      id: passes.check,
      kind: 'check',
      checks: [passes.check],
      outcome: 'fail',
      sometimes: true,
      reason: 'by chance',
      origin: 'profile',
    } as const;
    const { changes, byChance } = compareRecords(recordOf({}), recordOf(fails, 'must', [declared]));
    expect({ changes, byChance: byChance.map(({ check }) => check) }).toEqual({ changes: [], byChance: [passes.check] });
  });
});

test('names that were drawn are told apart from the rest', () => {
  expect(withoutNames("Queue 'amqpspec-gm2yf8-10kyrz9-0001-key' and amq.gen-x_Y-1.")).toBe("Queue 'NAME' and NAME.");
});

describe('a diff', () => {
  const diff = diffOf(before, after);

  test('tells of every check once', () => {
    const { changes, byChance, unjudged, gone, added, same } = diff;
    expect(changes.length + byChance.length + unjudged.length + added.length + same).toBe(after.verdicts.length);
    expect(gone.map(({ check }) => check)).toEqual([pair.before.verdicts[0]?.check]);
    expect(added.map(({ check }) => check)).toEqual(['amqp091/queue/declare/newest']);
  });

  test('names the regressions, and nothing else as such', () => {
    expect(diff.regressions.map(({ after: { check } }) => check)).toEqual(['amqp091/channel/open/twice', 'amqp091/queue/declare/passive-missing']);
  });

  test('is the same in words, in markdown and as data', () => {
    const data = diffData(diff);
    for (const { check } of data.changes) {
      expect(renderDiffText(diff)).toContain(check);
      expect(renderDiffMarkdown(diff)).toContain(check);
    }
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
  });

  test('of a record with itself finds nothing', () => {
    const none = diffOf(before, before);
    expect([none.changes, none.gone, none.added, none.unjudged]).toEqual([[], [], [], []]);
    expect(renderDiffText(none)).toContain('No regression');
  });

  test('fits a comment on a pull request however much has changed', () => {
    const many = Array.from({ length: 900 }, (_, index) => ({ ...passes, check: `amqp091/area/check-${index}` }));
    const [one, other] = [many, many.map(each => ({ ...each, ...fails, message: 'A sentence that is as long as they come. '.repeat(5) }))];
    const big = renderDiffMarkdown(diffOf(buildRecord({ ...pair.before, verdicts: one }), buildRecord({ ...pair.before, verdicts: other })));
    expect(big.length).toBeLessThan(65_536);
    expect(big).toContain('and 8');
  });
});
