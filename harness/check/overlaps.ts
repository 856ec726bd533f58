/** Knows who ran at the same time as others. */
export class Overlaps {
  readonly #running = new Set<{ overlapped: boolean }>();

  /** Marks somebody as running; the answer tells, when called, whether others ran meanwhile, and ends the mark. */
  enter(): () => boolean {
    const mine = { overlapped: this.#running.size > 0 };
    for (const other of this.#running) other.overlapped = true;
    this.#running.add(mine);
    return () => {
      this.#running.delete(mine);
      return mine.overlapped;
    };
  }
}
