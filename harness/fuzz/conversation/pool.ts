/** Runs so many at a time; those that only wait have given up their place, and others run meanwhile. */
export class Pool {
  readonly #lanes: number;
  readonly #restingMax: number;
  #active = 0;
  #resting = 0;
  #wake: (() => void) | undefined;

  constructor(lanes: number, restingMax: number = lanes * 8) {
    this.#lanes = lanes;
    this.#restingMax = restingMax;
  }

  /** Begins `work` when there is a place; resolves then. `work` calls `rest` where it does nothing but wait. Its rejections are its own affair. */
  async start(work: (rest: () => void) => Promise<void>): Promise<void> {
    while (this.#active >= this.#lanes || this.#resting >= this.#restingMax) await this.#change();
    this.#active += 1;
    let resting = false;
    const rest = () => {
      if (resting) return;
      resting = true;
      this.#active -= 1;
      this.#resting += 1;
      this.#changed();
    };
    void work(rest).finally(() => {
      if (resting) this.#resting -= 1;
      else this.#active -= 1;
      this.#changed();
    });
  }

  /** Resolves when nobody is at work any more; `all`: nor waiting. */
  async idle(all = false): Promise<void> {
    while (this.#active > 0 || (all && this.#resting > 0)) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise(resolve => {
      const before = this.#wake;
      this.#wake = () => {
        before?.();
        resolve();
      };
    });
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
