import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../net/clock.ts';
import { tcpTransport } from '../net/dial.ts';
import { type Target, TargetError } from './target.ts';
import { type BrokerAddress, parseBrokerUrl } from './url.ts';

/** What `amqpspec serve --json` prints when it accepts. */
interface Accepting {
  readonly url: string;
}

/** The address that the child prints once it accepts. */
async function addressOf(child: ChildProcess, gone: Promise<unknown>): Promise<BrokerAddress> {
  if (child.stdout === null) throw new TargetError('The embedded reference broker has no output to read its address from.');
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), gone.then(() => undefined)]);
  if (first === undefined) throw new TargetError('The embedded reference broker ended before it accepted connections; its own words stand above.');
  const { url } = JSON.parse(String(first[0])) as Accepting;
  return parseBrokerUrl(url);
}

/** The reference broker in a process of its own, so that a check may take it down without taking us along. */
export async function referenceTarget(options: { readonly faults?: readonly string[] } = {}): Promise<Target> {
  const program = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../dist/harness/cli/main.js' : '../cli/main.js', import.meta.url));
  const faults = (options.faults ?? []).flatMap(fault => ['--fault', fault]);
  const child = fork(program, ['serve', '--host', '127.0.0.1', '--port', '0', '--json', '--quiet', ...faults], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  const address = await addressOf(child, gone).catch(error => {
    child.kill('SIGKILL');
    throw error;
  });
  return {
    kind: 'reference',
    name: 'reference',
    url: address.shown,
    credentials: address.credentials,
    transport: tcpTransport({ host: address.host, port: address.port }),
    clock: systemClock,
    async alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    async [Symbol.asyncDispose]() {
      // The broker ends by itself when this channel does, also when we are killed.
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}
