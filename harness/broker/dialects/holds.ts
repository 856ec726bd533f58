/** Why reading from a client is stopped: the broker is full, the client does not read our answers, or an answer waits for the store. */
type Hold = 'memory' | 'unread' | 'store';

interface Reading {
  pause(): void;
  resume(): void;
  onDrain(ready: () => void): void;
}

/** Stops reading while at least one reason stands. */
export class Holds {
  readonly #reading: Reading;
  readonly #holdFrames: (held: boolean) => void;
  readonly #standing = new Set<Hold>();
  /** Octets of answers that the client may leave unread. */
  readonly #unreadMax: number;
  #unread = 0;

  /** `holdFrames`: what was read already is not looked at meanwhile, so that all answers keep their order. */
  constructor(reading: Reading, unreadMax: number, holdFrames: (held: boolean) => void) {
    this.#reading = reading;
    this.#holdFrames = holdFrames;
    this.#unreadMax = unreadMax;
  }

  /** Counts what the client asked for and does not read; deliveries are bounded by their window. */
  wrote(octets: number): void {
    this.#unread += octets;
    if (this.#unread < this.#unreadMax || this.has('unread')) return;
    this.add('unread');
    this.#reading.onDrain(() => {
      this.#unread = 0;
      this.end('unread');
    });
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
