import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '../check/record.ts';
import { amqpspec, emptyFolder, type Outcome, servedBroker } from './testing.ts';

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);

/** Takes away what differs between two runs of the same checks: times, the wire logs that tell them, and names that the broker drew. */
function timeless(record: RunRecord): unknown {
  const { startedAt, durationMs, ...rest } = record;
  const { roundTripMs, ...target } = rest.target;
  const told = {
    ...rest,
    target,
    measurements: rest.measurements.map(({ value, ...each }) => (each.unit === 'ms' ? each : { ...each, value })),
    verdicts: rest.verdicts.map(({ durationMs: took, transcript, ...verdict }) => verdict),
  };
  return JSON.parse(JSON.stringify(told).replaceAll(/amq\.gen-[\w-]+/g, 'amq.gen'));
}

describe('a run in shards', () => {
  const only = 'amqp091/{get,queue/declare}/**';
  const records: Record<string, RunRecord> = {};
  let folder = '';
  let broker: Awaited<ReturnType<typeof servedBroker>>;
  const play = async (name: string, ...words: readonly string[]): Promise<Outcome> => {
    const ran = await amqpspec(['run', broker.url, '--only', only, '--out', name, '--format', 'json', ...words], folder);
    records[name] = JSON.parse(await readFile(join(folder, name, 'run.json'), 'utf8'));
    return ran;
  };
  const refused = async (...words: readonly string[]) => {
    const { status, stderr } = await amqpspec(['merge', ...words], folder);
    return { status, stderr };
  };

  beforeAll(async () => {
    folder = await emptyFolder();
    broker = await servedBroker(folder, ['--fault', 'violation:amqp091/queue.declare.passive-missing:enforce']);
    await play('whole', '--seed', '7');
    for (const shard of ['1/3', '2/3', '3/3']) await play(`s${shard[0]}`, '--seed', '7', '--shard', shard);
    await play('other-seed', '--seed', '8', '--shard', '3/3');
  }, 240_000);

  afterAll(() => broker?.[Symbol.asyncDispose]());

  test('each shard judges some, and says that it is one', () => {
    for (const name of ['s1', 's2', 's3']) {
      expect(records[name]?.verdicts.length).toBeGreaterThan(3);
      expect(records[name]?.notes.map(({ kind }) => kind)).toContain('shard');
    }
  });

  test('joined they are the record of the whole, but for its times; its schema takes it', async () => {
    const { status, stdout } = await amqpspec(['merge', 's3/run.json', 's1/run.json', 's2/run.json', '--json', '--out', 'joined'], folder);
    const joined = JSON.parse(stdout) as RunRecord;
    expect(timeless(joined)).toEqual(timeless(records.whole as RunRecord));
    expect(status).toBe(1);
    expect(joined.summary.surprises).toBeGreaterThan(0);
    const validate = ajv.compile(JSON.parse(await readFile(new URL('../../reports/run-record.schema.json', import.meta.url), 'utf8')));
    for (const record of [joined, ...Object.values(records)]) expect(validate(record), ajv.errorsText(validate.errors)).toBe(true);
    expect(JSON.parse(await readFile(join(folder, 'joined', 'run.json'), 'utf8'))).toEqual(joined);
  });

  test('seeds of their own are told, and nothing else changes', async () => {
    const { stdout } = await amqpspec(['merge', 's1/run.json', 's2/run.json', 'other-seed/run.json', '--json', '--out', 'joined'], folder);
    const joined = JSON.parse(stdout) as RunRecord;
    expect(joined.notes).toEqual([{ kind: 'shard', text: 'The shards were run with seeds of their own: 7, 8.' }]);
    expect(joined.summary).toEqual(records.whole?.summary);
  });

  test.each([
    ['a missing shard', ['s1', 's3'], 'Shard 2/3 is missing.'],
    ['missing shards', ['s2'], 'Shards 1/3 and 3/3 are missing.'],
    ['a shard twice', ['s1', 's2', 's3', 'other-seed'], 'Shard 3/3 is there more than once: s3/run.json and other-seed/run.json.'],
    ['no shard', ['whole', 's1'], 'whole/run.json is no shard: it was not run with --shard.'],
  ])('%s is refused', async (_, names, sentence) => {
    expect(await refused(...names.map(name => `${name}/run.json`))).toEqual({ status: 64, stderr: `amqpspec: ${sentence}\n` });
  });

  test.each([
    ['0/3', /--shard 0\/3 is no part of a run; the second of three is written 2\/3/],
    ['4/3', /is no part of a run/],
    ['two', /is no part of a run/],
    ['700/900', /--shard 700\/900 is empty: there are \d+ checks to share out/],
  ])('--shard %s is refused', async (shard, sentence) => {
    const { status, stderr } = await amqpspec(['run', broker.url, '--only', only, '--shard', shard], folder);
    expect({ status, stderr }).toEqual({ status: 64, stderr: expect.stringMatching(sentence) });
  });
});
