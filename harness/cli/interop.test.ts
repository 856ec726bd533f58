import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { amqpspec, emptyFolder } from './testing.ts';

test.each([
  ['an unknown client', ['run', '--interop', 'rea'], 'There is no client rea. Did you mean rhea?'],
  ['a target that was taken for clients', ['run', '--interop', 'amqp://localhost'], 'the target stands before --interop'],
  ['an unknown case', ['run', '--only', 'interop/settel/**'], '--only interop/settel/** matches no check.'],
  ['a shared broker', ['run', 'amqp://localhost', '--safe', '--interop'], 'do not go with --safe'],
  ['an empty shard', ['run', '--shard', '5/5', '--only', 'interop/**', '--interop', 'amqplib,rhea'], 'there are 4 pairs of clients to share out'],
] as const)('%s is wrong usage', async (_, words, sentence) => {
  const { status, stderr } = await amqpspec(words, await emptyFolder());
  expect({ status, stderr }).toEqual({ status: 64, stderr: expect.stringContaining(sentence) });
});

test('pairs of clients alone, in all reports', { timeout: 120_000 }, async () => {
  const folder = await emptyFolder();
  const { status, stdout } = await amqpspec(['run', '--only', 'interop/settle/**', '--interop', 'amqplib,rhea'], folder);
  expect(status).toBe(0);
  expect(stdout).toContain('exchanges between two clients passed');
  const report = (name: string) => readFile(join(folder, 'amqpspec-report', name), 'utf8');
  const record: unknown = JSON.parse(await report('run.json'));
  const ajv = new Ajv2020({ allowUnionTypes: true });
  addFormats.default(ajv);
  const schema = JSON.parse(await readFile(new URL('../../reports/run-record.schema.json', import.meta.url), 'utf8')) as AnySchemaObject;
  expect(ajv.validate(schema, record), ajv.errorsText()).toBe(true);
  expect(record).toMatchObject({ verdicts: [], exit: { status: 0 }, interop: { clients: [{ name: 'amqplib' }, { name: 'rhea' }] } });
  expect(await report('report.html')).toContain('Pairs of clients');
  expect(await report('report.md')).toContain('### Pairs of clients');
  expect(await report('junit.xml')).toContain('interop.amqplib.rhea');
});

test('clients whose toolchain is missing are not run, and nothing is judged by them', { timeout: 60_000 }, async () => {
  const folder = await emptyFolder();
  const bare = { PATH: '/nonexistent', XDG_CACHE_HOME: folder, PYTHONHOME: '/nonexistent' };
  const { status, stdout, stderr } = await amqpspec(['run', '--only', 'interop/settle/accepted/**', '--interop', 'go-amqp,protonj2'], folder, bare);
  const said = `${stdout}${stderr}`.replace(/\s+/g, ' ');
  expect(status).toBe(2);
  expect(said).toContain('go-amqp was not run: go is not on this machine: install Go 1.25 or later');
  expect(said).toContain('protonj2 was not run: java is not on this machine: install a JDK 17');
  expect(said).toContain('Nothing was judged.');
});

test('pairs that are shared out to two machines are joined, and compared with the whole', { timeout: 120_000 }, async () => {
  const folder = await emptyFolder();
  const pairs = ['--only', 'interop/settle/{accepted,released}/**', '--interop', 'amqplib,rhea', '--seed', '7', '--format', 'json'];
  for (const shard of ['1', '2']) {
    const { status, stderr } = await amqpspec(['run', ...pairs, '--shard', `${shard}/2`, '--out', `shard-${shard}`], folder);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }
  const merged = await amqpspec(['merge', 'shard-1/run.json', 'shard-2/run.json', '--out', 'whole'], folder);
  expect({ status: merged.status, out: merged.stdout }).toEqual({ status: 0, out: expect.stringContaining('8 of 8 exchanges') });
  const diff = await amqpspec(['diff', 'whole/run.json', 'shard-1/run.json'], folder);
  expect({ status: diff.status, out: diff.stdout }).toEqual({
    status: 0,
    out: expect.stringContaining('Pairs of clients: no regression, 4 gone; 4 as before.'),
  });
});
