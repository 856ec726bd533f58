import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { amqpspec, emptyFolder } from './testing.ts';

const client = [process.execPath, fileURLToPath(new URL('../../fixtures/clients/amqplib.mjs', import.meta.url))];

describe('amqpspec client', () => {
  test('judges a program by the cases that were asked for, and writes the record and the reports', { timeout: 120_000 }, async () => {
    const folder = await emptyFolder();
    const only = ['amqp091/client/emits/login', 'amqp091/client/framing/frame-type', 'amqp091/client/handshake/version'];
    const { status, stdout, stderr } = await amqpspec(['client', '--json', '--only', ...only, '--', ...client], folder);
    const record = JSON.parse(stdout) as {
      readonly target: { readonly kind: string; readonly product: string };
      readonly verdicts: readonly { readonly check: string; readonly outcome: string; readonly reaction: string; readonly replay: string }[];
    };
    expect(record.target).toMatchObject({ kind: 'client', product: 'amqplib' });
    expect(record.verdicts.map(({ check, outcome, reaction }) => [check, outcome, reaction])).toEqual([
      ['amqp091/client/emits/login', 'pass', 'legal'],
      ['amqp091/client/framing/frame-type', 'pass', 'eof without a word'],
      ['amqp091/client/handshake/version', 'fail', 'went on'],
    ]);
    expect(record.verdicts[2]?.replay).toContain('amqpspec replay amqp091/client/handshake/version -- ');
    expect({ status, stderr }).toMatchObject({ status: 1 });
    expect(await readdir(join(folder, 'amqpspec-report'))).toEqual(expect.arrayContaining(['run.json', 'report.html']));
  });

  test('says so where the program does nothing, or there is none', { timeout: 60_000 }, async () => {
    const folder = await emptyFolder();
    const idle = await amqpspec(['client', '--', process.execPath, '-e', 'console.log("no time")'], folder);
    expect(idle).toMatchObject({ status: 2 });
    expect(idle.stderr).toContain('never connected');
    expect(idle.stderr).toContain('no time');
    expect(await amqpspec(['client', '--only', 'amqp091/client/nothing', '--', ...client], folder)).toMatchObject({ status: 64 });
  });

  test('plays one case again with every octet', { timeout: 60_000 }, async () => {
    const folder = await emptyFolder();
    const { status, stdout } = await amqpspec(['replay', 'amqp091/client/framing/frame-type', '--', ...client], folder);
    expect(status).toBe(0);
    expect(stdout).toContain('here the broker departs');
    expect(stdout).toContain('amqp091/4.2.3.frame-type');
    expect(await amqpspec(['replay', 'amqp091/client/framing/frame-type'], folder)).toMatchObject({ status: 64 });
  });
});

describe('amqpspec fuzz client', () => {
  test('plays so many departures, the same for the same seed', { timeout: 120_000 }, async () => {
    const folder = await emptyFolder();
    const { stdout } = await amqpspec(['fuzz', 'client', '--json', '--runs', '2', '--seed', '7', '--', ...client], folder);
    expect(JSON.parse(stdout)).toMatchObject({ subject: 'client', seed: 7, inputs: 2, next: 2 });
    const record = JSON.parse(await readFile(join(folder, 'amqpspec-report', 'run.json'), 'utf8')) as {
      readonly fuzz: { readonly coverage: readonly object[] };
    };
    expect(record.fuzz.coverage.length).toBeGreaterThan(0);
  });
});
