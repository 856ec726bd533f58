import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compositeNames } from '../../wire/amqp10/composite.ts';
import { methodNames } from '../../wire/amqp091/method.ts';
import { exportCorpus, fuzzers } from './corpus.ts';
import { seedsOf } from './seeds.ts';
import { wordsOf } from './words.ts';

const empty = (): Promise<string> => mkdtemp(join(tmpdir(), 'amqpspec-corpus-'));

describe('the words of a dictionary', () => {
  test('have every method and every composite', () => {
    const [names, names10] = [wordsOf('amqp091'), wordsOf('amqp10')].map(words => new Set(words.map(({ name }) => name)));
    expect(methodNames.filter(name => names?.has(name) !== true)).toEqual([]);
    expect(names?.has('frame-end')).toBe(true);
    expect(compositeNames.filter(name => names10?.has(name) !== true || !names10.has(`${name}_symbol`))).toEqual([]);
  });

  test('have no name twice in one protocol', () => {
    for (const words of [wordsOf('amqp091'), wordsOf('amqp10')]) expect(new Set(words.map(({ name }) => name)).size).toBe(words.length);
  });
});

test('the seeds have nearly every method, and are the same for the same number', () => {
  const seeds = seedsOf('amqp091', 1);
  const seen = methodNames.filter(name => seeds.some(seed => seed.name.startsWith(`legal-${name}`)));
  expect(seen.length).toBeGreaterThan(methodNames.length * 0.6);
  expect(seedsOf('amqp091', 1)).toEqual(seeds);
  expect(new Set(seeds.map(({ name }) => name)).size).toBe(seeds.length);
});

describe('what is written', () => {
  test.each(fuzzers)('for %s is seeds, and a dictionary that its fuzzer reads', async fuzzer => {
    const folder = await empty();
    const { corpus, seeds, words, dictionary } = await exportCorpus(fuzzer, folder, 'amqp10', 1);
    expect(await readdir(corpus)).toHaveLength(seeds);
    const lines = dictionary === undefined ? [] : (await readFile(dictionary, 'utf8')).trimEnd().split('\n');
    expect(lines.filter(line => !/^\w+="(\\x[0-9a-f]{2})+"$/.test(line))).toEqual([]);
    expect(lines).toHaveLength(dictionary === undefined ? 0 : words);
  });

  const target = `package target

import "testing"

func FuzzAmqp091(f *testing.F) {
	f.Fuzz(func(t *testing.T, octets []byte) {
		if len(octets) >= 11 && octets[0] == 1 && octets[8] == 50 && octets[10] == 99 {
			t.Fatal("a method that is not there")
		}
	})
}
`;
  const noGo = spawnSync('go', ['version']).status !== 0;
  test.skipIf(noGo)(noGo ? 'is fuzzed with by Go (skipped: go is not on this machine)' : 'is fuzzed with by Go', { timeout: 240_000 }, async () => {
    const folder = await empty();
    const { seeds } = await exportCorpus('go', folder, 'amqp091', 1);
    await writeFile(join(folder, 'go.mod'), 'module target\n\ngo 1.21\n');
    await writeFile(join(folder, 'target_test.go'), target);
    const { stdout, status } = spawnSync('go', ['test', '-fuzz=FuzzAmqp091', '-fuzztime=50x', '-parallel=1'], { cwd: folder, encoding: 'utf8' });
    expect(stdout).toContain(`gathering baseline coverage: 0/${seeds} completed`);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/\bPASS\b/)]);
  });
});
