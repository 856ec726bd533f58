import type { Clock } from '../endpoint/transport.ts';

const everyMs = 100;

/** Times that checks keep are of a second and more; so much of it may be lost. */
export const lateMaxMs = 300;

/** Looks how late this process is: by how much the timers of a clock miss their moments. */
export class Lateness {
  readonly #clock: Clock;
  #worst = 0;
  #due: number;
  #cancel: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#due = clock.now();
    this.#next();
  }

  /** Stops looking: the worst so far, in milliseconds, a timer that is overdue now included. */
  end(): number {
    this.#cancel();
    return Math.max(this.#worst, this.#clock.now() - this.#due);
  }

  #next(): void {
    this.#due = this.#clock.now() + everyMs;
    this.#cancel = this.#clock.at(this.#due, () => {
      this.#worst = Math.max(this.#worst, this.#clock.now() - this.#due);
      this.#next();
    });
  }
}
