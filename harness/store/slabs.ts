/** Octets of one slab. */
const slabSize = 1 << 18;

/** Records above this size get octets of their own. */
const sharedMax = slabSize >> 2;

/** Slabs that are kept for the next batch. */
const keptMax = 64;

/** Octets for the records of one batch, cut from slabs that serve batch after batch: no garbage, and few distinct buffers for native code to look up. */
export class Slabs {
  readonly #slabs: Buffer[] = [];
  #slab = 0;
  #used = 0;

  readonly allocate = (size: number): Buffer => {
    if (size > sharedMax) return Buffer.allocUnsafeSlow(size);
    if (this.#used + size > slabSize) {
      this.#slab += 1;
      this.#used = 0;
    }
    const slab = this.#slabs[this.#slab] ?? Buffer.allocUnsafeSlow(slabSize);
    this.#slabs[this.#slab] = slab;
    this.#used += size;
    return slab.subarray(this.#used - size, this.#used);
  };

  /** Nothing that was allocated is in use any more. */
  reset(): void {
    if (this.#slabs.length > keptMax) this.#slabs.length = keptMax;
    this.#slab = 0;
    this.#used = 0;
  }
}
