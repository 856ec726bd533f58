import type { Stream, StreamEnd, StreamListener } from '../endpoint/transport.ts';

/** Who hears what passes at the client's own end of the wire. */
export interface Observer {
  toClient(octets: Uint8Array): void;
  fromClient(octets: Uint8Array): void;
  /** `ours`: we ended it before the client did. */
  ended(how: StreamEnd, ours: boolean): void;
}

/** How many octets each write to the client has, from this offset of the stream on. */
export type Cut = (offset: number) => number;

/** What is behind so many pieces is not cut any more. */
const piecesMax = 300;

/** The stream of an accepted connection, with somebody who listens in, and cut as it is wanted. */
export class ObservedStream implements Stream {
  readonly #stream: Stream;
  readonly #observer: Observer;
  readonly #cut: Cut | undefined;
  #waiting: Uint8Array = new Uint8Array(0);
  #turn: NodeJS.Immediate | undefined;
  #pieces = 0;
  #offset = 0;
  #leaving = false;
  #over = false;

  constructor(stream: Stream, observer: Observer, cut?: Cut) {
    this.#stream = stream;
    this.#observer = observer;
    this.#cut = cut;
  }

  listen(listener: StreamListener): void {
    this.#stream.listen({
      data: bytes => {
        this.#observer.fromClient(bytes);
        listener.data(bytes);
      },
      end: how => {
        this.#end(how);
        listener.end(how);
      },
    });
  }

  /** Where it is cut, each piece goes out in a turn of the event loop of its own, so that it is read by itself. */
  write(bytes: Uint8Array): boolean {
    if (this.#cut === undefined) {
      this.#observer.toClient(bytes);
      return this.#stream.write(bytes);
    }
    this.#waiting = Buffer.concat([this.#waiting, bytes]);
    this.#turn ??= setImmediate(() => this.#piece());
    return true;
  }

  onDrain(ready: () => void): void {
    this.#stream.onDrain(ready);
  }

  end(): void {
    this.#leaving = true;
    if (this.#turn === undefined) this.#stream.end();
  }

  destroy(): void {
    clearImmediate(this.#turn);
    this.#leaving = true;
    this.#end('reset');
    this.#stream.destroy();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  #piece(): void {
    this.#turn = undefined;
    if (this.#over) return;
    this.#pieces += 1;
    const most = this.#pieces > piecesMax || this.#cut === undefined ? Number.POSITIVE_INFINITY : this.#cut(this.#offset);
    const size = Math.max(1, Math.min(this.#waiting.length, most));
    const bytes = this.#waiting.subarray(0, size);
    this.#waiting = this.#waiting.subarray(size);
    this.#offset += size;
    this.#observer.toClient(bytes);
    this.#stream.write(bytes);
    if (this.#waiting.length > 0) this.#turn = setImmediate(() => this.#piece());
    else if (this.#leaving) this.#stream.end();
  }

  /** Told once, whoever ended it. */
  #end(how: StreamEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#observer.ended(how, this.#leaving);
  }
}
