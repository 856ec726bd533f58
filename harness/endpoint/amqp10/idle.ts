/** What is due. */
export type IdleDuty = 'send' | 'peer-silent' | undefined;

/** Idle time-outs in both directions (2.4.5), each of its own length. Times in milliseconds; 0 is none. */
export class Idle {
  #sendEvery = 0;
  #bears = 0;
  #sentAt = 0;
  #receivedAt = 0;
  #held = false;

  /** The peer wants something within `timeOut`: half of it is kept to. */
  promise(timeOut: number, now: number): void {
    this.#sendEvery = timeOut === 0 ? 0 : Math.max(1, Math.floor(timeOut / 2));
    this.#sentAt = now;
  }

  /** A silence of the peer's for so long is borne. */
  bear(silence: number, now: number): void {
    this.#bears = silence;
    this.#receivedAt = now;
  }

  stop(): void {
    this.#sendEvery = 0;
    this.#bears = 0;
  }

  sent(now: number): void {
    this.#sentAt = now;
  }

  received(now: number): void {
    this.#receivedAt = now;
  }

  /** While we do not read, silence is our own doing. */
  hold(held: boolean, now: number): void {
    this.#held = held;
    this.#receivedAt = now;
  }

  due(now: number): IdleDuty {
    if (this.#bears > 0 && !this.#held && now >= this.#receivedAt + this.#bears) return 'peer-silent';
    return this.#sendEvery > 0 && now >= this.#sentAt + this.#sendEvery ? 'send' : undefined;
  }

  /** When `due` must be asked again, whatever happens until then. */
  get deadline(): number {
    const send = this.#sendEvery > 0 ? this.#sentAt + this.#sendEvery : Number.POSITIVE_INFINITY;
    const silent = this.#bears > 0 && !this.#held ? this.#receivedAt + this.#bears : Number.POSITIVE_INFINITY;
    return Math.min(send, silent);
  }
}
