import { frameHead } from '../../../spec/amqp10/constants.ts';
import { protocolHeaders } from '../../../wire/amqp10/codec.ts';

const spelled = protocolHeaders.amqp.subarray(0, 4);

/** Where headers and frames of a stream end, however it was cut; their content is not looked at. */
export class Boundaries {
  /** The head of what has begun, as far as it is there. */
  readonly #first: number[] = [];
  /** Octets that are due until it ends, once that is known. */
  #due: number | undefined;
  /** A size below that of a frame's head leaves unclear where the next one begins. */
  lost = false;

  /** Something has begun that has not ended, or nothing can be made out any more. */
  get unfinished(): boolean {
    return this.lost || this.#first.length > 0;
  }

  /** Tells the size of each frame whose head is there. */
  push(octets: Uint8Array, sized: (size: number) => void): void {
    for (let at = 0; at < octets.length && !this.lost; ) {
      if (this.#due === undefined) {
        this.#first.push(octets[at] as number);
        at += 1;
        if (this.#first.length === frameHead) this.#begin(sized);
      } else {
        const taken = Math.min(this.#due, octets.length - at);
        at += taken;
        this.#due -= taken;
      }
      if (this.#due === 0) this.#end();
    }
  }

  #begin(sized: (size: number) => void): void {
    const [a = 0, b = 0, c = 0, d = 0] = this.#first;
    const isHeader = spelled.every((octet, index) => octet === this.#first[index]);
    const size = isHeader ? protocolHeaders.amqp.length : ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    this.lost = size < frameHead;
    this.#due = size - frameHead;
    if (!isHeader && !this.lost) sized(size);
  }

  #end(): void {
    this.#first.length = 0;
    this.#due = undefined;
  }
}
