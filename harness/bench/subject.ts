import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portOf, serveWords } from './durability-cycles.ts';

/** A broker to be measured. */
export interface Subject extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  /** Processor time that it has taken so far, in microseconds; undefined where that cannot be told. */
  cpuUs(): number | undefined;
}

/** `amqpspec serve` with its durable store, in a process of its own. */
export async function ours(): Promise<Subject> {
  const data = await mkdtemp(join(tmpdir(), 'amqpspec-bench-'));
  const child = spawn(process.execPath, serveWords(data), { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await portOf(child);
  return {
    name: 'amqpspec',
    url: `amqp://guest:guest@127.0.0.1:${port}/%2f`,
    cpuUs: () => cpuOf(child.pid),
    async [Symbol.asyncDispose]() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** The broker behind a URL, in the process `pid` of this machine where that is known, or one that is started from an image of RabbitMQ. */
export async function theirs(target: string, pid?: number): Promise<Subject> {
  if (/^amqps?:\/\//.test(target)) return { name: new URL(target).host, url: target, cpuUs: () => cpuOf(pid), async [Symbol.asyncDispose]() {} };
  const [{ containerTarget }, { profiles }] = await Promise.all([import('../target/container.ts'), import('../../fixtures/brokers/index.ts')]);
  const { rabbitmq } = profiles;
  if (rabbitmq === undefined) throw new Error('there is no profile of RabbitMQ');
  const container = await containerTarget(rabbitmq, { image: target });
  const url = new URL(container.url);
  url.password = container.credentials.password;
  return { name: target, url: url.href, cpuUs: () => undefined, [Symbol.asyncDispose]: () => container[Symbol.asyncDispose]() };
}

/** Ticks of a second in which Linux counts processor time. */
const ticksPerSecond = 100;

/** User and system time of a process with all its threads, as /proc tells it. */
function cpuOf(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6;
  } catch {
    return undefined;
  }
}

/** The median time that 4 kB take to be written and flushed to the disk of the temporary folder, in microseconds. */
export async function flushUs(times = 101): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'amqpspec-flush-'));
  const file = openSync(join(folder, 'file'), 'w');
  const block = Buffer.alloc(4096, 1);
  try {
    const took = Array.from({ length: times }, () => {
      const begun = performance.now();
      writeSync(file, block);
      fsyncSync(file);
      return (performance.now() - begun) * 1000;
    });
    return median(took);
  } finally {
    closeSync(file);
    await rm(folder, { recursive: true, force: true });
  }
}

/** NaN of none. */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[numbers.length >> 1] ?? Number.NaN;
}
