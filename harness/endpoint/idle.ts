/** What is due. */
export type IdleDuty = 'send' | 'peer-silent' | undefined;

/** Silence in both directions, each bounded by itself: heartbeats of 0-9-1 (4.2.7), idle time-outs of 1.0 (2.4.5). Times in milliseconds; 0 is no bound. */
export class Idle {
  #sendEvery = 0;
  #bears = 0;
  #sentAt = 0;
  #receivedAt = 0;
  #held = false;

  /** Something is due when nothing was sent for `sendEvery`; a silence of the peer's for `bears` ends it. */
  watch(sendEvery: number, bears: number, now: number): void {
    this.#sendEvery = sendEvery;
    this.#bears = bears;
    this.#sentAt = now;
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
