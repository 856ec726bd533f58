import type { Stream, StreamListener } from '../endpoint/transport.ts';
import type { Protocol } from '../spec/catalogue.ts';
import { protocolAsked, unitHead, unitSize } from './framing.ts';

/** What a tap reports of the octets that pass it. */
export interface TapListener {
  sent(bytes: Uint8Array): void;
  received(bytes: Uint8Array): void;
  /** What was received has been dealt with. */
  processed(): void;
}

const nothing = new Uint8Array(0);

/**
 * A stream that is listened in on. It knows what the judgement of an abrupt end needs: whether octets of ours were under way, in how many
 * pieces they went since the peer was last heard, and whether they end at a frame's end.
 */
export class Tap implements Stream {
  /** Pieces sent since the peer was last heard. */
  pieces = 0;
  /** While muted, nothing is written: after a departure a heartbeat would only provoke a reset. */
  muted = false;
  /** The machine follows octets that have gone already. */
  following = false;
  /** What is written from now on does not join the piece before it. */
  separate = false;
  /** Cuts what is written into pieces, each of which travels by itself. */
  cut: ((octets: Uint8Array) => readonly Uint8Array[]) | undefined;
  readonly #stream: Stream;
  readonly #report: TapListener;
  readonly #inOnePiece: boolean;
  readonly #boundary = new FrameBoundary();
  #queue: Uint8Array[] = [];
  #draining = false;
  #ended = false;
  #waiting: (() => void)[] = [];

  constructor(stream: Stream, report: TapListener, inOnePiece: boolean) {
    this.#stream = stream;
    this.#report = report;
    this.#inOnePiece = inOnePiece;
  }

  /** Octets of ours may not have reached the peer, or reached it in more than one piece. */
  get writing(): boolean {
    return this.#draining || this.#queue.length > 0 || this.pieces > 1;
  }

  /** What we have sent ends where a frame ends. */
  get atFrameEnd(): boolean {
    return this.#boundary.reached;
  }

  /** Lets go what was held back to travel in one piece. */
  release(): void {
    if (this.#inOnePiece) this.#writeQueue();
  }

  /** Resolves when what was written has drained, or the stream has ended. */
  drained(): Promise<void> {
    this.release();
    if (this.#ended || !(this.#draining || this.#queue.length > 0)) return Promise.resolve();
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  listen(listener: StreamListener): void {
    this.#stream.listen({
      data: bytes => {
        this.#report.received(bytes);
        this.pieces = 0;
        listener.data(bytes);
        this.#report.processed();
      },
      end: how => {
        this.#over();
        listener.end(how);
      },
    });
  }

  write(bytes: Uint8Array): boolean {
    if (this.muted || this.following) return true;
    const pieces = this.cut?.(bytes);
    return pieces === undefined ? this.#take(bytes, this.separate) : pieces.map(piece => this.#take(piece, true)).every(flowing => flowing);
  }

  #take(bytes: Uint8Array, separate: boolean): boolean {
    this.#report.sent(bytes);
    this.#boundary.add(bytes);
    const waits = this.#inOnePiece || this.#queue.length > 0 || (separate && this.#draining);
    if (!waits) return this.#write(bytes);
    this.#queue.push(bytes);
    return true;
  }

  onDrain(ready: () => void): void {
    this.#stream.onDrain(ready);
  }

  end(): void {
    this.#writeQueue();
    this.#stream.end();
  }

  destroy(): void {
    this.#over();
    this.#stream.destroy();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  #write(bytes: Uint8Array): boolean {
    const flowing = this.#stream.write(bytes);
    if (!this.#draining) {
      this.#draining = true;
      this.pieces += 1;
      this.#stream.onDrain(() => this.#drained());
    }
    return flowing;
  }

  #writeQueue(): void {
    if (this.#queue.length === 0) return;
    const bytes = Buffer.concat(this.#queue);
    this.#queue = [];
    this.#write(bytes);
  }

  #drained(): void {
    this.#draining = false;
    const next = this.#inOnePiece ? undefined : this.#queue.shift();
    if (next === undefined) this.#wake();
    else this.#write(next);
  }

  #over(): void {
    this.#ended = true;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const ready of waiting) ready();
  }
}

/** Follows our own octets by their declared sizes, whatever they say. */
class FrameBoundary {
  #protocol: Protocol | undefined;
  /** Octets to the end of the frame, once its head is complete. */
  #left = 0;
  #head: Uint8Array = nothing;

  get reached(): boolean {
    return this.#left === 0 && this.#head.length === 0;
  }

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const step = Math.min(this.#left, bytes.length - at);
      this.#left -= step;
      at += step;
      if (this.#left > 0 || at === bytes.length) return;
      const part = bytes.subarray(at, at + unitHead - this.#head.length);
      at += part.length;
      this.#head = this.#head.length === 0 ? part : Buffer.concat([this.#head, part]);
      if (this.#head.length < unitHead) return;
      const begins = this.#protocol === undefined;
      this.#protocol ??= protocolAsked(this.#head);
      this.#left = unitSize(this.#head, 0, this.#protocol, begins) - unitHead;
      this.#head = nothing;
    }
  }
}
