import type { Note } from './note.ts';

const runAgainMax = 20;

/** Counts the silences of a run. */
export class Silences {
  readonly #notes: Note[];
  #count = 0;

  constructor(notes: Note[]) {
    this.#notes = notes;
  }

  /** Counts one; false when so many were run again already that the target has to be called degraded, which a note says once. */
  mayRunAgain(): boolean {
    this.#count += 1;
    if (this.#count === runAgainMax + 1) {
      const text = `The target is degraded: it was silent more than ${runAgainMax} times; further silences were not run again.`;
      this.#notes.push({ kind: 'target-degraded', text });
    }
    return this.#count <= runAgainMax;
  }
}
