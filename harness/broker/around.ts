import type { Core } from './core.ts';
import type { Command, Effect } from './vocabulary.ts';

/** Stands around the core: passes a command on, or others, or none, and says which effects are carried out. `tickAt` has a `tick` come at that time. */
export type Around = (
  command: Command,
  apply: (command: Command) => readonly Effect[],
  broker: { readonly core: Core; readonly tickAt: (ms: number) => void },
) => readonly Effect[];

/** All that stand around one core, one around the other. */
export class Arounds {
  /** The outermost, which passes on to all others; undefined: nobody stands there. */
  whole: Around | undefined;
  #each: readonly Around[] = [];

  /** Adds one outside of all others; the returned function takes it away. */
  add(around: Around): () => void {
    this.#set([...this.#each, around]);
    return () => this.#set(this.#each.filter(one => one !== around));
  }

  #set(each: readonly Around[]): void {
    this.#each = each;
    this.whole = each.reduce<Around | undefined>((inner, outer) => (inner === undefined ? outer : nested(inner, outer)), undefined);
  }
}

function nested(inner: Around, outer: Around): Around {
  return (command, apply, broker) => outer(command, each => inner(each, apply, broker), broker);
}
