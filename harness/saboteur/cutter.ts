import { frameMinSize, frameOverhead, frameTypes } from '../spec/amqp091/constants.ts';
import { decodeFrame } from '../wire/amqp091/codec.ts';
import type { Direction, Passing } from './fault.ts';

const headerSize = 8;
const prefixSize = 7;
const name = Uint8Array.of(0x41, 0x4d, 0x51, 0x50);
const knownTypes = new Set<number>(Object.values(frameTypes));

/**
 * Cuts the octets of one direction into passings. Unlike the endpoint's splitter it keeps what is wrong: a frame with a bad payload or frame-end
 * comes out whole, and what is no frame comes out at once, since the peer must be able to refuse it before the rest has come.
 */
export class Cutter {
  /** Largest whole frame; more is no frame. */
  frameMax: number = frameMinSize;
  readonly #direction: Direction;
  #pending: Uint8Array = new Uint8Array(0);
  #state: 'start' | 'frames' | 'octets' = 'start';

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  push(bytes: Uint8Array): void {
    this.#pending = this.#pending.length === 0 ? bytes : joined([this.#pending, bytes]);
  }

  /** The next passing, as soon as it is whole. */
  next(): Passing | undefined {
    if (this.#pending.length === 0) return undefined;
    if (this.#state === 'start') return this.#header();
    return this.#state === 'frames' ? this.#frame() : this.rest();
  }

  /** What is left over, whole or not. */
  rest(): Passing | undefined {
    if (this.#pending.length === 0) return undefined;
    return { direction: this.#direction, channel: 0, what: 'octets', bytes: this.#take(this.#pending.length) };
  }

  #header(): Passing | undefined {
    const start = this.#pending.subarray(0, name.length);
    const isHeader = start.every((octet, at) => octet === name[at]);
    if (isHeader && this.#pending.length < headerSize) return undefined;
    this.#state = isHeader || this.#direction === 'to-client' ? 'frames' : 'octets';
    if (!isHeader) return this.next();
    return { direction: this.#direction, channel: 0, what: 'header', bytes: this.#take(headerSize) };
  }

  #frame(): Passing | undefined {
    if (!knownTypes.has(this.#pending[0] ?? 0)) return this.#giveUp();
    if (this.#pending.length < prefixSize) return undefined;
    const view = new DataView(this.#pending.buffer, this.#pending.byteOffset, this.#pending.length);
    const size = view.getUint32(3) + frameOverhead;
    if (size > this.frameMax) return this.#giveUp();
    if (this.#pending.length < size) return undefined;
    const channel = view.getUint16(1);
    const bytes = this.#take(size);
    const frame = decodeFrame(bytes);
    const common = { direction: this.#direction, channel, bytes };
    if (frame.kind === 'value') return { ...common, what: 'frame', frame: frame.value };
    return frame.kind === 'violation' ? { ...common, what: 'broken', violation: frame } : { ...common, what: 'octets' };
  }

  #giveUp(): Passing | undefined {
    this.#state = 'octets';
    return this.rest();
  }

  #take(size: number): Uint8Array {
    const taken = this.#pending.subarray(0, size);
    this.#pending = this.#pending.subarray(size);
    return taken;
  }
}

/** One array from several. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
