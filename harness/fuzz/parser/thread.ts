import { Worker } from 'node:worker_threads';
import type { FuzzProtocol } from '../finding.ts';
import { type Failure, failure } from './oracle.ts';
import { ParserError } from './parsers.ts';
import { Patience } from './patience.ts';

/** What a thread is started with: the parser, and the index of the input at hand (a double) and whether to stop (an int32 behind it). */
export interface Setup {
  readonly located: string;
  /** Of the frames that the campaign emits. */
  readonly protocol: FuzzProtocol;
  readonly shared: SharedArrayBuffer;
}

export type Request =
  | ({ readonly kind: 'run' } & Pick<StretchOptions, 'seed' | 'from' | 'to' | 'origin' | 'lanes' | 'known'>)
  | { readonly kind: 'judge'; readonly bytes: Uint8Array; readonly cuts: readonly number[]; readonly anyCut: boolean };

export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly message: string }
  | { readonly kind: 'finding'; readonly index: number; readonly failure: Failure }
  | { readonly kind: 'done'; readonly next: number; readonly notes: readonly (readonly [name: string, times: number])[] }
  | { readonly kind: 'judged'; readonly failure: Failure | undefined };

/** How a stretch of a campaign ended: behind its last input or when told to stop, or at an input that took the thread down. */
export interface Stretch {
  /** Index of the first input that was not judged. */
  readonly next: number;
  /** What the input before `next` did to the thread. */
  readonly failure?: Failure;
}

/** How a stretch is run. */
export interface StretchOptions {
  readonly seed: number;
  readonly from: number;
  /** The lane that is run: see `lanes.ts`. */
  readonly origin: number;
  readonly lanes: number;
  /** Index of the first input that is not to be judged. */
  readonly to: number;
  /** Longest time for one input in milliseconds. */
  readonly limitMs: number;
  /** Signatures of failures that are not to be told again. */
  readonly known: readonly string[];
  readonly onFinding: (index: number, found: Failure) => void;
  /** Asked every now and then with the index at hand; the stretch ends once it answers true. */
  readonly enough: (index: number) => boolean;
}

/** Compiled, beside this file; tests run what was compiled before them, since Node runs no TypeScript. */
const program = new URL(import.meta.url.endsWith('.ts') ? '../../../dist/harness/fuzz/parser/worker.js' : './worker.js', import.meta.url);

/** Longest time for a module to load, in milliseconds. */
const loadMs = 20_000;
const pollMs = 20;
/** The stack is as large as that of a main thread, in which parsers commonly run. */
const resourceLimits = { maxOldGenerationSizeMb: 512, stackSizeMb: 1 };

/** A parser in a thread of its own. An input that hangs or kills the thread is told, and the next one gets a new thread. */
export class ParserThread {
  /** What the parser differed in that the standard leaves open, and how often, as far as its thread could tell. */
  readonly notes = new Map<string, number>();
  readonly #located: string;
  readonly #protocol: FuzzProtocol;
  readonly #shared = new SharedArrayBuffer(16);
  readonly #index = new Float64Array(this.#shared, 0, 1);
  readonly #stop = new Int32Array(this.#shared, 8, 1);
  /** How many threads are at work besides, this one counted. */
  #lanes = 1;
  #worker: Worker | undefined;
  #hear: (answer: Answer | Failure) => void = () => undefined;

  constructor(located: string, protocol: FuzzProtocol = 'amqp091') {
    this.#located = located;
    this.#protocol = protocol;
  }

