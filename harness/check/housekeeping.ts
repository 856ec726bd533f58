import { type Janitor, leftBehind } from '../probe/janitor.ts';
import type { Entity } from '../probe/names.ts';

type Cleaner = Pick<Janitor, 'clean' | 'close'>;

/** Deletes what checks leave on a target, and what could not be deleted then at the end. */
export class Housekeeping {
  readonly #employ: () => Cleaner;
  #janitor: Cleaner;
  #swept: Entity[] = [];

  constructor(employ: () => Cleaner) {
    this.#employ = employ;
    this.#janitor = employ();
  }

  /** The target was down: whoever worked there is gone. */
  renew(): void {
    this.#janitor = this.#employ();
  }

  /** Deletes what an attempt left. What goes with its connection, or cannot be deleted now, is looked after at the end. */
  async clean(left: readonly Entity[], down: boolean): Promise<void> {
    if (down) {
      this.#swept.push(...left);
      return;
    }
    this.#swept.push(...left.filter(({ exclusive }) => exclusive));
    const leftovers = await this.#janitor.clean(left.filter(({ exclusive }) => !exclusive));
    this.#swept.push(...leftovers.map(({ entity }) => entity));
  }

  /** Answers what may be left behind, in sentences. */
  async close(down: boolean): Promise<readonly string[]> {
    const lasting = this.#swept.filter(({ exclusive }) => !exclusive).map(({ name }) => name);
    if (down) return lasting.length > 0 ? [`Not deleted, since the target is down: ${lasting.join(', ')}.`] : [];
    const leftovers = await this.#janitor.clean(this.#swept);
    const stubborn = await this.#janitor.clean(leftovers.map(({ entity }) => entity));
    await this.#janitor.close();
    return leftBehind(stubborn);
  }
}
