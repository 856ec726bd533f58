import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { peakMemory } from './exec-memory.ts';

/** Longest line in characters; a child that writes a longer one has lost its way. */
const lineMax = 1 << 24;
/** So much of what it wrote to stderr is kept. */
const errorsKept = 8_192;

/** What comes from a child: lines of its answers, and its end. */
export interface ChildListener {
  readonly line: (line: string) => void;
  /** `how`: exit status or signal, and the last line that it wrote to stderr. */
  readonly end: (how: string) => void;
}

const numbers = Object.entries(constants.signals);

/** The end of a process in words; a shell tells the signal that ended what it started as a status above 128. */
function endOf(code: number | null, signal: NodeJS.Signals | null): string {
  const ended = signal ?? numbers.find(([, number]) => number === (code ?? 0) - 128)?.[0];
  return ended === undefined ? `exited with status ${code}` : `was ended by ${ended}`;
}

/** A parser in a process of its own: octets in, lines out. It is started in a group of its own, so that all of it can be ended. */
export class ExecChild {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #listener: ChildListener;
  #held = '';
  #errors = '';
  #gone = false;

  constructor(command: string, listener: ChildListener) {
    this.#listener = listener;
    const child = spawn(command, { shell: true, detached: process.platform !== 'win32', stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process = child;
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#errors = (this.#errors + chunk).slice(-errorsKept);
    });
    // That it reads no more is told by its end.
    child.stdin.on('error', () => undefined);
    child.on('error', error => this.#ended(`could not be started: ${error.message}`));
    child.on('close', (code, signal) => this.#ended(endOf(code, signal)));
  }

  /** Writes octets that are framed already. */
  write(octets: Uint8Array): void {
    if (!this.#gone) this.#process.stdin.write(octets);
  }

  /** The most memory that it had so far, in octets; 0 where nobody tells. */
  get peak(): number {
    const { pid } = this.#process;
    return pid === undefined || this.#gone ? 0 : peakMemory(pid);
  }

  /** Ends it and all that it started; nothing is heard from it after that. */
  kill(): void {
    if (this.#gone) return;
    this.#gone = true;
    const { pid } = this.#process;
    try {
      if (pid !== undefined && process.platform !== 'win32') process.kill(-pid, 'SIGKILL');
      else this.#process.kill('SIGKILL');
    } catch {
      // It has ended by itself.
    }
    this.#process.stdout.destroy();
    this.#process.stderr.destroy();
  }

  #take(chunk: string): void {
    const lines = (this.#held + chunk).split('\n');
    this.#held = lines.pop() ?? '';
    for (const line of lines) if (!this.#gone) this.#listener.line(line);
    if (this.#held.length > lineMax && !this.#gone) {
      this.#listener.line(this.#held.slice(0, 100));
      this.#held = '';
    }
  }

  #ended(how: string): void {
    if (this.#gone) return;
    this.kill();
    const last = this.#errors
      .trim()
      .split('\n')
      .filter(line => line.trim() !== '');
    // The line that names the exception stands last in most languages, first in Go and Java.
    const told = last.find(line => /^(panic|fatal error|Exception in thread|thread '.*' panicked)/.test(line)) ?? last.at(-1);
    this.#listener.end(told === undefined ? how : `${how}: ${told.trim().slice(0, 300)}`);
  }
}
