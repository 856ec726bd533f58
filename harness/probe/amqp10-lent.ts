import { emptied } from './amqp10-emptied.ts';
import type { Way } from './amqp10-ways.ts';
import { noNodes } from './node-facts.ts';

/** Things of which each has one holder at a time; who holds some may ask for more, and is refused where all others wait for each other. */
class Lending {
  readonly #free: string[];
  readonly #held = new Map<string, object>();
  readonly #waiting: { readonly holder: object; readonly take: (thing: string) => void }[] = [];

  constructor(things: readonly string[]) {
    this.#free = [...things];
  }

  /** Undefined where waiting would have no end. */
  async take(holder: object): Promise<string | undefined> {
    const free = this.#free.pop();
    if (free !== undefined) return this.#give(free, holder);
    const stuck = new Set([holder, ...this.#waiting.map(each => each.holder)]);
    if ([...this.#held.values()].every(each => stuck.has(each))) return undefined;
    return new Promise<string>(resolve => {
      this.#waiting.push({ holder, take: thing => resolve(this.#give(thing, holder)) });
    });
  }

  put(thing: string): void {
    this.#held.delete(thing);
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(thing);
    else next.take(thing);
  }

  #give(thing: string, holder: object): string {
    this.#held.set(thing, holder);
    return thing;
  }
}

/** Lends out queues that were there before, one check at a time, each of them emptied. */
export function givenNodes(given: readonly string[], form: string): Way {
  const lending = new Lending(given);
  return {
    name: 'address',
    form,
    async make(desk, holder = {}) {
      const address = await lending.take(holder);
      if (address === undefined) throw noNodes(`it needs more queues at once than the ${given.length} that were made beforehand`);
      const release = async () => lending.put(address);
      try {
        await emptied(await desk.session(), address);
      } catch (error) {
        await release();
        throw error;
      }
      return { node: { address, provisioner: 'address' }, release };
    },
  };
}
