import type { Protocol } from '../spec/catalogue.ts';

/** Whatever stands in a stream, frames of both protocols and protocol headers, has at least so many octets, and its size is known after them. */
export const unitHead = 8;

const letters = [0x41, 0x4d, 0x51, 0x50] as const;
const major10 = 1;

function isHeader(bytes: Uint8Array, at: number): boolean {
  return letters.every((letter, index) => bytes[at + index] === letter);
}

/** The protocol that a stream is in whose sender began with these octets. */
export function protocolAsked(first: Uint8Array): Protocol {
  return isHeader(first, 0) && first[5] === major10 ? '1.0' : '0-9-1';
}

/** Octets of the frame or protocol header whose first octets are at `bytes[at]`, whatever it says. In 1.0 a header may stand between frames, in 0-9-1 only where the stream begins. */
export function unitSize(bytes: Uint8Array, at: number, protocol: Protocol, begins: boolean): number {
  if ((begins || protocol === '1.0') && isHeader(bytes, at)) return unitHead;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return protocol === '1.0' ? Math.max(unitHead, view.getUint32(at)) : view.getUint32(at + 3) + unitHead;
}
