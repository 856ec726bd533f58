import { emitInput } from '../emit/emitter.ts';
import type { FuzzProtocol } from '../finding.ts';

/** Inputs that are sent before the answer to the first of them is there. */
const windowSize = 256;

/** An input as it goes to the child: its length in four octets before it. */
export function framed(bytes: Uint8Array): Uint8Array {
  const octets = Buffer.allocUnsafe(bytes.length + 4);
  octets.writeUInt32BE(bytes.length);
  octets.set(bytes, 4);
  return octets;
}

export interface Waiting {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** The inputs that were sent and not answered yet. */
export class Flight {
  readonly waiting: Waiting[] = [];
  /** Index of the next input to be sent. */
  next: number;
  readonly #campaign: { readonly seed: number; readonly protocol: FuzzProtocol };
  #to: number;
  readonly #write: (octets: Uint8Array) => void;

  constructor(campaign: { readonly seed: number; readonly protocol: FuzzProtocol }, from: number, to: number, write: (octets: Uint8Array) => void) {
    this.#campaign = campaign;
    this.next = from;
    this.#to = to;
    this.#write = write;
  }

  get over(): boolean {
    return this.waiting.length === 0 && this.next >= this.#to;
  }

  /** Index of the first input that is not answered. */
  get at(): number {
    return this.next - this.waiting.length;
  }

  /** Nothing more is sent. */
  stop(): void {
    this.#to = Math.min(this.#to, this.next);
  }

  answered(): void {
    this.waiting.shift();
    if (this.waiting.length <= windowSize / 2) this.fill();
  }

  /** Sends as many as the window holds, in one piece. */
  fill(): void {
    const { seed, protocol } = this.#campaign;
    const first = this.waiting.length;
    let length = 0;
    for (; this.waiting.length < windowSize && this.next < this.#to; this.next += 1) {
      const { bytes } = emitInput(seed, this.next, protocol);
      this.waiting.push({ index: this.next, bytes });
      length += bytes.length + 4;
    }
    if (length === 0) return;
    const octets = Buffer.allocUnsafe(length);
    let at = 0;
    for (const { bytes } of this.waiting.slice(first)) {
      at = octets.writeUInt32BE(bytes.length, at);
      octets.set(bytes, at);
      at += bytes.length;
    }
    this.#write(octets);
  }
}
