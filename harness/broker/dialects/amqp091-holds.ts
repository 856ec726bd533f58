/** Why reading from a client is stopped: the broker is full, the client does not read our answers, or an answer waits for the store. */
type Hold = 'memory' | 'unread' | 'store';

/** Stops reading while at least one reason stands. */
export class Holds {
  readonly #reading: { pause(): void; resume(): void };
  readonly #holdFrames: (held: boolean) => void;
  readonly #standing = new Set<Hold>();

  /** `holdFrames`: what was read already is not looked at meanwhile, so that all answers keep their order. */
  constructor(reading: { pause(): void; resume(): void }, holdFrames: (held: boolean) => void) {
    this.#reading = reading;
    this.#holdFrames = holdFrames;
  }

  has(why: Hold): boolean {
    return this.#standing.has(why);
  }

  add(why: Hold): void {
    this.#standing.add(why);
    this.#reading.pause();
    if (why === 'store') this.#holdFrames(true);
  }

  end(why: Hold): void {
    if (this.#standing.delete(why) && this.#standing.size === 0) this.#reading.resume();
  }

  /** What waited for the store was answered. Goes on when the effects at hand are done. */
  endStore(): void {
    if (!this.#standing.has('store')) return;
    queueMicrotask(() => {
      this.end('store');
      this.#holdFrames(false);
    });
  }
}
