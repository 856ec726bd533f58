import { describe, expect, test } from 'vitest';
import { inputs } from '../../fixtures/run-records/inputs.ts';
import { MergeError, mergeRecords, type Part } from './merge.ts';
import { buildRecord, type RunRecord } from './record.ts';

/** A shard has no pairs of clients. */
const { interop: _pairs, ...mixed } = inputs.mixed;
const whole = buildRecord({ ...mixed, selection: { ...mixed.selection, shard: null } });
const half = (at: 0 | 1, changes: Partial<RunRecord> = {}): Part => ({
  path: `${at}.json`,
  record: {
    ...buildRecord({
      ...mixed,
      verdicts: mixed.verdicts.filter((_, index) => index % 2 === at),
      selection: { ...mixed.selection, shard: `${at + 1}/2` },
    }),
    ...changes,
  },
});
const target = (changes: Partial<RunRecord['target']>) => half(1, { target: { ...whole.target, ...changes } });

describe('joined shards', () => {
  test('give the summary, the ledger, the declarations and the exit of the whole', () => {
    const { summary, exit, rules, declarations, verdicts } = mergeRecords([half(1), half(0)]);
    expect({ summary, exit, rules, declarations, verdicts }).toEqual({
      summary: whole.summary,
      exit: whole.exit,
      rules: whole.rules,
      declarations: whole.declarations,
      verdicts: whole.verdicts,
    });
  });

  test('took from the first start to the last end', () => {
    const { startedAt, durationMs } = mergeRecords([half(0, { startedAt: '2026-03-14T15:00:00.000Z' }), half(1, { startedAt: '2026-03-14T15:01:00.000Z' })]);
    expect({ startedAt, durationMs }).toEqual({ startedAt: '2026-03-14T15:00:00.000Z', durationMs: 60_000 + whole.durationMs });
  });

  test('a container may have another address', () => {
    expect(mergeRecords([half(0), target({ url: 'amqp://guest@127.0.0.1:40001/%2F' })]).verdicts.length).toBe(whole.verdicts.length);
  });

  test.each<[string, Part, RegExp]>([
    [
      'another tool',
      half(1, { tool: { name: 'amqpspec', version: '9.9.9' } }),
      /^0\.json \(amqpspec 0\.1\.0\) and 1\.json \(amqpspec 9\.9\.9\) are of different versions of the tool/,
    ],
    ['another version of the broker', target({ version: '4.1.0' }), /\(RabbitMQ 4\.0\.5\) and 1\.json \(RabbitMQ 4\.1\.0\) are of different targets/],
    ['another image', target({ image: 'mine:1' }), /are of different targets/],
    ['another profile', half(1, { profile: null }), /are of different profiles/],
    ['other declarations', half(1, { declarations: [] }), /are of different declared deviations/],
    ['one of another number of shards', half(1, { selection: { ...whole.selection, shard: '2/3' } }), /^0\.json is one of 2 shards and 1\.json one of 3/],
    ['another selection', half(1, { selection: { ...whole.selection, gate: 'should', shard: '2/2' } }), /^0\.json and 1\.json are of different selections/],
    ['the same checks', half(1, { verdicts: half(0).record.verdicts }), /^0\.json and 1\.json overlap: both judge amqp091\//],
  ])('%s is refused', (_, part, sentence) => {
    const join = () => mergeRecords([half(0), part]);
    expect(join).toThrow(MergeError);
    expect(join).toThrow(sentence);
  });
});

describe('pairs of clients that were played in shards', () => {
  const { interop } = inputs.mixed;
  const results = interop?.results ?? [];
  const share = (at: 0 | 1): Part => {
    const own = results.filter(({ publisher }) => (publisher === 'rhea') === (at === 1)).map(({ where: _, ...result }) => result);
    return half(at, {
      ...(interop && {
        interop: {
          ...interop,
          results: own,
          declarations: interop.declarations.map(each => ({ ...each, ...(at === 1 ? {} : { state: 'unjudged' as const, judged: 0, failed: 0 }) })),
        },
      }),
    });
  };

  test('are joined as if they had been played in one, and where else a case fails is told of all', () => {
    const merged = mergeRecords([share(1), share(0)]).interop;
    expect(merged?.results.map(({ publisher, consumer }) => `${publisher} ${consumer}`).slice(0, 3)).toEqual([
      'amqplib amqplib',
      'amqplib rhea',
      'amqplib rhea',
    ]);
    expect(merged?.results).toHaveLength(results.length);
    expect(merged?.declarations).toEqual(interop?.declarations);
    expect(merged?.clients).toEqual(interop?.clients);
    expect(merged?.results.find(({ outcome }) => outcome === 'fail')?.where).toMatch(/^only where rhea consumes; 2 other pairs of 3/);
  });

  test('an exchange that surprises gates the whole', () => {
    expect(mergeRecords([share(1), share(0)]).exit.reason).toContain('2 exchanges');
  });

  test('two shards that played the same exchange are refused', () => {
    const [one, other] = [share(0), share(1)];
    expect(() => mergeRecords([one, { ...other, record: { ...other.record, ...(one.record.interop && { interop: one.record.interop }) } }])).toThrow(
      /overlap: both play interop\//,
    );
  });
});
