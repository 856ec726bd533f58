/** How a stream ended: the peer's orderly end, or a reset. */
export type StreamEnd = 'eof' | 'reset';

/** What a stream tells its user. Called in order; nothing follows `end`. */
export interface StreamListener {
  data(bytes: Uint8Array): void;
  end(how: StreamEnd): void;
}

/** One established octet stream. Sockets, TLS, WebSocket and the simulator's links all look like this. */
export interface Stream {
  /** Must be called once, before the first turn of the event loop ends; octets that came before are kept. */
  listen(listener: StreamListener): void;
  /** Queues octets; returns false while the peer is slower than we are (back-pressure). */
  write(bytes: Uint8Array): boolean;
  /** Runs `ready` once, when the octets queued by `write` have drained. */
  onDrain(ready: () => void): void;
  /** Orderly end of our direction; the other stays readable. */
  end(): void;
  /** Drops both directions at once; octets not yet sent may be lost. */
  destroy(): void;
  /** Stops and resumes reading, to hold the peer back. */
  pause(): void;
  resume(): void;
}

/** Opens streams to one address. Rejects with a `DialError`. */
export interface Transport {
  dial(): Promise<Stream>;
}

/** Time and timers in milliseconds, real or virtual. */
export interface Clock {
  now(): number;
  /** Runs `task` at `ms`; the returned function cancels it. */
  at(ms: number, task: () => void): () => void;
}
