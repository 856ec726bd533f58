import type { Amqp091Connection } from './amqp091.ts';
import type { Budgets } from './budgets.ts';
import type { Probed } from './context.ts';
import type { Fence } from './fence.ts';
import type { Item, Picked } from './inbox.ts';
import type { ProbeChannel } from './peer.ts';
import { Probe } from './probe.ts';

/** What a bystander finds: served as before; no word within the budget; its connection gone or its messages touched. */
export type Pulse = 'served' | 'slow' | 'harmed';

/** Somebody on the target who has done nothing wrong, in either protocol. */
export interface Watcher {
  /** Whether the peer advertises this capability. */
  advertises(capability: string): boolean;
  /** Sends itself a message and wants to get just that. One at a time, whoever asks. */
  pulse(budgetMs: number): Promise<Pulse>;
  close(): Promise<void>;
}

export interface BystanderOptions {
  readonly budgets: Budgets;
  readonly runId: string;
  readonly seed: number;
  /** Tells the bystanders of a run apart. */
  readonly ordinal: number;
  /** Holds it back too on a shared target. */
  readonly fence?: Fence | undefined;
}

/**
 * A connection that minds its own business next to the checks: it publishes to a queue of its own and consumes from it. What happens to it is
 * what a broker lets happen to its other clients.
 */
export class Bystander implements Watcher {
  readonly #probe: Probe;
  readonly #connection: Amqp091Connection;
  readonly #channel: ProbeChannel;
  readonly #queue: string;
  #published = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(probe: Probe, connection: Amqp091Connection, channel: ProbeChannel, queue: string) {
    this.#probe = probe;
    this.#connection = connection;
    this.#channel = channel;
    this.#queue = queue;
  }

  /** Connects, declares, consumes. Throws a `Stop` where the peer does not let it. */
  static async open(probed: Probed, { ordinal, ...options }: BystanderOptions): Promise<Bystander> {
    const probe = new Probe(probed, { ...options, check: 'bystander', attempt: ordinal, role: 'bystander' });
    try {
      const connection = await probe.open();
      const channel = await connection.channel();
      const queue = await channel.queue();
      await channel.consume(queue, { noAck: true });
      return new Bystander(probe, connection, channel, queue);
    } catch (error) {
      await probe.dispose(options.budgets.reply);
      throw error;
    }
  }

  advertises(capability: string): boolean {
    return this.#connection.capability(capability);
  }

  pulse(budgetMs: number): Promise<Pulse> {
    const turn = this.#turn.then(() => this.#pulse(budgetMs));
    this.#turn = turn;
    return turn;
  }

  async close(): Promise<void> {
    await this.#probe.dispose(this.#probe.context.budgets.reply);
  }

  async #pulse(budgetMs: number): Promise<Pulse> {
    if (this.#connection.wire.over) return 'harmed';
    this.#published += 1;
    const body = `bystander ${this.#published}`;
    this.#channel.publish({ routingKey: this.#queue, body });
    return (await this.#connection.wire.wait(item => judge(item, body), budgetMs)) ?? 'slow';
  }
}

function judge({ seen, breach }: Item, body: string): Picked<Pulse> | undefined {
  if (breach !== undefined || seen?.kind === 'ended') return { value: 'harmed', keep: true };
  if (seen?.kind !== 'method') return undefined;
  if (seen.method.name === 'connection.blocked' || seen.method.name === 'connection.unblocked') return undefined;
  const own = seen.method.name === 'basic.deliver' && Buffer.from(seen.arrival?.body ?? []).toString() === body;
  return own ? { value: 'served' } : { value: 'harmed', keep: true };
}
