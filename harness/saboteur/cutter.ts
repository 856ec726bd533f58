import { frameMinSize, frameOverhead, frameTypes } from '../spec/amqp091/constants.ts';
import { decodeFrame } from '../wire/amqp091/codec.ts';
import { joined } from '../wire/amqp091/craft.ts';
import type { Direction, Passing } from './fault.ts';

const headerSize = 8;
const prefixSize = 7;
const name = Uint8Array.of(0x41, 0x4d, 0x51, 0x50);
const knownTypes = new Set<number>(Object.values(frameTypes));

/** Where one seam stands behind another, each frame passes several cutters, and nobody changes its octets. */
const decoded = new WeakMap<Uint8Array, ReturnType<typeof decodeFrame>>();

function decodedOnce(bytes: Uint8Array): ReturnType<typeof decodeFrame> {
  const known = decoded.get(bytes) ?? decodeFrame(bytes);
  decoded.set(bytes, known);
  return known;
}

/**
 * Cuts the octets of one direction into passings. Unlike the endpoint's splitter it keeps what is wrong: a frame with a bad payload or frame-end
 * comes out whole, and what is no frame comes out at once, since the peer must be able to refuse it before the rest has come.
 */
export class Cutter {
  /** Largest whole frame; more is no frame. */
  frameMax: number = frameMinSize;
  readonly #direction: Direction;
  #pending: Uint8Array = new Uint8Array(0);
  #pieces = 0;
  /** Octets at the front of `pending` that went on before their frame was whole. */
  #released = 0;
  #state: 'start' | 'frames' | 'octets' = 'start';

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  /** Whether nothing waits for the rest of its frame. */
  get complete(): boolean {
    return this.#pending.length === 0;
  }

  push(bytes: Uint8Array): void {
    this.#pieces += 1;
    this.#pending = this.#pending.length === 0 ? bytes : joined(this.#pending, bytes);
  }

  /** The next passing, as soon as it is whole. */
  next(): Passing | undefined {
    if (this.#pending.length === 0) return undefined;
    if (this.#state === 'start') return this.#header();
    return this.#state === 'frames' ? this.#frame() : this.rest();
  }

  /** Octets of a frame that is not whole, to go on without it; none the second time. */
  release(): Uint8Array {
    const octets = this.#pending.subarray(this.#released);
    this.#released = this.#pending.length;
    return octets;
  }

  /** What is left over, whole or not. */
  rest(): Passing | undefined {
    if (this.#pending.length === 0) return undefined;
    return { ...this.#taken(0, this.#pending.length), what: 'octets' };
  }

  #header(): Passing | undefined {
    const start = this.#pending.subarray(0, name.length);
    const isHeader = start.every((octet, at) => octet === name[at]);
    if (isHeader && this.#pending.length < headerSize) return undefined;
    this.#state = isHeader || this.#direction === 'to-client' ? 'frames' : 'octets';
    if (!isHeader) return this.next();
    return { ...this.#taken(0, headerSize), what: 'header' };
  }

  #frame(): Passing | undefined {
    if (!knownTypes.has(this.#pending[0] ?? 0)) return this.#giveUp();
    if (this.#pending.length < prefixSize) return undefined;
    const view = new DataView(this.#pending.buffer, this.#pending.byteOffset, this.#pending.length);
    const size = view.getUint32(3) + frameOverhead;
    if (size > this.frameMax) return this.#giveUp();
    if (this.#pending.length < size) return undefined;
    const channel = view.getUint16(1);
    const common = this.#taken(channel, size);
    const frame = decodedOnce(common.bytes);
    if (frame.kind === 'value') return { ...common, what: 'frame', frame: frame.value };
    return frame.kind === 'violation' ? { ...common, what: 'broken', violation: frame } : { ...common, what: 'octets' };
  }

  #giveUp(): Passing | undefined {
    this.#state = 'octets';
    return this.rest();
  }

  #taken(channel: number, size: number) {
    const bytes = size === this.#pending.length ? this.#pending : this.#pending.subarray(0, size);
    const pieces = this.#pieces;
    const released = Math.min(this.#released, size);
    this.#released -= released;
    this.#pending = this.#pending.subarray(size);
    this.#pieces = this.#pending.length === 0 ? 0 : 1;
    return { direction: this.#direction, channel, pieces, released, bytes };
  }
}
