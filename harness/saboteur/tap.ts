import type { Clock, Stream, StreamEnd, StreamListener } from '../endpoint/transport.ts';
import { joined } from '../wire/amqp091/craft.ts';
import type { Cutter } from './cutter.ts';
import type { Direction, Passage, PassingOf, RewriteTo, RewrittenTo, SeamBetweenFrames } from './passing.ts';
import { randomFrom } from './random.ts';

export interface SabotageOptions {
  /** Needed by rewrites that come late; without it they come at once. */
  readonly clock?: Clock;
  /** Defaults to 1. */
  readonly seed?: number;
  /** Ordinal of the connection, from 1. */
  readonly connection?: number;
}

/** How long the octets of an incomplete frame are kept back. */
const patienceMs = 50;

function other(direction: Direction): Direction {
  return direction === 'to-server' ? 'to-client' : 'to-server';
}

/** What passed so far on one connection, as a fault may ask for it. */
export interface Recording<F> {
  /** Octets that went on before their frame was whole. */
  released: number;
  /** Largest whole frame in that direction. */
  largest(direction: Direction): number;
  note(passing: PassingOf<F>): void;
}

/** What a tap has to know of a protocol. `F`: its frames; `C`: what a fault is told of a connection. */
export interface ProtocolOfSeam<F, C> {
  cutter(direction: Direction): Cutter<F>;
  record(connection: number, random: () => number, now: () => number): C & Recording<F>;
  encode(frame: F): Uint8Array;
  /** Whether a client that begins with this header speaks another protocol, so that the seam has nothing to do. */
  isForeign(header: Uint8Array): boolean;
}

/** What stands between two peers, and of which protocol it is. */
export interface Tapped<F, C> {
  readonly protocol: ProtocolOfSeam<F, C>;
  readonly seam: SeamBetweenFrames<string, (passing: PassingOf<F>, conversation: C) => RewriteTo<F | Uint8Array>>;
}

/** Sits on one end of a stream: what is read is `inbound`, what is written the other direction. */
export class Tap<F, C> implements Stream {
  readonly #stream: Stream;
  readonly #inbound: Direction;
  readonly #clock: Clock | undefined;
  /** Tells when octets have waited long enough for the rest of their frame. */
  readonly #patience: Clock | undefined;
  readonly #protocol: ProtocolOfSeam<F, C>;
  readonly #cutters: Readonly<Record<Direction, Cutter<F>>>;
  readonly #late: Record<Direction, number> = { 'to-server': 0, 'to-client': 0 };
  readonly #waiting: Partial<Record<Direction, () => void>> = {};
  readonly #held: Record<Direction, Map<number, Uint8Array[]>> = { 'to-server': new Map(), 'to-client': new Map() };
  readonly #record: C & Recording<F>;
  readonly #filter: ReturnType<Tapped<F, C>['seam']['start']>;
  #listener: StreamListener | undefined;
  #writable = true;
  #over: 'no' | 'stalled' | 'ended' = 'no';
  /** Another protocol is spoken: everything passes. */
  #foreign = false;
  /** Our user dropped the stream and the fault keeps that from the peer. */
  #dropped = false;

  constructor(stream: Stream, { protocol, seam }: Tapped<F, C>, inbound: Direction, options: SabotageOptions) {
    const connection = options.connection ?? 1;
    this.#stream = stream;
    this.#inbound = inbound;
    this.#clock = options.clock;
    this.#protocol = protocol;
    this.#cutters = { 'to-server': protocol.cutter('to-server'), 'to-client': protocol.cutter('to-client') };
    this.#record = protocol.record(connection, randomFrom((options.seed ?? 1) + connection), () => options.clock?.now() ?? 0);
    this.#filter = seam.start();
    this.#patience = seam.wholeFrames === true ? undefined : options.clock;
  }

