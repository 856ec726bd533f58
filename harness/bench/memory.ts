import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { portOf, serveWords } from './durability-cycles.ts';
import { type Print, table } from './measure.ts';

const bodyOctets = 1000;
const outstandingMax = 2000;

/** Mebibytes of memory of a process that no file stands behind: what maps of the store take does not count. */
function anonymousMemory(pid: number | undefined): number {
  const line = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(line) / 1024;
}

/** A durable queue of a million messages of one kilobyte, or AMQPSPEC_MESSAGES: how much memory its broker takes, filling, after a restart and emptying. */
export async function run(print: Print): Promise<void> {
  const messages = Number(process.env['AMQPSPEC_MESSAGES'] ?? 1_000_000);
  const data = await mkdtemp(join(tmpdir(), 'amqpspec-memory-'));
  const rows: string[][] = [];
  for (const phase of ['fill', 'drain'] as const) {
    const begun = performance.now();
    const child = spawn(process.execPath, serveWords(data), { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = await portOf(child);
    const readyMs = performance.now() - begun;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, anonymousMemory(child.pid));
    }, 100);
    const at = performance.now();
    await (phase === 'fill' ? fill(port, messages) : drain(port, messages));
    const seconds = (performance.now() - at) / 1000;
    const now = anonymousMemory(child.pid);
    clearInterval(watch);
    rows.push([phase, readyMs.toFixed(0), (messages / seconds).toFixed(0), Math.max(most, now).toFixed(0), now.toFixed(0)]);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(data, { recursive: true, force: true });
  print(`${messages} persistent messages of ${bodyOctets} octets in one durable queue`);
  print(table(['phase', 'ready after ms', 'messages/s', 'most RssAnon MiB', 'RssAnon MiB at the end'], rows));
}

/** Publishes with confirms. */
async function fill(port: number, messages: number): Promise<void> {
  const connection = await connect(`amqp://guest:guest@127.0.0.1:${port}`);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('q', { durable: true });
  const body = Buffer.alloc(bodyOctets, 'x');
  await new Promise<void>((resolve, reject) => {
    let sent = 0;
    let confirmed = 0;
    const next = () => {
      while (sent < messages && sent - confirmed < outstandingMax) {
        sent += 1;
        channel.sendToQueue('q', body, { persistent: true }, error => {
          if (error !== null) reject(error);
          confirmed += 1;
          if (confirmed === messages) resolve();
          else if (sent - confirmed < outstandingMax / 2) next();
        });
      }
    };
    next();
  });
  await connection.close();
}

/** Consumes and acknowledges everything. */
async function drain(port: number, messages: number): Promise<void> {
  const connection = await connect(`amqp://guest:guest@127.0.0.1:${port}`);
  const channel = await connection.createChannel();
  await channel.prefetch(500);
  await new Promise<void>((resolve, reject) => {
    let got = 0;
    void channel.consume('q', message => {
      if (message?.content.length !== bodyOctets) return reject(new Error('a message came back changed'));
      got += 1;
      if (got % 100 === 0 || got === messages) channel.ack(message, true);
      if (got === messages) resolve();
    });
  });
  await channel.close();
  await connection.close();
}
