import { Agenda } from '../broker/agenda.ts';
import type { Clock } from '../endpoint/transport.ts';

/** Time that stands still until it is advanced. Tasks of the same moment run in the order they were set. */
export class VirtualClock implements Clock {
  readonly virtual = true;
  readonly #agenda = new Agenda();
  #now = 0;

  now(): number {
    return this.#now;
  }

  at(ms: number, task: () => void): () => void {
    return this.#agenda.at(Math.max(ms, this.#now), task);
  }

  /** How many tasks are still to run. */
  get pending(): number {
    return this.#agenda.size;
  }

  /** Moves on to the next task and runs it. False where there is none. */
  advance(): boolean {
    const { next } = this.#agenda;
    if (next === undefined) return false;
    this.#now = next;
    this.#agenda.takeDue(next)?.();
    return true;
  }
}
