import type { Change, SingleChange } from './store.ts';

type Append = Extract<SingleChange, { readonly change: 'append' }>;
type Remove = Extract<SingleChange, { readonly change: 'remove' }>;

/** Changes that no transaction has taken yet, in their order. A message that is gone before it was written is not written at all. */
export class Pending {
  #changes: (Change | undefined)[] = [];
  /** Where appends to one queue stand, by position. */
  readonly #appends = new Map<number, number>();

  get size(): number {
    return this.#changes.length;
  }

  push(change: Change): void {
    if (change.change === 'remove' && this.#cancels(change)) return;
    if (change.change === 'append' && change.queues.length === 1) this.#appends.set(change.position, this.#changes.length);
    this.#changes.push(change);
  }

  take(): readonly (Change | undefined)[] {
    const changes = this.#changes;
    this.clear();
    return changes;
  }

  clear(): void {
    this.#changes = [];
    this.#appends.clear();
  }

  #cancels({ virtualHost, queue, position }: Remove): boolean {
    const at = this.#appends.get(position);
    const append = at === undefined ? undefined : (this.#changes[at] as Append | undefined);
    if (at === undefined || append?.virtualHost !== virtualHost || append.queues[0] !== queue) return false;
    this.#changes[at] = undefined;
    this.#appends.delete(position);
    return true;
  }
}
