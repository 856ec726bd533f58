import type { CutFrame } from '../wire/amqp091/raw-frame.ts';
import type { Violation } from '../wire/decoded.ts';
import { type Framing, framing091 } from './framing.ts';

/**
 * Cuts a stream into frames, the same frames however the stream was cut into chunks. A frame that lies within one chunk is a view on it: the
 * chunks pushed belong to the splitter. A frame that straddles chunks is gathered as it comes, never ahead of its octets.
 * What leaves unclear where the next frame starts, or is no frame at all, ends the stream: the same violation is answered for ever. A frame above frame-max
 * is one violation; its octets are dropped as they come, and the frames behind it are cut as usual.
 */
export class Splitter<F extends object = CutFrame> {
  /** Largest whole frame in octets, from the next frame on; 0 is no limit. */
  frameMax: number;
  readonly #chunks: Uint8Array[] = [];
  #first = 0;
  /** Of the next octet in the first chunk. */
  #at = 0;
  #offset = 0;
  #buffered = 0;
  #gathered: Gathered | undefined;
  #discard = 0;
  #broken: Violation | undefined;

  readonly #framing: Framing<F>;

  /** The frames are those of 0-9-1 unless `framing` says otherwise. */
  constructor({ frameMax, framing }: { readonly frameMax: number; readonly framing?: Framing<F> }) {
    this.frameMax = frameMax;
    this.#framing = framing ?? (framing091 as unknown as Framing<F>);
  }

  /** Of the first octet that `next` has not yet answered for, counted from the start of the stream. */
  get offset(): number {
    return this.#offset;
  }

  /** Octets that were pushed and not yet answered for. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Appends octets of the stream. They must not change afterwards. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.#broken) return;
    const dropped = Math.min(this.#discard, bytes.length);
    this.#discard -= dropped;
    this.#offset += dropped;
    if (dropped === bytes.length) return;
    this.#chunks.push(dropped === 0 ? bytes : bytes.subarray(dropped));
    this.#buffered += bytes.length - dropped;
  }

  /** The next frame, a violation, or undefined while more octets are needed. */
  next(): F | Violation | undefined {
    if (this.#broken) return this.#broken;
    const chunk = this.#chunks[this.#first];
    if (chunk === undefined) return undefined;
    return this.#gathered ? this.#gather(this.#gathered) : this.#cut(chunk);
  }

  /** Cuts a frame out of one chunk, or begins to gather it. */
  #cut(chunk: Uint8Array): F | Violation | undefined {
    const framing = this.#framing;
    const start = this.#at;
    const there = chunk.length - start;
    const wrongStart = framing.checkFirst(chunk[start] as number, this.#offset);
    if (wrongStart) return this.#break(wrongStart);
    if (there < framing.head) return this.#gather(this.#begin());
    const size = framing.sizeOf(chunk, start);
    const wrongHead = framing.checkHead(chunk, start, this.frameMax, this.#offset);
    if (wrongHead) return this.#pass(wrongHead, size, size);
    if (there < size) return this.#gather(this.#begin());
    const wrongEnd = framing.checkEnd(chunk, start + size, this.#offset + size);
    if (wrongEnd) return this.#break(wrongEnd);
    const offset = this.#offset;
    this.#consume(size);
    this.#offset += size;
    this.#buffered -= size;
    return framing.cut(chunk, start, size, offset);
  }

  #begin(): Gathered {
    this.#gathered = { bytes: Buffer.allocUnsafe(64), length: 0, size: undefined };
    return this.#gathered;
  }

  /** Moves octets from the chunks to the frame being gathered, no more than belong to it. */
  #gather(frame: Gathered): F | Violation | undefined {
    const framing = this.#framing;
    if (frame.size === undefined) {
      if (!this.#fill(frame, framing.head)) return undefined;
      frame.size = framing.sizeOf(frame.bytes, 0);
      const wrongHead = framing.checkHead(frame.bytes, 0, this.frameMax, this.#offset);
      if (wrongHead) return this.#pass(wrongHead, frame.size, frame.size - frame.length);
    }
    const { size } = frame;
    if (!this.#fill(frame, size)) return undefined;
    const wrongEnd = framing.checkEnd(frame.bytes, size, this.#offset + size);
    if (wrongEnd) return this.#break(wrongEnd);
    const offset = this.#offset;
    this.#gathered = undefined;
    this.#offset += size;
    this.#buffered -= size;
    return framing.cut(frame.bytes, 0, size, offset);
  }

  #fill(frame: Gathered, total: number): boolean {
    for (let chunk = this.#chunks[this.#first]; chunk !== undefined && frame.length < total; chunk = this.#chunks[this.#first]) {
      const moved = Math.min(total - frame.length, chunk.length - this.#at);
      reserve(frame, frame.length + moved, total);
      frame.bytes.set(chunk.subarray(this.#at, this.#at + moved), frame.length);
      frame.length += moved;
      this.#consume(moved);
    }
    return frame.length === total;
  }

  /** Steps over octets of the first chunk. */
  #consume(size: number): void {
    this.#at += size;
    if (this.#at < (this.#chunks[this.#first] as Uint8Array).length) return;
    this.#at = 0;
    this.#first += 1;
    if (this.#first < 32 && this.#first < this.#chunks.length) return;
    this.#chunks.splice(0, this.#first);
    this.#first = 0;
  }

  /** Passes over a frame with a wrong head, of which `left` octets are still in the chunks or to come; where it ends, if its size can be right. */
  #pass(violation: Violation, size: number, left: number): Violation {
    return size < this.#framing.head ? this.#break(violation) : this.#skip(violation, left);
  }

  /** Drops a frame that is too large: `left` octets of it are still in the chunks or to come. */
  #skip(violation: Violation, left: number): Violation {
    this.#offset += this.#gathered?.length ?? 0;
    this.#buffered -= this.#gathered?.length ?? 0;
    this.#gathered = undefined;
    this.#discard = left;
    for (let chunk = this.#chunks[this.#first]; chunk !== undefined && this.#discard > 0; chunk = this.#chunks[this.#first]) {
      const dropped = Math.min(this.#discard, chunk.length - this.#at);
      this.#consume(dropped);
      this.#discard -= dropped;
      this.#offset += dropped;
      this.#buffered -= dropped;
    }
    return violation;
  }

  #break(violation: Violation): Violation {
    this.#broken = violation;
    this.#chunks.length = 0;
    this.#first = 0;
    this.#buffered = 0;
    this.#gathered = undefined;
    return violation;
  }
}

/** A frame that straddles chunks, as far as it came; `size` is that of the whole frame, once known. */
interface Gathered {
  bytes: Uint8Array;
  length: number;
  size: number | undefined;
}

/** Makes room for `needed` octets, doubling up to the `total` of the frame. */
function reserve(frame: Gathered, needed: number, total: number): void {
  if (needed <= frame.bytes.length) return;
  const grown = Buffer.allocUnsafe(Math.min(Math.max(needed, frame.bytes.length * 2), Math.max(total, needed)));
  grown.set(frame.bytes.subarray(0, frame.length));
  frame.bytes = grown;
}
