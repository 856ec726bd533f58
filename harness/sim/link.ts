import type { Clock, Stream, StreamEnd, StreamListener } from '../endpoint/transport.ts';
import { type Conditions, Pipe, type PipeEnd } from './pipe.ts';

/**
 * Two streams joined by a simulated network. `destroy` does what a kernel does with a closed socket: what was written still arrives and then the end,
 * unless octets of the peer were unread, or come later: then the peer sees a reset.
 */
export function link(clock: Clock, random: () => number, conditions: Conditions = {}): readonly [Stream, Stream] {
  const one = new LinkEnd(clock);
  const other = new LinkEnd(clock);
  const there = new Pipe(clock, random, conditions, other);
  const back = new Pipe(clock, random, conditions, one);
  one.connect(other, back, there);
  other.connect(one, there, back);
  return [one, other];
}

class LinkEnd implements Stream, PipeEnd {
  readonly #clock: Clock;
  #peer: LinkEnd | undefined;
  #in: Pipe | undefined;
  #out: Pipe | undefined;
  #listener: StreamListener | undefined;
  #over = false;
  #destroyed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  connect(peer: LinkEnd, incoming: Pipe, outgoing: Pipe): void {
    this.#peer = peer;
    this.#in = incoming;
    this.#out = outgoing;
    incoming.pause();
  }

  listen(listener: StreamListener): void {
    this.#listener = listener;
    this.#in?.resume();
  }

  write(bytes: Uint8Array): boolean {
    return this.#destroyed || this.#out === undefined || this.#out.write(bytes);
  }

  onDrain(ready: () => void): void {
    if (!this.#destroyed) this.#out?.onDrain(ready);
  }

  end(): void {
    if (!this.#destroyed) this.#out?.end('eof');
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    if ((this.#in?.queued ?? 0) > 0) this.#out?.drop('reset');
    else this.#out?.end('eof');
  }

  pause(): void {
    this.#in?.pause();
  }

  resume(): void {
    this.#in?.resume();
  }

  arrived(bytes: Uint8Array): void {
    if (this.#destroyed) this.#out?.drop('reset');
    else if (!this.#over) this.#listener?.data(bytes);
  }

  finished(how: StreamEnd): void {
    if (this.#over || this.#destroyed) return;
    this.#over = true;
    if (how === 'reset') this.#out?.drop();
    this.#listener?.end(how);
  }

  broken(): void {
    const peer = this.#peer;
    this.#clock.at(this.#clock.now(), () => {
      this.#in?.drop();
      this.#out?.drop();
      this.finished('reset');
      peer?.finished('reset');
    });
  }
}
