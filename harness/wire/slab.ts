/** Octets of one piece of memory. */
const pieceSize = 1 << 15;

/**
 * Memory for octets that are to be sent, cut from large pieces: what is written one after the other lies side by side, so that it can leave in one piece
 * without being copied again. Octets that were cut off are never written to again.
 */
export class Slab {
  bytes: Uint8Array = Buffer.allocUnsafeSlow(pieceSize);
  #at = 0;

  /** Where in `bytes` at least `size` octets may be written now. */
  reserve(size: number): number {
    if (this.#at + size > this.bytes.length) {
      this.bytes = Buffer.allocUnsafeSlow(Math.max(pieceSize, size));
      this.#at = 0;
    }
    return this.#at;
  }

  /** Cuts off what was written since `reserve`, up to `end`. */
  cut(end: number): Uint8Array {
    const { buffer, byteOffset } = this.bytes;
    const cut = new Uint8Array(buffer, byteOffset + this.#at, end - this.#at);
    this.#at = end;
    return cut;
  }
}
