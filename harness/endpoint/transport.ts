/** How a stream ended: the peer's orderly end, or a reset. */
export type StreamEnd = 'eof' | 'reset';

/** What a stream tells its user. Called in order; nothing follows `end`, and nothing follows the user's own `destroy`. */
export interface StreamListener {
  data(bytes: Uint8Array): void;
  end(how: StreamEnd): void;
}

/** One established octet stream. Sockets, TLS, WebSocket and the simulator's links all look like this. */
export interface Stream {
  /** Must be called once, before the first turn of the event loop ends; octets that came before are kept. Never answers from within the call. */
  listen(listener: StreamListener): void;
  /** Queues octets, which the caller leaves alone from then on; returns false while the peer is slower than we are (back-pressure). */
  write(bytes: Uint8Array): boolean;
  /** Runs `ready` once, when the octets queued by `write` have drained; soon where none are queued, never within the call. Not after the end. */
  onDrain(ready: () => void): void;
  /** Orderly end of our direction, after what was queued; the other stays readable. */
  end(): void;
  /** Drops both directions at once; octets not yet sent may be lost. */
  destroy(): void;
  /** Drops both directions, and tells the peer by a reset; as `destroy` where it is missing. */
  reset?(): void;
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
  /** Waiting takes no time. */
  readonly virtual?: true;
  now(): number;
  /** Runs `task` at `ms`, or as soon as possible where that is past, never within the call; the returned function cancels it. */
  at(ms: number, task: () => void): () => void;
}

/** Why a stream could not be opened. `handshake`: that of WebSocket. */
export type DialFailure = 'refused' | 'not-found' | 'unreachable' | 'timed-out' | 'reset' | 'certificate' | 'tls' | 'handshake' | 'denied' | 'other';

/** No stream could be opened. The message is one sentence for people: what happened and where; it holds no secret. */
export class DialError extends Error {
  override readonly name = 'DialError';
  readonly kind: DialFailure;

  constructor(kind: DialFailure, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.kind = kind;
  }
}
