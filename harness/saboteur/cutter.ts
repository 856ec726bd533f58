import { joined } from '../wire/amqp091/craft.ts';
import type { Direction, PassingOf } from './passing.ts';

/** Octets of a protocol header. */
export const headerSize = 8;

const name = Uint8Array.of(0x41, 0x4d, 0x51, 0x50);

/** Whether octets begin as a protocol header does, as far as they have come. */
export function isHeader(bytes: Uint8Array): boolean {
  return bytes.subarray(0, name.length).every((octet, at) => octet === name[at]);
}

/**
 * Cuts the octets of one direction into passings. Unlike the endpoint's splitter it keeps what is wrong: a malformed frame comes out whole, and what is no
 * frame comes out at once, since the peer must be able to refuse it before the rest has come.
 */
export abstract class Cutter<F> {
  /** Largest whole frame; more is no frame. */
  frameMax = 0;
  protected readonly direction: Direction;
  protected pending: Uint8Array = new Uint8Array(0);
  #pieces = 0;
  /** Octets at the front of `pending` that went on before their frame was whole. */
  #released = 0;
  #state: 'start' | 'frames' | 'octets' = 'start';

  constructor(direction: Direction) {
    this.direction = direction;
  }

  /** Whether nothing waits for the rest of its frame. */
  get complete(): boolean {
    return this.pending.length === 0;
  }

  push(bytes: Uint8Array): void {
    this.#pieces += 1;
    this.pending = this.pending.length === 0 ? bytes : joined(this.pending, bytes);
  }

  /** The next passing, as soon as it is whole. */
  next(): PassingOf<F> | undefined {
    if (this.pending.length === 0) return undefined;
    if (this.#state === 'start') return this.#start();
    return this.#state === 'frames' ? this.frame() : this.rest();
  }

  /** Octets of a frame that is not whole, to go on without it; none the second time. */
  release(): Uint8Array {
    const octets = this.pending.subarray(this.#released);
    this.#released = this.pending.length;
    return octets;
  }

  /** What is left over, whole or not. */
  rest(): PassingOf<F> | undefined {
    if (this.pending.length === 0) return undefined;
    return { ...this.taken(0, this.pending.length), what: 'octets' };
  }

  /** The frame that `pending` begins with, as soon as it is whole. */
  protected abstract frame(): PassingOf<F> | undefined;

  protected header(): PassingOf<F> | undefined {
    return this.pending.length < headerSize ? undefined : { ...this.taken(0, headerSize), what: 'header' };
  }

  /** No frame will be found any more. */
  protected giveUp(): PassingOf<F> | undefined {
    this.#state = 'octets';
    return this.rest();
  }

  protected taken(channel: number, size: number) {
    const bytes = size === this.pending.length ? this.pending : this.pending.subarray(0, size);
    const pieces = this.#pieces;
    const released = Math.min(this.#released, size);
    this.#released -= released;
    this.pending = this.pending.subarray(size);
    this.#pieces = this.pending.length === 0 ? 0 : 1;
    return { direction: this.direction, channel, pieces, released, bytes };
  }

  #start(): PassingOf<F> | undefined {
    const found = isHeader(this.pending);
    if (found && this.pending.length < headerSize) return undefined;
    this.#state = found || this.direction === 'to-client' ? 'frames' : 'octets';
    return found ? this.header() : this.next();
  }
}
