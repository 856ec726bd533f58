import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { RunRecord } from '../harness/check/record.ts';
import { interopId } from '../harness/check/record-interop.ts';
import { renderAllure } from './allure.ts';

const record = JSON.parse(readFileSync(new URL('../fixtures/run-records/mixed.json', import.meta.url), 'utf8')) as RunRecord;
const files = renderAllure(record);
const folder = mkdtempSync(join(tmpdir(), 'amqpspec-allure-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const results = Object.entries(files)
  .filter(([path]) => path.endsWith('-result.json'))
  .map(
    ([, contents]) =>
      JSON.parse(contents) as {
        uuid: string;
        fullName: string;
        status: string;
        attachments: { source: string }[];
        statusDetails?: { message: string; known: boolean };
      },
  );

test('each verdict has a result, each exchange of two clients and each finding, each attachment a file', () => {
  const exchanges = (record.interop?.results ?? []).map(interopId);
  expect(exchanges.length).toBeGreaterThan(5);
  expect(results.map(result => result.fullName)).toEqual([
    ...record.verdicts.map(verdict => verdict.check),
    ...exchanges,
    ...record.findings.map(({ id }) => `fuzz/broker/${id}`),
  ]);
  expect(new Set(results.map(result => result.uuid)).size).toBe(results.length);
  expect(results.flatMap(result => result.attachments).filter(({ source }) => files[source] === undefined)).toEqual([]);
});

test('each result that is not green is of one category', () => {
  const categories = JSON.parse(files['categories.json'] ?? '') as { name: string; matchedStatuses: string[]; messageRegex?: string }[];
  const matching = results
    .filter(result => result.status !== 'passed')
    .map(({ status, statusDetails }) =>
      categories
        .filter(
          each =>
            each.matchedStatuses.includes(status) && new RegExp(`^${(each.messageRegex ?? '.*').replace('(?s)', '')}$`, 's').test(statusDetails?.message ?? ''),
        )
        .map(each => each.name),
    );
  expect(matching.map(names => names.length)).toEqual(matching.map(() => 1));
  expect(new Set(matching.flat()).size).toBe(categories.length);
});

function javaMajor(): number {
  const { stdout, stderr, status } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  return status === 0 ? Number(/version "(?:1\.)?(\d+)/.exec(stdout + stderr)?.[1] ?? 0) : 0;
}

function allureHome(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('allure-commandline/package.json'));
  } catch {
    return undefined;
  }
}

const home = allureHome();
const missing = home === undefined ? 'allure-commandline is not installed' : javaMajor() < 8 ? 'there is no Java 8 or later here' : undefined;

test.skipIf(missing !== undefined)(
  missing === undefined ? 'Allure renders the directory' : `Allure renders the directory: skipped, ${missing}`,
  { timeout: 120_000 },
  () => {
    const source = join(folder, 'allure-results');
    mkdirSync(source);
    for (const [path, contents] of Object.entries(files)) writeFileSync(join(source, path), contents);
    execFileSync(join(home ?? '', 'bin', 'allure'), ['generate', source, '--output', join(folder, 'report')], { stdio: 'pipe' });
    const summary = JSON.parse(readFileSync(join(folder, 'report', 'widgets', 'summary.json'), 'utf8')) as { statistic: Record<string, number> };
    expect(summary.statistic).toMatchObject({ total: 28, failed: 15, broken: 1, skipped: 6, passed: 6 });
    const categories = readFileSync(join(folder, 'report', 'data', 'categories.json'), 'utf8');
    expect(categories).toContain('Failed as declared');
    expect(existsSync(join(folder, 'report', 'index.html'))).toBe(true);
    expect(readdirSync(join(folder, 'report', 'data', 'attachments')).length).toBe(results.flatMap(result => result.attachments).length);
  },
);
