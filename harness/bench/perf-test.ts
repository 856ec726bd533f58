import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Load } from './load.ts';

const execute = promisify(execFile);

/** Why RabbitMQ's PerfTest cannot run here; undefined: it can. `jars` is the folder with its jar and those that it needs. */
export async function perfTestLacks(jars: string | undefined): Promise<string | undefined> {
  if (jars === undefined) return 'no folder of its jars was named (--perf-test DIR or AMQPSPEC_PERF_TEST)';
  if (!existsSync(jars)) return `there is no folder ${jars}`;
  if (!readdirSync(jars).some(name => /^perf-test.*\.jar$/.test(name))) return `there is no perf-test.jar in ${jars}`;
  return execute('java', ['-version']).then(
    () => undefined,
    () => 'there is no Java',
  );
}

/**
 * Messages a second that PerfTest receives: one publisher, one consumer that does not acknowledge; persistent ones with 200 confirms outstanding.
 * @throws {Error} where it prints no rate.
 */
export async function perfTest(jars: string, { url, size, persistent, seconds }: Pick<Load, 'url' | 'size' | 'persistent' | 'seconds'>): Promise<number> {
  const queue = `amqpspec-bench-perf-${process.pid}`;
  const words = ['-h', url, '-x', '1', '-y', '1', '-s', `${size}`, '-a', '-z', `${seconds}`, '-u', queue, '-ad', 'true'];
  const durable = persistent ? ['-f', 'persistent', '-c', '200'] : [];
  const { stdout } = await execute('java', ['-cp', join(jars, '*'), 'com.rabbitmq.perf.PerfTest', ...words, ...durable], { maxBuffer: 1 << 24 });
  const rate = /receiving rate avg: (\d+) msg\/s/.exec(stdout)?.[1];
  if (rate === undefined) throw new Error(`PerfTest told no rate: ${stdout.slice(-300)}`);
  return Number(rate);
}
