import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fuzzParser } from './campaign.ts';
import { blockSize, countBefore, firstFrom, indexAfter, type Lane } from './lanes.ts';

/** A module to fuzz, in an empty folder of its own. */
async function module(source: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'amqpspec-lanes-')), 'my-parser.js');
  await writeFile(file, source);
  return file;
}

const indexesOf = (lane: Lane, to: number): readonly number[] => {
  const all: number[] = [];
  for (let index = firstFrom(lane.origin, lane); index < to; index = indexAfter(index, lane)) all.push(index);
  return all;
};

describe('lanes', () => {
  test.each([1, 2, 3])('%i of them take every input once', lanes => {
    const [origin, to] = [100, 100 + 5 * blockSize + 17];
    const each = Array.from({ length: lanes }, (_, lane) => indexesOf({ origin, lane, lanes }, to));
    expect(each.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: to - origin }, (_, index) => origin + index));
    expect(each.map((_, lane) => countBefore(to, { origin, lane, lanes }))).toEqual(each.map(indexes => indexes.length));
  });

  test('find the same, however many they are', async () => {
    const parser = await module(`exports.parse = bytes => {
      if (bytes.includes('PLAIN')) throw new TypeError('mechanism');
      if (bytes.length > 400) throw new RangeError('long');
      if (bytes[0] === 7) process.exit(2);
    };`);
    const campaign = (threads: number) => fuzzParser({ parser, timeMs: 60_000, seed: 5, inputsMax: 3_000, threads, shrinkMs: 0 });
    const [one, three] = [await campaign(1), await campaign(3)];
    expect(one.inputs).toBe(3_000);
    expect(three.inputs).toBe(3_000);
    expect(one.findings.map(({ index, title }) => [index, title])).toEqual(three.findings.map(({ index, title }) => [index, title]));
    expect(one.findings.length).toBeGreaterThan(2);
  });
});

describe('what is found of a module besides exceptions', () => {
  const hunt = { timeMs: 60_000, shrinkMs: 0, seed: 7, findingsMax: 1, inputsMax: 20_000, threads: 1 } as const;

  test('memory out of all proportion', async () => {
    const parser = await module('exports.parse = bytes => (bytes[0] === 3 && bytes.length > 60 ? new Array(1.2e7).fill(bytes.length) : 1);');
    const [finding] = (await fuzzParser({ ...hunt, parser })).findings;
    expect(finding).toMatchObject({ severity: 'balloon', title: expect.stringMatching(/^9\d MiB of memory for an input of \d+ octets$/) });
  });

  test('a value that is another once it was encoded and parsed again', async () => {
    const parser = await module(`exports.parse = bytes => ({ type: bytes[0], octets: bytes.length });
      exports.encode = ({ type, octets }) => new Uint8Array(octets).fill(type === 8 ? 9 : type);`);
    const [finding] = (await fuzzParser({ ...hunt, parser })).findings;
    expect(finding).toMatchObject({
      severity: 'wrong value',
      title: expect.stringMatching(/^encoded again, what was accepted is another: .*type:9.* instead of .*type:8/),
    });
  });
});
