import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { seeded } from '../sim/random.ts';
import { Account, wrong } from './durability-account.ts';
import { killCycles } from './durability-cycles.ts';

test('an account tells what is lost, came back, is twice there, out of order or from nowhere', () => {
  const account = new Account();
  const ids = [1, 2, 3, 4, 5].map(() => account.publishes());
  account.acked(3);
  account.acked(4);
  for (const id of [...ids, account.publishes()]) account.confirmed(id);
  account.publishes();
  account.recovered([3, 2, 2, 99]);
  expect(account.counts).toEqual({ attempted: 7, confirmed: 6, acked: 2, recovered: 4, lost: 3, returned: 1, duplicated: 1, reordered: 1, unexpected: 1 });
  account.recovered([]);
  expect(wrong(account.counts)).toBe(7);
});

test('fifty kills under load lose nothing that was confirmed and bring nothing back that was acknowledged', { timeout: 300_000 }, async () => {
  const data = await mkdtemp(join(tmpdir(), 'amqpspec-kill-'));
  const counts = await killCycles({ data, cycles: 50, killWithinMs: 100, random: seeded(50) });
  await rm(data, { recursive: true, force: true });
  expect(counts).toMatchObject({ lost: 0, returned: 0, duplicated: 0, reordered: 0, unexpected: 0 });
  expect(counts.confirmed).toBeGreaterThan(500);
  expect(counts.recovered).toBeGreaterThan(500);
});

test('a broker that stores all but every hundredth message is found out', { timeout: 120_000 }, async () => {
  const data = await mkdtemp(join(tmpdir(), 'amqpspec-kill-'));
  const script = fileURLToPath(new URL('../../dist/harness/bench/durability-forgetful.js', import.meta.url));
  const counts = await killCycles({ data, cycles: 3, killWithinMs: 1000, random: () => 0.9, command: [script, data] });
  await rm(data, { recursive: true, force: true });
  expect(counts.lost).toBeGreaterThan(0);
});
