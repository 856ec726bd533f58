/** A small seeded generator (sfc32): the same pair of seed and index gives the same numbers on every machine. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `seed` and `index` are integers up to 2^53. */
  constructor(seed: number, index: number) {
    this.#a = seed | 0;
    this.#b = index | 0;
    this.#c = Math.imul(Math.floor(seed / 0x100000000) + 1, 0x9e3779b9) ^ Math.floor(index / 0x100000000);
    for (let round = 0; round < 12; round += 1) this.next();
  }

  /** 0 to 2^32 - 1. */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** 0 to `count` - 1; 0 where `count` is less than 1. */
  below(count: number): number {
    return count < 1 ? 0 : Math.floor((this.next() / 0x100000000) * count);
  }

  /** True once in `count` times. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  /** One of the choices, of which there is at least one. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** 0 to `most`, small numbers much more often than large ones. */
  small(most: number): number {
    return this.below(this.below(this.below(most + 1) + 1) + 1);
  }
}
