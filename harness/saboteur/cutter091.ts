import { frameOverhead, frameTypes } from '../spec/amqp091/constants.ts';
import { decodeFrame, type Frame } from '../wire/amqp091/codec.ts';
import { Cutter } from './cutter.ts';
import type { Passing } from './fault.ts';

const prefixSize = 7;
const knownTypes = new Set<number>(Object.values(frameTypes));

/** Where one seam stands behind another, each frame passes several cutters, and nobody changes its octets. */
const decoded = new WeakMap<Uint8Array, ReturnType<typeof decodeFrame>>();

function decodedOnce(bytes: Uint8Array): ReturnType<typeof decodeFrame> {
  const known = decoded.get(bytes) ?? decodeFrame(bytes);
  decoded.set(bytes, known);
  return known;
}

/** Cuts AMQP 0-9-1: a header, then frames. */
export class Cutter091 extends Cutter<Frame> {
  protected frame(): Passing | undefined {
    if (!knownTypes.has(this.pending[0] ?? 0)) return this.giveUp();
    if (this.pending.length < prefixSize) return undefined;
    const view = new DataView(this.pending.buffer, this.pending.byteOffset, this.pending.length);
    const size = view.getUint32(3) + frameOverhead;
    if (size > this.frameMax) return this.giveUp();
    if (this.pending.length < size) return undefined;
    const channel = view.getUint16(1);
    const common = this.taken(channel, size);
    const frame = decodedOnce(common.bytes);
    if (frame.kind === 'value') return { ...common, what: 'frame', frame: frame.value };
    return frame.kind === 'violation' ? { ...common, what: 'broken', violation: frame } : { ...common, what: 'octets' };
  }
}
