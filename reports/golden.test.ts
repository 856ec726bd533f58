import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { pair } from '../fixtures/run-records/pair.ts';
import { buildRecord, type RunRecord } from '../harness/check/record.ts';
import { diffData, diffOf, renderDiffMarkdown, renderDiffText } from './diff.ts';
import { type FormatName, formatNames, renderFiles } from './index.ts';
import { renderMatrix } from './matrix.ts';
import { unpacked } from './testing.ts';
import { renderText } from './text.ts';

const recordOf = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/run-records/${name}.json`, import.meta.url), 'utf8')) as RunRecord;
const folder = (name: string) => fileURLToPath(new URL(`golden/${name}`, import.meta.url));

const filesUnder = (root: string): string[] =>
  existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(path => statSync(join(root, path)).isFile()) : [];

/** What is rendered is what lies in the folder, file by file. UPDATE_GOLDEN=1 writes the folder anew. */
function compare(name: string, files: Readonly<Record<string, string>>): void {
  const root = folder(name);
  if (process.env.UPDATE_GOLDEN === '1') {
    rmSync(root, { recursive: true, force: true });
    for (const [path, contents] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), contents);
    }
  }
  expect(filesUnder(root).sort()).toEqual(
    Object.keys(files)
      .map(path => relative('.', path))
      .sort(),
  );
  for (const [path, contents] of Object.entries(files))
    expect(contents === readFileSync(join(root, path), 'utf8'), `${join(root, path)} is as rendered`).toBe(true);
}

const short: readonly FormatName[] = ['text', 'junit', 'markdown'];

test.each([
  ['mixed', formatNames.filter(format => format !== 'json')],
  ['clean', short],
  ['down', short],
  ['fuzzed', [...short, 'allure', 'html']],
] as const)('reports of %s', async (name, formats) => {
  const files = await renderFiles(recordOf(name), formats);
  const page = files['report.html'];
  compare(name, { ...files, ...(page !== undefined && { 'report.html': unpacked(page) }) });
});

test('the text for a terminal: coloured, narrow, without measurements', () => {
  compare('terminal', { 'mixed.ansi': renderText(recordOf('mixed'), { color: true, width: 72 }) });
});

test('two records compared', () => {
  const diff = diffOf(buildRecord(pair.before), buildRecord(pair.after));
  compare('diff', { 'diff.txt': renderDiffText(diff), 'diff.md': renderDiffMarkdown(diff), 'diff.json': `${JSON.stringify(diffData(diff), null, 2)}\n` });
});

test('several records side by side', () => {
  const columns = [{ record: buildRecord(pair.before), report: 'before/report.html' }, { record: buildRecord(pair.after) }];
  compare('matrix', renderMatrix(columns));
});

test('the same record gives the same files', async () => {
  const record = recordOf('mixed');
  expect(await renderFiles(structuredClone(record), formatNames)).toEqual(await renderFiles(record, formatNames));
});

test('run.json is the record', async () => {
  const files = await renderFiles(recordOf('mixed'), ['json']);
  expect(JSON.parse(files['run.json'] ?? '')).toStrictEqual(recordOf('mixed'));
});
