import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Operation, Operations } from './protocol.ts';

/** How an adapter is started. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The client cannot express what it was asked for. */
export class LackingError extends Error {}

/** The client refused, or said what the broker refused. */
export class ClientError extends Error {}

/** The adapter answered nothing, or has ended. */
export class LostError extends Error {}

interface Answer {
  readonly ok?: unknown;
  readonly unsupported?: string;
  readonly error?: string;
}

/** How long an adapter may be silent before it is given up. */
const patienceMs = 20_000;
const linesKept = 5;

/** A client in a process of its own, which is asked one thing at a time. */
export class ClientProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #complaints: string[] = [];
  readonly #patienceMs: number;
  #lost = false;

  constructor({ command, args, env }: Program, options: { readonly patienceMs?: number } = {}) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
    this.#child.on('error', error => this.#hear(error.message));
    this.#child.stdin.on('error', () => undefined);
    createInterface({ input: this.#child.stderr }).on('line', line => this.#hear(line));
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#patienceMs = options.patienceMs ?? patienceMs;
  }

  /** Nothing more can be asked of it. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Rejects with a LackingError, a ClientError or a LostError. */
  async ask<Op extends Operation>(op: Op, asks: Operations[Op]['asks']): Promise<Operations[Op]['answers']> {
    if (this.#lost) throw new LostError('its process has ended');
    this.#child.stdin.write(`${JSON.stringify({ op, ...asks })}\n`);
    const { ok, unsupported, error } = await this.#answer(op);
    if (unsupported !== undefined) throw new LackingError(unsupported);
    if (error !== undefined) throw new ClientError(error);
    return ok as Operations[Op]['answers'];
  }

  async #answer(op: Operation): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>(resolve => {
      timer = setTimeout(() => resolve(undefined), this.#patienceMs);
    });
    const line = await Promise.race([this.#answers.next(), late]);
    clearTimeout(timer);
    try {
      if (line !== undefined && line.done !== true) return JSON.parse(line.value) as Answer;
    } catch {
      this.#hear(`no answer: ${line?.value}`);
    }
    this.#lost = true;
    this.#child.kill('SIGKILL');
    const said = this.#complaints.length === 0 ? '' : `; it said: ${this.#complaints.join(' · ')}`;
    throw new LostError(line === undefined ? `${op} was not answered within ${this.#patienceMs / 1000} s${said}` : `its process ended at ${op}${said}`);
  }

  #hear(line: string): void {
    this.#complaints.push(line.slice(0, 300));
    if (this.#complaints.length > linesKept) this.#complaints.shift();
  }

  /** Lets it end, and ends it where it does not. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    const gone = once(this.#child, 'exit');
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 2_000);
    await gone;
    clearTimeout(timer);
  }
}
