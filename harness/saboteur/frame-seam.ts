import type { Clock, Stream, StreamEnd, StreamListener, Transport } from '../endpoint/transport.ts';
import { encodeFrame } from '../wire/amqp091/codec.ts';
import { joined } from '../wire/amqp091/craft.ts';
import { ConversationRecord } from './conversation.ts';
import { Cutter } from './cutter.ts';
import type { Direction, Filter, FrameSeam, Passing, Piece, Rewritten } from './fault.ts';
import { randomFrom } from './random.ts';

export interface SabotageOptions {
  /** Needed by rewrites that come late; without it they come at once. */
  readonly clock?: Clock;
  /** Defaults to 1. */
  readonly seed?: number;
  /** Ordinal of the connection, from 1. */
  readonly connection?: number;
}

/** The stream as a server sees it, with the fault between it and the client. Octets that the fault lets pass go on as they came. */
export function sabotageStream(stream: Stream, seam: FrameSeam, options: SabotageOptions = {}): Stream {
  return new Tap(stream, seam, 'to-server', options);
}

/** The transport as a client sees it, with the fault between it and the server; connections are numbered in the order they are dialled. */
export function sabotageTransport(transport: Transport, seam: FrameSeam, options: SabotageOptions = {}): Transport {
  let dialled = 0;
  return {
    async dial() {
      dialled += 1;
      const connection = dialled;
      return new Tap(await transport.dial(), seam, 'to-client', { ...options, connection });
    },
  };
}

/** How long the octets of an incomplete frame are kept back. */
const patienceMs = 50;

function other(direction: Direction): Direction {
  return direction === 'to-server' ? 'to-client' : 'to-server';
}

function encoded(pieces: readonly Piece[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only instanceof Uint8Array) return only;
  return joined(...pieces.map(piece => (piece instanceof Uint8Array ? piece : encodeFrame(piece))));
}

/** Sits on one end of a stream: what is read is `inbound`, what is written the other direction. */
class Tap implements Stream {
  readonly #stream: Stream;
  readonly #inbound: Direction;
  readonly #clock: Clock | undefined;
  /** Tells when octets have waited long enough for the rest of their frame. */
  readonly #patience: Clock | undefined;
  readonly #cutters = { 'to-server': new Cutter('to-server'), 'to-client': new Cutter('to-client') };
  readonly #late: Record<Direction, number> = { 'to-server': 0, 'to-client': 0 };
  readonly #waiting: Partial<Record<Direction, () => void>> = {};
  readonly #held: Record<Direction, Map<number, Uint8Array[]>> = { 'to-server': new Map(), 'to-client': new Map() };
  readonly #record: ConversationRecord;
  readonly #filter: Filter;
  #listener: StreamListener | undefined;
  #writable = true;
  #over: 'no' | 'stalled' | 'ended' = 'no';
  /** Our user dropped the stream and the fault keeps that from the peer. */
  #dropped = false;

  constructor(stream: Stream, seam: FrameSeam, inbound: Direction, options: SabotageOptions) {
    const connection = options.connection ?? 1;
    this.#stream = stream;
    this.#inbound = inbound;
    this.#clock = options.clock;
    this.#record = new ConversationRecord(connection, randomFrom((options.seed ?? 1) + connection), () => options.clock?.now() ?? 0);
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
    this.#cutters[direction].push(bytes);
    let passing = this.#next(direction);
    for (; passing !== undefined; passing = this.#next(direction)) this.#pass(passing);
    this.#await(direction);
  }

  #next(direction: Direction): Passing | undefined {
    const cutter = this.#cutters[direction];
    cutter.frameMax = this.#record.frameMax;
    return this.#over === 'no' ? cutter.next() : undefined;
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
    if (this.#over === 'no') this.#pass({ direction, channel: 0, pieces: 1, released: 0, what: 'end', how });
    else if (direction === this.#inbound) this.#deliverEnd(direction, how);
    else if (this.#over === 'ended' && how === 'reset') this.#stream.destroy();
    // The peer is gone as well: nothing is left to be kept from it.
    if (direction === this.#inbound && (this.#dropped || this.#over === 'stalled')) this.#stream.destroy();
  }

  #pass(passing: Passing): void {
    const { direction, channel, released } = passing;
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

  /** Lets go what was held on the channel of `passing`; on all channels where it is the end. */
  #release({ direction, channel, what }: Passing): void {
    const held = this.#held[direction];
    for (const each of what === 'end' ? [...held.keys()] : [channel]) {
      const bytes = held.get(each);
      held.delete(each);
      if (bytes !== undefined) this.#inTime(direction, () => this.#deliver(direction, joined(...bytes)));
    }
  }

  #rewrite(passing: Passing, { send = [], back = [], finish, delayMs = 0 }: Rewritten): void {
    const { direction } = passing;
    if (delayMs > 0 && this.#clock !== undefined) this.#late[direction] = Math.max(this.#late[direction], this.#clock.now() + delayMs);
    if (send.length > 0) this.#inTime(direction, () => this.#deliver(direction, encoded(send)));
    if (back.length > 0) this.#inTime(other(direction), () => this.#return(other(direction), () => this.#deliver(other(direction), encoded(back))));
    if (finish === undefined) return;
    this.#over = finish === 'stall' ? 'stalled' : 'ended';
    if (finish === 'stall') return;
    const how = finish === 'end' ? 'eof' : 'reset';
    this.#inTime(direction, () => this.#deliverEnd(direction, how));
    this.#inTime(other(direction), () => this.#return(other(direction), () => this.#deliverEnd(other(direction), how)));
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
