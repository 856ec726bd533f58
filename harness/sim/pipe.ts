import type { Clock, StreamEnd } from '../endpoint/transport.ts';

/** What a simulated network does to octets on their way. All of it is drawn from the seed. */
export interface Conditions {
  /** Time that each piece takes one way, in milliseconds, drawn evenly. Defaults to 1 always. */
  readonly delays?: { readonly minMs: number; readonly maxMs: number };
  /** Probability that a piece arrives in two, the second of which may be split again. Defaults to 0. */
  readonly splits?: number;
  /** Probability that a piece, and all behind it, is held up by `ms` more. Defaults to 0. */
  readonly stalls?: { readonly probability: number; readonly ms: number };
  /** Probability that the link breaks instead of delivering a piece: both ends see a reset. Defaults to 0. */
  readonly cuts?: number;
}

/** Octets under way above which `write` says no. */
const windowMax = 1 << 18;

interface Piece {
  due: number;
  readonly chunks: Uint8Array[];
}

/** Where a pipe leads to. */
export interface PipeEnd {
  arrived(bytes: Uint8Array): void;
  finished(how: StreamEnd): void;
  /** The link broke under way. */
  broken(): void;
}

/** One direction of a link: in order, delayed, cut into other pieces than were written. Delivers from the clock only, never from within `write`. */
export class Pipe {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #conditions: Conditions;
  readonly #to: PipeEnd;
  #pieces: Piece[] = [];
  #queued = 0;
  #ending: { readonly how: StreamEnd; readonly due: number } | undefined;
  #waiting: (() => void)[] = [];
  #cancel: (() => void) | undefined;
  #paused = false;
  #closed = false;

  constructor(clock: Clock, random: () => number, conditions: Conditions, to: PipeEnd) {
    this.#clock = clock;
    this.#random = random;
    this.#conditions = conditions;
    this.#to = to;
  }

  /** Octets written and not yet delivered. */
  get queued(): number {
    return this.#queued;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed || this.#ending !== undefined || bytes.length === 0) return this.#queued < windowMax;
    const due = this.#due();
    const last = this.#pieces.at(-1);
    if (last !== undefined && last.due === due) last.chunks.push(bytes);
    else this.#pieces.push({ due, chunks: [bytes] });
    this.#queued += bytes.length;
    this.#schedule();
    return this.#queued < windowMax;
  }

  onDrain(ready: () => void): void {
    if (this.#queued === 0) this.#clock.at(this.#clock.now(), ready);
    else this.#waiting.push(ready);
  }

  end(how: StreamEnd): void {
    if (this.#closed || this.#ending !== undefined) return;
    this.#ending = { how, due: this.#due() };
    this.#schedule();
  }

  /** Forgets what is under way and delivers nothing more, or a reset. */
  drop(how?: 'reset'): void {
    this.#pieces = [];
    this.#queued = 0;
    this.#waiting = [];
    this.#ending = undefined;
    this.#paused = false;
    this.#cancel?.();
    this.#cancel = undefined;
    if (how === undefined) this.#closed = true;
    else this.end(how);
  }

  pause(): void {
    this.#paused = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  /** When what is written now arrives, unless what is before it arrives later. */
  #due(): number {
    const { delays, stalls } = this.#conditions;
    let delay = delays === undefined ? 1 : delays.minMs + this.#random() * (delays.maxMs - delays.minMs);
    if (stalls !== undefined && this.#random() < stalls.probability) delay += stalls.ms;
    return this.#clock.now() + delay;
  }

  #schedule(): void {
    const due = this.#pieces[0]?.due ?? this.#ending?.due;
    if (due === undefined || this.#closed || this.#paused || this.#cancel !== undefined) return;
    this.#cancel = this.#clock.at(due, () => {
      this.#cancel = undefined;
      this.#deliver();
      this.#schedule();
    });
  }

  #deliver(): void {
    const piece = this.#pieces.shift();
    if (piece === undefined) {
      const how = this.#ending?.how ?? 'eof';
      this.#closed = true;
      this.#to.finished(how);
      return;
    }
    const { splits = 0, cuts = 0 } = this.#conditions;
    if (cuts > 0 && this.#random() < cuts) {
      this.#to.broken();
      return;
    }
    let bytes = joined(piece.chunks);
    if (bytes.length > 1 && splits > 0 && this.#random() < splits) {
      const at = 1 + Math.floor(this.#random() * (bytes.length - 1));
      this.#pieces.unshift({ due: this.#clock.now() + this.#random(), chunks: [bytes.subarray(at)] });
      bytes = bytes.subarray(0, at);
    }
    this.#queued -= bytes.length;
    this.#to.arrived(bytes);
    if (this.#queued === 0) this.#drained();
  }

  #drained(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const ready of waiting) ready();
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first;
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
