import { expect, test } from 'vitest';
import { VirtualClock } from '../sim/clock.ts';
import { DiskError, diskToWatch, watchDisk } from './disk.ts';

test('a disk alarm is raised at first sight, cleared when there is room again, and no more when nobody watches', async () => {
  const told: boolean[] = [];
  let free = 10;
  const stop = await watchDisk(
    { folder: '.', freeMin: 100, everyMs: 1 },
    raised => told.push(raised),
    async () => free,
  );
  expect(told).toEqual([true]);
  free = 1000;
  await expect.poll(() => told).toEqual([true, false]);
  free = 10;
  await expect.poll(() => told).toEqual([true, false, true]);
  stop();
  free = 1000;
  let looks = 0;
  const next = await watchDisk(
    { folder: '.', freeMin: 100, everyMs: 1 },
    () => undefined,
    async () => {
      looks += 1;
      return free;
    },
  );
  await expect.poll(() => looks).toBeGreaterThan(3);
  next();
  expect(told).toEqual([true, false, true]);
});

test('a look that fails changes nothing, but the first', async () => {
  const told: boolean[] = [];
  let looks = 0;
  const stop = await watchDisk(
    { folder: '.', freeMin: 100, everyMs: 1 },
    raised => told.push(raised),
    async () => {
      looks += 1;
      if (looks > 1) throw new Error('gone');
      return 10;
    },
  );
  await expect.poll(() => looks).toBeGreaterThan(3);
  stop();
  expect(told).toEqual([true]);
  await expect(watchDisk({ folder: '/no/such/folder', freeMin: 1 }, () => undefined)).rejects.toThrow(DiskError);
});

test('a broker that keeps its data in a folder wants 50 MB there, unless it is told otherwise', () => {
  expect(diskToWatch({})).toBeUndefined();
  expect(diskToWatch({ data: 'data' })).toEqual({ folder: 'data', freeMin: 50_000_000 });
  expect(diskToWatch({ data: 'data', disk: { folder: '/', freeMin: 1 } })).toEqual({ folder: '/', freeMin: 1 });
  expect(diskToWatch({ data: 'data', disk: { folder: 'data', freeMin: 0 } })).toBeUndefined();
});

test('looks ten times as often while there is nearly too little', async () => {
  const clock = new VirtualClock();
  const looks: number[] = [];
  const free = [5000, 900, 5000, 5000];
  const stop = await watchDisk(
    { folder: '.', freeMin: 100, everyMs: 1000 },
    () => undefined,
    async () => {
      looks.push(clock.now());
      return free[looks.length - 1] ?? 0;
    },
    clock,
  );
  while (looks.length < free.length) {
    clock.advance();
    for (let turn = 0; turn < 5; turn += 1) await undefined;
  }
  stop();
  expect(looks).toEqual([0, 1000, 1100, 2100]);
});
