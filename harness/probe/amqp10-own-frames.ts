import { protocolIds } from '../spec/amqp10/constants.ts';
import { decodeBody, decodeRawFrame, type Frame, type protocolHeaders } from '../wire/amqp10/codec.ts';
import { isViolation } from '../wire/decoded.ts';
import { unitHead, unitSize } from './framing.ts';

const nothing = new Uint8Array(0);
const letterA = 0x41;

export type HeaderName = keyof typeof protocolHeaders;

/** What octets of our own spell: a frame, or a protocol header of 1.0. */
export type OwnUnit = Frame | { readonly type: 'header'; readonly name: HeaderName };

/** Reads all that we send as the peer will read it. */
export class OwnFrames10 {
  #rest: Uint8Array = nothing;
  #lost = false;

  /** False once the octets cannot be read as frames: what the peer makes of them is not for us to know. */
  get legible(): boolean {
    return !this.#lost;
  }

  /** A frame of ours begins: in the midst of another it becomes a part of that. */
  begins(): void {
    if (this.#rest.length > 0) this.#lost = true;
  }

  /** What these octets complete. Frames that cannot be decoded, and headers of other protocols, are passed over. */
  units(bytes: Uint8Array): readonly OwnUnit[] {
    const found: OwnUnit[] = [];
    let left = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (!this.#lost && left.length >= unitHead) {
      const size = unitSize(left, 0, '1.0', false);
      if (left.length < size) break;
      const unit = left[0] === letterA && size === unitHead ? headerOf(left) : this.#frame(left.subarray(0, size));
      if (unit !== undefined) found.push(unit);
      left = left.subarray(size);
    }
    this.#rest = this.#lost || left.length === 0 ? nothing : left.slice();
    return found;
  }

  #frame(bytes: Uint8Array): Frame | undefined {
    const cut = decodeRawFrame(bytes);
    if (cut.kind !== 'value') {
      this.#lost = true;
      return undefined;
    }
    const frame = decodeBody(cut.value);
    return isViolation(frame) ? undefined : frame;
  }
}

function headerOf(bytes: Uint8Array): OwnUnit | undefined {
  const [name] = Object.entries(protocolIds).find(([, id]) => id === bytes[4]) ?? [];
  return name === undefined || bytes[5] !== 1 ? undefined : { type: 'header', name: name as HeaderName };
}