  listen(listener: StreamListener): void {
    this.#listener = listener;
    this.#stream.listen({
      data: bytes => this.#take(this.#inbound, bytes),
      end: how => this.#end(this.#inbound, how),
    });
  }

  write(bytes: Uint8Array): boolean {
    this.#writable = true;
    this.#take(other(this.#inbound), bytes);
    return this.#writable;
  }

  onDrain(ready: () => void): void {
    this.#stream.onDrain(ready);
  }

  end(): void {
    this.#end(other(this.#inbound), 'eof');
  }

  destroy(): void {
    this.#dropped = true;
    this.#end(other(this.#inbound), 'reset');
    this.#listener = undefined;
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  #take(direction: Direction, bytes: Uint8Array): void {
    if (this.#foreign) {
      this.#deliver(direction, bytes);
      return;
    }
    this.#cutters[direction].push(bytes);
    let passing = this.#next(direction);
    for (; passing !== undefined; passing = this.#next(direction)) this.#pass(passing);
    this.#await(direction);
  }

  #next(direction: Direction): PassingOf<F> | undefined {
    const cutter = this.#cutters[direction];
    cutter.frameMax = this.#record.largest(direction);
    return this.#over === 'no' && !this.#foreign ? cutter.next() : undefined;
  }

  /** Octets of a frame that stays incomplete go on by themselves: the other side may count on hearing them. */
  #await(direction: Direction): void {
    const cutter = this.#cutters[direction];
    if (this.#patience === undefined || cutter.complete) return;
    this.#waiting[direction]?.();
    this.#waiting[direction] = this.#patience.at(this.#patience.now() + patienceMs, () => {
      const octets = cutter.release();
      if (octets.length === 0 || this.#over !== 'no') return;
      this.#record.released += octets.length;
      this.#deliver(direction, octets);
    });
  }

  #end(direction: Direction, how: StreamEnd): void {
    const rest = how === 'eof' ? this.#cutters[direction].rest() : undefined;
    if (rest !== undefined && this.#over === 'no') this.#pass(rest);
    if (this.#foreign) this.#deliverEnd(direction, how);
    else if (this.#over === 'no') this.#pass({ direction, channel: 0, pieces: 1, released: 0, what: 'end', how });
    else if (direction === this.#inbound) this.#deliverEnd(direction, how);
    else if (this.#over === 'ended' && how === 'reset') this.#stream.destroy();
    // The peer is gone as well: nothing is left to be kept from it.
    if (direction === this.#inbound && (this.#dropped || this.#over === 'stalled')) this.#stream.destroy();
  }

  #pass(passing: PassingOf<F>): void {
    const { direction, channel, released } = passing;
    if (passing.what === 'header' && direction === 'to-server' && this.#protocol.isForeign(passing.bytes)) {
      this.#stepAside(passing.bytes.subarray(released));
      return;
    }
    const wanted = this.#filter(passing, this.#record);
    const rewrite = released > 0 ? 'pass' : wanted;
    this.#record.note(passing);
    this.#waiting[direction]?.();
    const held = this.#held[direction];
    if (rewrite === 'hold') {
      if (passing.what !== 'end') held.set(channel, [...(held.get(channel) ?? []), passing.bytes]);
    } else if (rewrite === 'pass') {
      this.#release(passing);
      if (passing.what === 'end') this.#inTime(direction, () => this.#deliverEnd(direction, passing.how));
      else this.#inTime(direction, () => this.#deliver(direction, passing.bytes.subarray(released)));
    } else {
      held.delete(channel);
      this.#rewrite(passing, rewrite);
    }
  }

  /** Another protocol has begun: what waits goes on, and so does all that follows. */
  #stepAside(header: Uint8Array): void {
    this.#foreign = true;
    this.#waiting['to-server']?.();
    this.#deliver('to-server', header);
    for (const direction of ['to-server', 'to-client'] as const) {
      this.#waiting[direction]?.();
      const octets = this.#cutters[direction].release();
      if (octets.length > 0) this.#deliver(direction, octets);
    }
  }

  /** Lets go what was held on the channel of `passing`; on all channels where it is the end. */
  #release({ direction, channel, what }: Passage & { readonly what: string }): void {
    const held = this.#held[direction];
    for (const each of what === 'end' ? [...held.keys()] : [channel]) {
      const bytes = held.get(each);
      held.delete(each);
      if (bytes !== undefined) this.#inTime(direction, () => this.#deliver(direction, joined(...bytes)));
    }
  }

  #rewrite(passing: Passage, { send = [], back = [], finish, delayMs = 0 }: RewrittenTo<F | Uint8Array>): void {
    const { direction } = passing;
    if (delayMs > 0 && this.#clock !== undefined) this.#late[direction] = Math.max(this.#late[direction], this.#clock.now() + delayMs);
    if (send.length > 0) this.#inTime(direction, () => this.#deliver(direction, this.#encoded(send)));
    if (back.length > 0) this.#inTime(other(direction), () => this.#return(other(direction), () => this.#deliver(other(direction), this.#encoded(back))));
    if (finish === undefined) return;
    this.#over = finish === 'stall' ? 'stalled' : 'ended';
    if (finish === 'stall') return;
    const how = finish === 'end' ? 'eof' : 'reset';
    this.#inTime(direction, () => this.#deliverEnd(direction, how));
    this.#inTime(other(direction), () => this.#return(other(direction), () => this.#deliverEnd(other(direction), how)));
  }

  #encoded(pieces: readonly (F | Uint8Array)[]): Uint8Array {
    const [only] = pieces;
    if (pieces.length === 1 && only instanceof Uint8Array) return only;
    return joined(...pieces.map(piece => (piece instanceof Uint8Array ? piece : this.#protocol.encode(piece))));
  }

  /** What goes back to whoever is just writing must not reach it before its own call returns. */
  #return(direction: Direction, task: () => void): void {
    if (direction === this.#inbound) queueMicrotask(task);
    else task();
  }

  /** Keeps the order of a direction once something in it comes late. */
  #inTime(direction: Direction, task: () => void): void {
    const due = this.#late[direction];
    if (this.#clock === undefined || due <= this.#clock.now()) task();
    else this.#clock.at(due, task);
  }

  #deliver(direction: Direction, bytes: Uint8Array): void {
    if (direction === this.#inbound) this.#listener?.data(bytes);
    else this.#writable = this.#stream.write(bytes);
  }

  #deliverEnd(direction: Direction, how: StreamEnd): void {
    if (direction === this.#inbound) {
      const listener = this.#listener;
      this.#listener = undefined;
      listener?.end(how);
    } else if (how === 'eof') this.#stream.end();
    else this.#stream.destroy();
  }
}
