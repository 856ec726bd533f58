import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readCorpus } from './case-file.ts';
import { readCase } from './case-reader.ts';
import { writeCase } from './case-text.ts';
import type { FuzzProtocol } from './finding.ts';
import { replayCorpus } from './parser/corpus.ts';

const seeds = fileURLToPath(new URL('../../fixtures/seeds', import.meta.url));

describe('our own corpus', () => {
  test('is written as cases are written, and holds no password', async () => {
    const all = (
      await Promise.all((['parser', 'broker', 'client'] as const).map(subject => readCorpus(seeds, { subject, protocols: ['amqp091', 'amqp10'] })))
    ).flat();
    expect(all.length).toBeGreaterThan(20);
    for (const { file } of all) {
      const text = await readFile(file, 'utf8');
      const { steps, ...head } = readCase(text);
      expect(writeCase(head, steps)).toBe(text);
      expect(text).not.toMatch(/00 67 75 65 73 74 00 67 75 65 73 74/);
    }
  });

  test.each([
    ['builtin:amqp091', 'amqp091'],
    ['builtin:amqp10', 'amqp10'],
  ] as const)('shows no mistake of %s', async (parser, protocol: FuzzProtocol) => {
    const cases = await readCorpus(seeds, { subject: 'parser', protocols: [protocol] });
    const { findings, failing } = await replayCorpus(parser, protocol, cases, { limitMs: 20_000 });
    expect({ findings, failing }).toEqual({ findings: [], failing: 0 });
    expect(cases.length).toBeGreaterThan(10);
  });
});
