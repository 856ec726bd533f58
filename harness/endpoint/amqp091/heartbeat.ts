/** What is due. */
export type HeartbeatDuty = 'send' | 'peer-silent' | undefined;

/** Heartbeats in both directions (4.2.7): one is due when nothing was sent for an interval; a peer silent for two is gone. Times in milliseconds. */
export class Heartbeat {
  #intervalMs = 0;
  #sentAt = 0;
  #receivedAt = 0;
  #held = false;

  /** Zero switches both directions off. */
  start(intervalMs: number, now: number): void {
    this.#intervalMs = intervalMs;
    this.#sentAt = now;
    this.#receivedAt = now;
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

  due(now: number): HeartbeatDuty {
    if (this.#intervalMs === 0) return undefined;
    if (!this.#held && now >= this.#receivedAt + 2 * this.#intervalMs) return 'peer-silent';
    return now >= this.#sentAt + this.#intervalMs ? 'send' : undefined;
  }

  /** When `due` must be asked again, whatever happens until then. */
  get deadline(): number | undefined {
    if (this.#intervalMs === 0) return undefined;
    const send = this.#sentAt + this.#intervalMs;
    return this.#held ? send : Math.min(send, this.#receivedAt + 2 * this.#intervalMs);
  }
}
