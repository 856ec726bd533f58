import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seeded } from '../sim/random.ts';
import { wrong } from './durability-account.ts';
import { killCycles } from './durability-cycles.ts';
import { type Print, table } from './measure.ts';

/** `kill -9` under load, 1,000 times or AMQPSPEC_CYCLES, each at a random moment; AMQPSPEC_SEED plays the same moments again. */
export async function run(print: Print): Promise<void> {
  const cycles = Number(process.env['AMQPSPEC_CYCLES'] ?? 1000);
  const seed = Number(process.env['AMQPSPEC_SEED'] ?? Date.now() % 1_000_000);
  const data = await mkdtemp(join(tmpdir(), 'amqpspec-durability-'));
  const begun = performance.now();
  const counts = await killCycles({
    data,
    cycles,
    killWithinMs: 300,
    random: seeded(seed),
    afterCycle: (done, so) => done % 100 === 0 && done > 0 && print(`${done} kills, ${wrong(so)} messages wrong: ${JSON.stringify(so)}`),
  });
  await rm(data, { recursive: true, force: true });
  print(table(['kills', ...Object.keys(counts), 's'], [[`${cycles}`, ...Object.values(counts).map(String), ((performance.now() - begun) / 1000).toFixed(0)]]));
  if (wrong(counts) > 0) {
    print(`messages are not where they should be; the seed was ${seed}`);
    process.exitCode = 1;
  }
}
