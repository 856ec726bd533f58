/** So many times as long as the limit is waited at most, however little the processor had time for us. */
const longest = 10;

/** Milliseconds of processor time that this process had, all its threads together. */
function busyMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * How long a thread may take for one thing. On a busy machine the clock goes on while the thread waits for its turn: what has not had `limitMs` of the processor
 * does not hang yet.
 */
export class Patience {
  readonly #limitMs: number;
  readonly #threads: number;
  readonly #since = performance.now();
  readonly #busySince = busyMs();

  /** `threads` are at work at the same time. */
  constructor(limitMs: number, threads: number) {
    this.#limitMs = limitMs;
    this.#threads = threads;
  }

  /** Whether it took too long. */
  get over(): boolean {
    const waited = performance.now() - this.#since;
    if (waited <= this.#limitMs) return false;
    return waited > longest * this.#limitMs || busyMs() - this.#busySince > this.#limitMs * this.#threads;
  }
}
