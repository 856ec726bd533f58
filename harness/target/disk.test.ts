import { expect, test } from 'vitest';
import { DiskError, watchDisk } from './disk.ts';

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
