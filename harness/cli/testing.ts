import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** For tests: the command line as people have it, in a process of its own. */

export const program = fileURLToPath(new URL('../../dist/harness/cli/main.js', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An empty folder of its own for one test. */
export const emptyFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'amqpspec-test-'));

/** Starts `amqpspec …`; colours off, so that words can be compared. `node`: an option of Node itself. */
export function start(words: readonly string[], cwd: string, node?: string, env: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, [...(node === undefined ? [] : [node]), program, ...words], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs `amqpspec …` to its end, with these variables of the environment besides. */
export async function amqpspec(words: readonly string[], cwd: string, env?: Readonly<Record<string, string>>): Promise<Outcome> {
  const child = start(words, cwd, undefined, env);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', chunk => {
    stdout += String(chunk);
  });
  child.stderr.on('data', chunk => {
    stderr += String(chunk);
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

/** A reference broker in a process of its own, on a free port. */
export async function servedBroker(cwd: string, words: readonly string[] = []) {
  const child = start(['serve', '--host', '127.0.0.1', '--port', '0', '--json', ...words], cwd);
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes('}')) break;
  }
  // Nobody reads its log: it must not wait for a reader.
  child.stderr.resume();
  const { url, webSocketUrl } = JSON.parse(text) as { url: string; webSocketUrl?: string };
  return {
    url,
    webSocketUrl,
    child,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
