import type { Stream, StreamEnd, StreamListener } from '../endpoint/transport.ts';

/** Who hears what passes at the client's own end of the wire. */
export interface Observer {
  toClient(octets: Uint8Array): void;
  fromClient(octets: Uint8Array): void;
  ended(how: StreamEnd): void;
}

/** How many octets each write to the client has, from this offset of the stream on. */
export type Cut = (offset: number) => number;

/** The stream of an accepted connection, with somebody who listens in, and cut as it is wanted. */
export class ObservedStream implements Stream {
  readonly #stream: Stream;
  readonly #observer: Observer;
  readonly #cut: Cut | undefined;
  #waiting: Uint8Array[] = [];
  #offset = 0;
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

  /** Where it is cut, what is written in one turn of the event loop is one piece to be cut. */
  write(bytes: Uint8Array): boolean {
    if (this.#cut === undefined) {
      this.#observer.toClient(bytes);
      return this.#stream.write(bytes);
    }
    if (this.#waiting.push(bytes) === 1) setImmediate(() => this.#flush(this.#cut));
    return true;
  }

  onDrain(ready: () => void): void {
    this.#stream.onDrain(ready);
  }

  end(): void {
    this.#flush(this.#cut);
    this.#stream.end();
  }

  destroy(): void {
    this.#end('reset');
    this.#stream.destroy();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  #flush(cut: Cut = () => Number.POSITIVE_INFINITY): void {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    if (bytes.length === 0 || this.#over) return;
    this.#observer.toClient(bytes);
    for (let at = 0; at < bytes.length; ) {
      const size = Math.max(1, Math.min(bytes.length - at, cut(this.#offset)));
      this.#stream.write(bytes.subarray(at, at + size));
      this.#offset += size;
      at += size;
    }
  }

  /** Told once, whoever ended it. */
  #end(how: StreamEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#observer.ended(how);
  }
}
