import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBroker } from '../target/reference.ts';
import { portOf } from './durability-cycles.ts';
import { type Print, table } from './measure.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = fileURLToPath(new URL('../cli/main.js', import.meta.url));

const times = 11;

/** Median and slowest of some runs, as cells of a table. */
async function timesOf(what: string, once: () => Promise<number>): Promise<readonly string[]> {
  const all: number[] = [];
  for (let run = 0; run < times; run += 1) all.push(await once());
  all.sort((one, other) => one - other);
  return [what, `${(all[Math.floor(times / 2)] ?? 0).toFixed(0)}`, `${(all[times - 1] ?? 0).toFixed(0)}`];
}

async function untilEnded(words: readonly string[]): Promise<number> {
  const begun = performance.now();
  execFileSync(process.execPath, [program, ...words], { stdio: 'ignore' });
  return performance.now() - begun;
}

/** From the start of the process until it accepts. */
async function untilServing(words: readonly string[]): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', '--json', '--quiet', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  await portOf(child);
  const took = performance.now() - begun;
  child.kill('SIGTERM');
  await once(child, 'exit');
  return took;
}

async function untilStarted(): Promise<number> {
  const begun = performance.now();
  const broker = await startBroker();
  const took = performance.now() - begun;
  await broker.close();
  return took;
}

/** How soon the command line answers and brokers accept, and how large the package is. */
export async function run(print: Print): Promise<void> {
  const rows: (readonly string[])[] = [];
  for (const words of [['--help'], ['--version'], ['list', 'checks']]) rows.push(await timesOf(words.join(' '), () => untilEnded(words)));
  const data = await mkdtemp(join(tmpdir(), 'amqpspec-start-'));
  for (const words of [[], ['--data', data]]) rows.push(await timesOf(['serve', ...words.slice(0, 1)].join(' '), () => untilServing(words)));
  await rm(data, { recursive: true });
  rows.push(await timesOf('startBroker()', untilStarted));
  print(table(['what', 'median ms', 'slowest ms'], rows));
  const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' })) as [
    { readonly size: number; readonly unpackedSize: number; readonly entryCount: number },
  ];
  print(`tarball: ${(packed.size / 1024).toFixed(0)} KiB, unpacked ${(packed.unpackedSize / 1024).toFixed(0)} KiB in ${packed.entryCount} files`);
}
