import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { cellOf, costsOfTraffic } from './broker-cells.ts';

const program = fileURLToPath(new URL('../../dist/harness/bench/broker.js', import.meta.url));
const bench = promisify(execFile);

test('rounds are compared in pairs, and a latency the other way round', () => {
  const cell = { client: 'amqplib', what: 'x' } as const;
  const [own, other] = [
    { values: [100, 10, 60], cpuUs: [3, 1, 2], clientCpuUs: [5, 5, 9] },
    { values: [50, 10, 20], cpuUs: [undefined, 4, 5] },
  ];
  expect(cellOf({ ...cell, unit: 'msg/s' }, own, other)).toEqual({
    ...cell,
    unit: 'msg/s',
    ours: 60,
    theirs: 20,
    ratio: 2,
    cpuUs: 2,
    theirCpuUs: 5,
    clientCpuUs: 5,
    rounds: { ours: own.values, theirs: other.values },
  });
  expect(cellOf({ ...cell, unit: 'ms' }, { values: [2, 4] }, { values: [6, 8] })).toMatchObject({ ours: 4, theirs: 8, ratio: 3 });
  expect(cellOf({ ...cell, unit: 'ms' }, { values: [2] }, undefined)).toEqual({ ...cell, unit: 'ms', ours: 2, rounds: { ours: [2] } });
});

test('cells of one queue, of many and of many connections stand beside each other by number', () => {
  const cells = ['transient, 100 B', '1,000 queues', '10 connections', 'transient, 10 kB'].map(what =>
    cellOf({ client: 'amqplib', what, unit: 'msg/s' }, { values: [1], cpuUs: [7] }, undefined),
  );
  expect(costsOfTraffic(cells).map(({ what, count, us }) => [what, count, us])).toEqual([
    ['transient, 100 B', 1, 7],
    ['queues', 1000, 7],
    ['connections', 10, 7],
  ]);
});

test('--json is one value with every round, the disk and the load', { timeout: 60_000 }, async () => {
  const { stdout } = await bench(process.execPath, [program, '--json', '--only', 'confirmed, 10 kB', '--rounds', '2', '--seconds', '0.2'], {
    env: { ...process.env, AMQPSPEC_BENCH_AGAINST: undefined, AMQPSPEC_PERF_TEST: undefined },
  });
  const number = expect.any(Number);
  expect(JSON.parse(stdout)).toEqual({
    machine: { cores: number, loadBefore: number, loadAfter: number, flushUs: number, flushAfterUs: number },
    rounds: 2,
    seconds: 0.2,
    perfTest: expect.stringContaining('--perf-test'),
    cells: [
      {
        client: 'amqplib',
        what: 'persistent, confirmed, 10 kB',
        unit: 'msg/s',
        ours: number,
        cpuUs: number,
        clientCpuUs: number,
        rounds: { ours: [number, number] },
      },
    ],
    costs: [],
  });
});

test.each([
  ['--rounds', '0'],
  ['--seconds', 'x'],
  ['--only', 'no such cell'],
])('%s %s is wrong usage', async (...words) => {
  await expect(bench(process.execPath, [program, ...words])).rejects.toMatchObject({ code: 64, stdout: '' });
});
