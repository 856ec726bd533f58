import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What is to be sent and received, all of it by amqplib in a process of its own. */
export interface Load {
  readonly url: string;
  /** Octets of each body, at least 8. */
  readonly size: number;
  /** Durable queues, persistent messages and confirms, 200 of which may be outstanding. */
  readonly persistent: boolean;
  readonly queues: number;
  /** Half of them publish and half consume; a single one does both. */
  readonly connections: number;
  readonly seconds: number;
  /** Messages a second; left out: as many as go. */
  readonly rate?: number;
}

/** What is to be sent and received over 1.0, by rhea in a process of its own: one connection sends, another receives. */
export interface Load10 {
  readonly url: string;
  /** Octets of each body, at least 8. */
  readonly size: number;
  /** Whether all is sent settled, in both directions. */
  readonly settled: boolean;
  readonly seconds: number;
}

/** What came of a load: messages received, and how old they were when they came, in milliseconds. */
export interface LoadResult {
  readonly messages: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time that the client took for each message, in microseconds. */
  readonly clientCpuUs: number;
}

export type ToLoad = Load | Load10 | 'go';
export type FromLoad = { readonly kind: 'warm' } | { readonly kind: 'done'; readonly result: LoadResult };

async function next(child: ReturnType<typeof fork>): Promise<FromLoad> {
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([status]) => {
      throw new Error(`the client ended with ${status}`);
    }),
  ])) as [FromLoad];
  return message;
}

/** Runs a load. `around` is given the part that is measured, when the warm-up is over. */
export async function runLoad(
  load: Load | Load10,
  around: (measured: () => Promise<LoadResult>) => Promise<LoadResult> = measured => measured(),
): Promise<LoadResult> {
  const client = 'settled' in load ? './client-amqp10.js' : './client-amqp091.js';
  const child = fork(fileURLToPath(new URL(client, import.meta.url)));
  try {
    child.send(load);
    await next(child);
    return await around(async () => {
      child.send('go');
      const answer = await next(child);
      if (answer.kind !== 'done') throw new Error('the client lost its place');
      return answer.result;
    });
  } finally {
    if (child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
}