  /**
   * Loads the parser, unless it is loaded.
   * @throws {ParserError} where it cannot be.
   */
  async start(): Promise<void> {
    if (this.#worker !== undefined) return;
    const worker = new Worker(program, {
      workerData: { located: this.#located, protocol: this.#protocol, shared: this.#shared } satisfies Setup,
      stdout: true,
      stderr: true,
      resourceLimits,
    });
    // What the parser prints is not ours to show, and would pile up unread.
    worker.stdout.resume();
    worker.stderr.resume();
    this.#worker = worker;
    const ready = this.#answer(loadMs);
    worker.on('message', (answer: Answer) => this.#hear(answer));
    worker.on('error', error => this.#lost(worker, deathOf(error)));
    worker.on('exit', code => this.#lost(worker, failure('crash', `the thread was ended with status ${code}`, '', [])));
    const failed = failureOf(await ready);
    if (failed !== undefined) throw new ParserError(`The parser could not be loaded: ${failed.message}.`);
  }

  /** Gives the parser one input, with the given cuts or with many; tells what it did wrong, if anything. */
  async judge(
    bytes: Uint8Array,
    cuts: readonly number[],
    { limitMs, anyCut = false }: { readonly limitMs: number; readonly anyCut?: boolean },
  ): Promise<Failure | undefined> {
    await this.start();
    const answered = this.#answer(limitMs);
    this.#ask({ kind: 'judge', bytes, cuts, anyCut });
    return failureOf(await answered);
  }

  /** Gives the parser one input of the campaign after the other. */
  async run({ seed, from, to, origin, lanes, limitMs, known, onFinding, enough }: StretchOptions): Promise<Stretch> {
    await this.start();
    this.#lanes = lanes;
    Atomics.store(this.#stop, 0, 0);
    this.#index[0] = from;
    const answered = new Promise<Answer | Failure>(resolve => {
      this.#hear = answer => (answer.kind === 'finding' ? onFinding(answer.index, answer.failure) : resolve(answer));
    });
    const watch = this.#watch(limitMs, enough);
    this.#ask({ kind: 'run', seed, from, to, origin, lanes, known });
    const answer = await answered;
    clearInterval(watch);
    if (answer.kind === 'done') {
      for (const [name, times] of answer.notes) this.notes.set(name, times);
      return { next: answer.next };
    }
    const failed = failureOf(answer);
    return failed === undefined ? { next: this.#at + 1 } : { next: this.#at + 1, failure: failed };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  get #at(): number {
    return this.#index[0] as number;
  }

  /** Takes the thread down once one input takes too long, and asks whether to go on. */
  #watch(limitMs: number, enough: (index: number) => boolean): NodeJS.Timeout {
    let last = -1;
    let patience = new Patience(limitMs, this.#lanes);
    return setInterval(() => {
      const index = this.#at;
      if (index !== last) {
        last = index;
        patience = new Patience(limitMs, this.#lanes);
      } else if (patience.over) this.#hang(limitMs);
      if (enough(index)) Atomics.store(this.#stop, 0, 1);
    }, pollMs);
  }

  #ask(request: Request): void {
    this.#worker?.postMessage(request);
  }

  /** The next answer, or a failure once it takes too long. */
  async #answer(limitMs: number): Promise<Answer | Failure> {
    const patience = new Patience(limitMs, this.#lanes);
    const timer = setInterval(() => patience.over && this.#hang(limitMs), pollMs);
    const answer = await new Promise<Answer | Failure>(resolve => {
      this.#hear = resolve;
    });
    clearInterval(timer);
    return answer;
  }

  #hang(limitMs: number): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
    this.#hear(failure('hang', `no answer within ${limitMs} ms`, '', []));
  }

  /** A thread that ended by itself; one that we took down is no longer ours. */
  #lost(worker: Worker, how: Failure): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#hear(how);
  }
}

function deathOf(error: Error & { readonly code?: unknown }): Failure {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') return failure('balloon', `more than ${resourceLimits.maxOldGenerationSizeMb} MiB of memory`, 'heap', []);
  return failure('crash', `the thread died: ${String(error)}`, '', []);
}

/** What an answer says went wrong with the input, if anything. */
function failureOf(answer: Answer | Failure): Failure | undefined {
  if ('signature' in answer) return answer;
  if (answer.kind === 'unusable') throw new ParserError(answer.message);
  return answer.kind === 'judged' ? answer.failure : undefined;
}
