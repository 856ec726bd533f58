import { frameHead, minMaxFrameSize } from '../spec/amqp10/constants.ts';
import { CutFrame, decodeFrame, type Frame } from '../wire/amqp10/codec.ts';
import { checkHead } from '../wire/amqp10/raw-frame.ts';
import type { Decoded, Violation } from '../wire/decoded.ts';
import { Cutter, isHeader } from './cutter.ts';
import type { Passing10 } from './fault10.ts';

/** Where one seam stands behind another, each frame passes several cutters, and nobody changes its octets. */
const decoded = new WeakMap<Uint8Array, Decoded<Frame>>();

function decodedOnce(bytes: Uint8Array): Decoded<Frame> {
  const known = decoded.get(bytes) ?? decodeFrame(bytes);
  decoded.set(bytes, known);
  return known;
}

/** Frames above what their receiver takes are kept whole as well up to this size, so that a fault may tell one from others. */
const slack = 1 << 16;

/** Cuts AMQP 1.0: headers and frames of the SASL layer, then those of AMQP. No frame is as large as the octets of a header would make it. */
export class Cutter10 extends Cutter<Frame> {
  override frameMax: number = minMaxFrameSize;

  protected frame(): Passing10 | undefined {
    if (isHeader(this.pending)) return this.header();
    if (this.pending.length < frameHead) return undefined;
    const size = new DataView(this.pending.buffer, this.pending.byteOffset, this.pending.length).getUint32(0);
    const wrong = checkHead(this.pending, 0, 0, 0);
    if (wrong !== undefined && (size < frameHead || size > this.pending.length)) return this.#brokenOff(wrong);
    if (size > this.frameMax + slack) return this.giveUp();
    if (this.pending.length < size) return undefined;
    const { channel } = new CutFrame(this.pending, 0, size, 0);
    const common = this.taken(channel, size);
    const frame = decodedOnce(common.bytes);
    if (frame.kind === 'value') return { ...common, what: 'frame', frame: frame.value };
    return frame.kind === 'violation' ? { ...common, what: 'broken', violation: frame } : { ...common, what: 'octets' };
  }

  /** Where such a frame ends cannot be told: all that came is its, and what follows is none. */
  #brokenOff(violation: Violation): Passing10 | undefined {
    const rest = this.giveUp();
    return rest?.what === 'octets' ? { ...rest, what: 'broken', violation } : rest;
  }
}
