import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { tcpTransport } from '../net/dial.ts';

/*
 * What a broker makes of 10,000 connections that open and then say nothing: `node dist/harness/bench/connections.js`, by hand. It prints how many it held,
 * how many it dropped, what that cost it, and whether a client that was there before is still served.
 */

const wanted = 10_000;

async function start(): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const program = fileURLToPath(new URL('../cli/main.js', import.meta.url));
  const child = fork(program, ['serve', '--host', '127.0.0.1', '--port', '0', '--json', '--health-every', '1', '--log', 'json'], { silent: true });
  const [first] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return { child, port: Number(/127\.0\.0\.1:(\d+)/.exec(String(first))?.[1]) };
}

async function flood(port: number): Promise<{ readonly held: number; readonly dropped: number; readonly failed: number }> {
  let [dropped, failed] = [0, 0];
  const sockets: Socket[] = [];
  for (let from = 0; from < wanted; from += 200) {
    const batch = Array.from({ length: 200 }, () => connect(port, '127.0.0.1'));
    for (const socket of batch) {
      socket.on('error', () => {
        failed += 1;
      });
      socket.on('close', () => {
        dropped += 1;
      });
    }
    sockets.push(...batch);
    await Promise.all(batch.map(socket => Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined)));
  }
  await new Promise(resolve => setTimeout(resolve, 1500));
  const result = { held: sockets.filter(each => !each.destroyed).length, dropped, failed };
  for (const socket of sockets) socket.destroy();
  return result;
}

const { child, port } = await start();
const lines: string[] = [];
child.stderr?.on('data', chunk => lines.push(String(chunk)));
const begun = performance.now();
const result = await flood(port);
const health =
  lines
    .join('')
    .split('\n')
    .filter(line => line.includes('"health"'))
    .at(-1) ?? '{}';
const after = await tcpTransport({ host: '127.0.0.1', port }).dial();
after.listen({ data: () => {}, end: () => {} });
process.stdout.write(
  `${JSON.stringify({ wanted, ...result, ms: Math.round(performance.now() - begun), residentOctets: JSON.parse(health).residentOctets, logLines: lines.join('').split('\n').length, alive: child.exitCode === null })}\n`,
);
after.destroy();
child.kill('SIGTERM');
const [status] = (await once(child, 'exit')) as [number | null];
process.stdout.write(`ended with ${status}\n`);
