import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../check/record.ts';
import { blockSize as shardBlock } from '../fuzz/parser/lanes.ts';
import { type CampaignFlags, type CampaignSubject, openCampaign } from './fuzz-campaign.ts';
import { writeState } from './fuzz-state.ts';
import { amqpspec, emptyFolder } from './testing.ts';

/** Throws on a heartbeat's type in the first octet, the more often found of two mistakes. */
const parser = "exports.parse = bytes => { if (bytes[0] === 3) throw new TypeError('three'); };\n";

async function folderWith(source: string): Promise<string> {
  const folder = await emptyFolder();
  await writeFile(join(folder, 'my-parser.js'), source);
  return folder;
}

const fuzz = (folder: string, ...words: readonly string[]) => amqpspec(['fuzz', 'parser', './my-parser.js', '--seed', '7', '--json', ...words], folder);

interface Result {
  readonly inputs: number;
  readonly next: number;
  readonly seed: number;
  readonly replayed: { readonly cases: number; readonly failing: number };
  readonly findings: readonly { readonly id: string; readonly index: number; readonly file: string }[];
}

const resultOf = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout) as Result;

describe('a campaign', () => {
  test('saves what it found in a corpus, which is played first from then on, and writes record and reports', async () => {
    const folder = await folderWith(parser);
    const first = await fuzz(folder, '--runs', '3000', '--save');
    expect(first.status).toBe(1);
    const [finding] = resultOf(first).findings;
    expect(await readdir(join(folder, 'amqpspec-corpus'))).toEqual([`${finding?.id}.case`]);
    expect((await readFile(join(folder, 'amqpspec-corpus', `${finding?.id}.case`), 'utf8')).split('\n')).toContain('-- parser ../my-parser.js');

    const again = await fuzz(folder, '--runs', '0', '--out', 'second', '--format', 'json,text,html,junit,markdown,allure');
    expect(again.stderr).toContain('first the one case of amqpspec-corpus');
    expect(resultOf(again)).toMatchObject({ inputs: 0, replayed: { cases: 1, failing: 1 }, findings: [{ id: finding?.id }] });
    expect(again.status).toBe(1);
    expect((await readdir(join(folder, 'second'))).sort()).toEqual([
      'allure-results',
      'campaign.json',
      'findings',
      'junit.xml',
      'report.html',
      'report.md',
      'report.txt',
      'run.json',
    ]);

    await writeFile(join(folder, 'my-parser.js'), 'exports.parse = bytes => bytes.length;\n');
    const mended = await fuzz(folder, '--runs', '100', '--out', 'third');
    expect(resultOf(mended)).toMatchObject({ inputs: 100, replayed: { cases: 1, failing: 0 }, findings: [] });
    expect(mended.status).toBe(0);
  });

  test('gives a record that the schema takes', async () => {
    const folder = await folderWith(parser);
    await fuzz(folder, '--runs', '3000');
    const record = JSON.parse(await readFile(join(folder, 'amqpspec-report', 'run.json'), 'utf8')) as RunRecord;
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    addFormats.default(ajv);
    const schema = JSON.parse(await readFile(new URL('../../reports/run-record.schema.json', import.meta.url), 'utf8')) as AnySchemaObject;
    expect(ajv.validate(schema, record), ajv.errorsText()).toBe(true);
    expect(record.target).toMatchObject({ kind: 'parser', url: './my-parser.js', protocols: ['0-9-1'] });
    expect(record.exit).toEqual({ status: 1, reason: '1 mistake found by fuzzing' });
    expect(record.findings[0]).toMatchObject({ severity: 'crash', case: expect.stringMatching(/^amqpspec-report\/findings\/crash-/) });
    expect(record.findings[0]?.text).toContain('\n03\n');
  });

  test('goes on where it was ended, and tells what was found before', async () => {
    const folder = await folderWith(parser);
    const first = resultOf(await fuzz(folder, '--runs', '3000'));
    const resumed = await fuzz(folder, '--runs', '5000', '--resume');
    expect(resumed.stderr).toContain('from input 3000 on');
    expect(resultOf(resumed)).toMatchObject({ inputs: 5000, next: 5000, findings: first.findings });
    const whole = resultOf(await fuzz(folder, '--runs', '5000', '--out', 'whole'));
    expect(whole.findings.map(({ id, index }) => ({ id, index }))).toEqual(first.findings.map(({ id, index }) => ({ id, index })));
  });

  test('is shared out without talk: each input is in one shard, and the shards are joined into one record', async () => {
    const runs = 3 * shardBlock + 100;
    const source = "const fs = require('fs');\nexports.parse = bytes => fs.appendFileSync(process.env.SEEN, `${bytes.toString('hex')}\\n`);\n";
    const folder = await folderWith(source);
    const seenBy = async (name: string, ...words: readonly string[]) => {
      const outcome = await amqpspec(
        ['fuzz', 'parser', './my-parser.js', '--seed', '7', '--json', '--runs', String(runs), '--out', name, '--format', 'json', ...words],
        folder,
        { SEEN: join(folder, `${name}.txt`) },
      );
      expect(outcome.status).toBe(0);
      return (await readFile(join(folder, `${name}.txt`), 'utf8')).trim().split('\n');
    };
    const whole = await seenBy('whole');
    const parts = [await seenBy('one', '--shard', '1/2'), await seenBy('two', '--shard', '2/2')];
    expect(whole).toHaveLength(runs);
    expect(parts.map(part => part.length)).toEqual([2 * shardBlock, shardBlock + 100]);
    expect(parts.flat().sort()).toEqual([...whole].sort());

    const merged = await amqpspec(['merge', 'one/run.json', 'two/run.json', '--out', 'merged', '--json'], folder);
    expect(merged.status).toBe(0);
    expect(JSON.parse(merged.stdout)).toMatchObject({ fuzz: { inputs: runs }, selection: { shard: null } });
  });

  const begun = { subject: 'parser' as const, target: './my-parser.js', protocols: ['amqp091' as const], shard: '1/1', seed: 7 };
  const nothing = { next: 10, inputs: 10, seconds: 1, findings: [], coverage: [] };

  test.each([
    [{ resume: true, out: 'empty' }, /There is no campaign in .*empty to resume\./],
    [{ resume: true, seed: 8 }, /The campaign in .*begun has another seed: 7, not 8\./],
    [{ resume: true, shard: '1/2' }, /The campaign in .*begun has another shard: 1\/1, not 1\/2\./],
    [{ resume: true, target: './other.js' }, /The campaign in .*begun has another target: \.\/my-parser\.js, not \.\/other\.js\./],
    [{ resume: true, protocols: ['amqp10'] }, /The campaign in .*begun has another protocol: amqp091, not amqp10\./],
    [{ resume: true, out: 'older' }, /The campaign in .*older was begun with amqpspec 0\.0\.1, whose inputs may be others/],
    [{ resume: true, out: 'odd' }, /odd.campaign\.json is no campaign that could be resumed\./],
    [{ shard: '3/2' }, /--shard 3\/2 is no part of a campaign; the second of three is written 2\/3\./],
    [{ corpus: 'odd' }, /bad\.case is no case\. Line 1: a case begins with/],
    [{ format: ['pdf'] }, /There is no report format pdf\./],
    [{ time: 'long' }, /--time wants a duration such as 10s or 2m, not long\./],
  ])('asked for by %j is wrong usage', async (asked, sentence) => {
    const folder = await emptyFolder();
    for (const name of ['begun', 'older', 'odd', 'empty']) await mkdir(join(folder, name));
    await writeState(join(folder, 'begun'), { ...begun, ...nothing });
    await writeFile(join(folder, 'older', 'campaign.json'), JSON.stringify({ campaign: 1, tool: '0.0.1', ...begun, ...nothing }));
    await writeFile(join(folder, 'odd', 'campaign.json'), '{"campaign":1}');
    await writeFile(join(folder, 'odd', 'bad.case'), 'hello');
    const { target = begun.target, protocols = begun.protocols, ...flags }: Partial<CampaignFlags & CampaignSubject> = asked as object;
    const all = { time: '1s', format: ['json'], ...flags, out: join(folder, flags.out ?? 'begun'), corpus: join(folder, flags.corpus ?? 'none') };
    await expect(openCampaign(all, ['time'], { subject: 'parser', target, protocols })).rejects.toThrow(sentence);
  });
});
