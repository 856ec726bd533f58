import { expect, test } from 'vitest';
import { throughOutage } from './outage-group.ts';

test('brings one outage about for all who wait, behind everything that comes before it and once what goes on meanwhile has begun', async () => {
  const told: string[] = [];
  const scripts = ['a', 'b', 'c'].map(name => async (takeDown: (meanwhile: (begun: () => void) => Promise<void>) => Promise<void>) => {
    told.push(`before ${name}`);
    if (name === 'c') return name;
    await takeDown(async begun => {
      told.push(`meanwhile ${name}`);
      begun();
    });
    told.push(`behind ${name}`);
    return name;
  });
  const ended = await throughOutage(scripts, { concurrency: 1, outage: async () => void told.push('outage') });
  expect(ended).toEqual(['a', 'b', 'c']);
  expect(told).toEqual(['before a', 'before b', 'before c', 'meanwhile a', 'meanwhile b', 'outage', 'behind a', 'behind b']);
});

test('spares the target an outage that nobody waits for, and tells all who wait when it fails', async () => {
  let outages = 0;
  const outage = async () => {
    outages += 1;
    throw new Error('it did not come back');
  };
  await throughOutage([async () => 1], { concurrency: 2, outage });
  expect(outages).toBe(0);
  const waits = throughOutage([takeDown => takeDown(async begun => begun())], { concurrency: 2, outage });
  await expect(waits).rejects.toThrow('it did not come back');
});
