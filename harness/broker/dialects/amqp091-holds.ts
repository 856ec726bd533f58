/** Why reading from a client is stopped: the broker is full, the client does not read our answers, or an answer waits for the store. */
type Hold = 'memory' | 'unread' | 'store';

/** Stops reading while at least one reason stands. */
export class Holds {
  readonly #reading: { pause(): void; resume(): void };
  readonly #standing = new Set<Hold>();

  constructor(reading: { pause(): void; resume(): void }) {
    this.#reading = reading;
  }

  has(why: Hold): boolean {
    return this.#standing.has(why);
  }

  add(why: Hold): void {
    this.#standing.add(why);
    this.#reading.pause();
  }

  end(why: Hold): void {
    if (this.#standing.delete(why) && this.#standing.size === 0) this.#reading.resume();
  }
}
