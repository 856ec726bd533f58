import type { Amqp091Connection } from './amqp091.ts';
import type { Budgets } from './budgets.ts';
import type { Probed } from './context.ts';
import { describeCode } from './expectation.ts';
import type { Fence } from './fence.ts';
import type { Entity } from './names.ts';
import { Probe } from './probe.ts';
import { Stop } from './stop.ts';

export interface JanitorOptions {
  readonly budgets: Budgets;
  readonly runId: string;
  readonly seed: number;
  /** Holds it back too on a shared target. */
  readonly fence?: Fence | undefined;
  /** Kinds whose deletion this target ignores, learnt as it goes; given by who has several janitors for one target. */
  readonly ignored?: Set<Entity['kind']>;
}

/** What could not be deleted, and why, in one sentence. */
export interface Leftover {
  readonly entity: Entity;
  readonly why: string;
}

const batchMax = 50;
const ignoredSentence = 'the target ignores requests to delete what is of its kind.';

/** Deletes what checks left behind, on a connection of its own, and says what it could not delete. */
export class Janitor {
  readonly #probed: Probed;
  readonly #options: JanitorOptions;
  #probe: Probe | undefined;
  #connection: Amqp091Connection | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #connections = 0;
  readonly #ignored: Set<Entity['kind']>;

  constructor(probed: Probed, options: JanitorOptions) {
    this.#probed = probed;
    this.#options = options;
    this.#ignored = options.ignored ?? new Set();
  }

  /** Deletes these. Answers those that may still be there; what was not there in the first place is no matter. */
  clean(entities: readonly Entity[]): Promise<readonly Leftover[]> {
    if (entities.length === 0) return Promise.resolve([]);
    const turn = this.#turn.then(() => this.#clean(entities));
    this.#turn = turn.catch(() => []);
    return turn;
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.#probe?.dispose(this.#options.budgets.reply);
  }

  async #clean(entities: readonly Entity[]): Promise<readonly Leftover[]> {
    const left: Leftover[] = entities.filter(each => this.#ignores(each)).map(entity => ({ entity, why: ignoredSentence }));
    const asked = entities.filter(each => !this.#ignores(each));
    for (let at = 0; at < asked.length; at += batchMax) {
      const batch = asked.slice(at, at + batchMax);
      const failed = await this.#unless(() => this.#batch(batch, left));
      if (failed !== undefined) left.push(...(await this.#singly(batch)));
    }
    return left;
  }

  /** For a peer that closes the connection where it refuses: who is refused takes nobody with it. A peer that lets no janitor in is asked but once more. */
  async #singly(entities: readonly Entity[]): Promise<readonly Leftover[]> {
    const left: Leftover[] = [];
    for (const [at, entity] of entities.entries()) {
      if (this.#ignores(entity)) {
        left.push({ entity, why: ignoredSentence });
        continue;
      }
      const out = await this.#unless(() => this.#open());
      if (out !== undefined) return [...left, ...entities.slice(at).map(each => ({ entity: each, why: out }))];
      const why = await this.#unless(() => this.#batch([entity], left), entity.kind);
      if (why !== undefined) left.push({ entity, why });
    }
    return left;
  }

  /** Why it could not be done, where that is so; the connection is then done with. */
  async #unless(work: () => Promise<unknown>, kind?: Entity['kind']): Promise<string | undefined> {
    try {
      await work();
      return undefined;
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      if (kind !== undefined && error.why.kind === 'silent' && (await this.#goesOn())) this.#ignored.add(kind);
      this.#connection?.destroy();
      return error.message;
    }
  }

  #ignores({ kind }: Entity): boolean {
    return this.#ignored.has(kind);
  }

  /** Whether what is asked behind an unanswered deletion is answered: then the deletion was ignored, and others like it will be. */
  async #goesOn(): Promise<boolean> {
    try {
      await this.#connection?.bareChannel(1).call('basic.qos', {}, 'basic.qos-ok');
      return true;
    } catch (error) {
      if (error instanceof Stop) return false;
      throw error;
    }
  }

  /** Each on a channel of its own, all at once: the refusal of one channel does not stop the others. */
  async #batch(batch: readonly Entity[], left: Leftover[]): Promise<void> {
    const connection = await this.#open();
    for (const [index, { kind, name }] of batch.entries()) {
      const channel = connection.bareChannel(index + 1);
      channel.send('channel.open');
      if (kind === 'queue') channel.send('queue.delete', { queue: name });
      else channel.send('exchange.delete', { exchange: name });
    }
    const refused: Leftover[] = [];
    for (const [index, entity] of batch.entries()) {
      const channel = connection.bareChannel(index + 1);
      await channel.expect('channel.open-ok');
      const { method } = await connection.find(index + 1, ['queue.delete-ok', 'exchange.delete-ok', 'channel.close']);
      if (method.name !== 'channel.close') await channel.close();
      else {
        channel.send('channel.close-ok');
        if (method.args.replyCode !== 404) refused.push({ entity, why: `deleting it was refused with ${describeCode(method.args.replyCode)}.` });
      }
    }
    left.push(...refused);
  }

  async #open(): Promise<Amqp091Connection> {
    if (this.#connection !== undefined && !this.#connection.wire.over) return this.#connection;
    this.#connections += 1;
    this.#probe = new Probe(this.#probed, { ...this.#options, check: 'janitor', attempt: this.#connections, role: 'janitor' });
    this.#connection = await this.#probe.open();
    return this.#connection;
  }
}

/** What may be left behind, in one sentence for each kind and reason. */
export function leftBehind(leftovers: readonly Leftover[]): readonly string[] {
  const names = new Map<string, string[]>();
  for (const { entity, why } of leftovers) {
    const group = `${entity.kind} | may be left behind: ${why}`;
    names.set(group, [...(names.get(group) ?? []), entity.name]);
  }
  return [...names].map(([group, each]) => group.replace('|', () => each.join(', ')));
}
