import { Bystander10 } from '../probe/amqp10-bystander.ts';
import { type Barriers, barriers } from '../probe/barriers.ts';
import type { Budgets } from '../probe/budgets.ts';
import { Bystander, type Pulse, type Watcher } from '../probe/bystander.ts';
import type { Probed } from '../probe/context.ts';
import type { Fence } from '../probe/fence.ts';
import type { Nodes } from '../probe/node-facts.ts';
import { Stop } from '../probe/stop.ts';
import type { Protocol } from '../spec/catalogue.ts';

export interface WatchOptions {
  readonly protocols: readonly Protocol[];
  readonly runId: string;
  readonly seed: number;
  readonly fence: Fence | undefined;
  readonly nodes: Nodes;
  /** Known of the target; left out: found out by the first bystander of 1.0. */
  readonly barrier10: Barriers | undefined;
  readonly hostname10?: string | undefined;
}

/** The bystanders of a run: one for each protocol that its checks speak. */
export class Watch {
  readonly #probed: Probed;
  readonly #options: WatchOptions;
  readonly #present = new Map<Protocol, Watcher>();
  #ordinal = 0;
  #barrier10: Barriers | undefined;

  constructor(probed: Probed, options: WatchOptions) {
    this.#probed = probed;
    this.#options = options;
    this.#barrier10 = options.barrier10;
  }

  get any(): boolean {
    return this.#present.size > 0;
  }

  get barrier10(): Barriers {
    return this.#barrier10 ?? barriers('echo');
  }

  /** Opens those that are not there; one that is not let in is done without. Answers why the target is down, where it is. */
  async open(budgets: Budgets): Promise<string | undefined> {
    for (const protocol of this.#options.protocols) {
      if (this.#present.has(protocol)) continue;
      try {
        this.#present.set(protocol, await this.#let(protocol, budgets));
      } catch (error) {
        if (!(error instanceof Stop)) throw error;
        if (error.why.kind === 'undialled') return error.message;
      }
    }
    return undefined;
  }

  /** Undefined where nobody is there who could be asked. */
  pulse(budgetMs: number, protocol: Protocol | undefined): Promise<Pulse> | undefined {
    const asked = (protocol && this.#present.get(protocol)) ?? [...this.#present.values()][0];
    return asked?.pulse(budgetMs);
  }

  /** Undefined where the server never told. */
  advertises(capability: string, protocol: Protocol): boolean | undefined {
    return this.#present.get(protocol)?.advertises(capability);
  }

  async drop(): Promise<void> {
    const present = [...this.#present.values()];
    this.#present.clear();
    for (const each of present) await each.close();
  }

  async #let(protocol: Protocol, budgets: Budgets): Promise<Watcher> {
    this.#ordinal += 1;
    const { runId, seed, fence, nodes, hostname10 } = this.#options;
    const options = { budgets, runId, seed, fence, ordinal: this.#ordinal };
    if (protocol === '0-9-1') return Bystander.open(this.#probed, options);
    const watcher = await Bystander10.open(this.#probed, { ...options, nodes, hostname10 }, this.#barrier10);
    this.#barrier10 = watcher.barrier;
    return watcher;
  }
}
