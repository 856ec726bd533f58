import { NodeBank } from '../probe/amqp10-nodes.ts';
import { longBudgets, measuredBudgets } from '../probe/budgets.ts';
import type { Provided } from '../probe/node-facts.ts';
import { Probe } from '../probe/probe.ts';
import type { Amqp10Facts } from '../target/amqp10-facts.ts';
import type { Target } from '../target/target.ts';
import type { Login } from './protocol.ts';
import type { PairKind, Stage } from './scene.ts';

type Room = Pick<Stage, 'place' | 'name' | 'topic' | 'user' | 'without'>;

/** How clients of JMS ask for a topic, which is tried where nothing is known of a broker. */
const usualTopics = { address: '{topic}', capability: 'topic' } as const;

/** Queues for pairs of clients: each pair has one, until a case leaves it in a state that nobody knows. */
export class Places {
  readonly login: Login;
  readonly #target: Target;
  readonly #facts: Amqp10Facts | undefined;
  readonly #options: ConstructorParameters<typeof NodeBank>[1];
  readonly #banks: Readonly<Record<PairKind, NodeBank>>;
  readonly #rooms = new Map<string, { readonly room: Room; readonly provided: Provided }>();
  readonly #old: Provided[] = [];
  #count = 0;

  constructor(target: Target, login: Login, facts: Amqp10Facts | undefined, options: { readonly runId: string; readonly seed: number }) {
    this.login = login;
    this.#target = target;
    this.#facts = facts;
    this.#options = { budgets: longBudgets(measuredBudgets(0)), ...options };
    // Names are unique within a bank.
    const declared = new NodeBank(target, { ...this.#options, runId: `${options.runId}a` }, { ...facts, provisioners: ['amqp091'] });
    const hook = target.facilities?.queues;
    this.#banks = { '0-9-1': declared, across: declared, '1.0': new NodeBank(target, this.#options, { ...facts, ...(hook !== undefined && { hook }) }) };
  }

  async stage(kind: PairKind, publisher: string, consumer: string): Promise<Room> {
    const key = `${kind} ${publisher} ${consumer}`;
    const known = this.#rooms.get(key);
    if (known !== undefined) return known.room;
    const made = kind === '0-9-1' ? await this.#declared() : await this.#provided(kind);
    this.#rooms.set(key, made);
    return made.room;
  }

  /** The pair's queue is not used again. */
  forget(kind: PairKind, publisher: string, consumer: string): void {
    const key = `${kind} ${publisher} ${consumer}`;
    const known = this.#rooms.get(key);
    if (known !== undefined) this.#old.push(known.provided);
    this.#rooms.delete(key);
  }

  /** Removes all queues. */
  async close(): Promise<void> {
    for (const { release } of [...this.#old, ...[...this.#rooms.values()].map(({ provided }) => provided)]) await release().catch(() => undefined);
    for (const bank of new Set(Object.values(this.#banks))) await bank.close();
  }

  async #provided(kind: PairKind): Promise<{ readonly room: Room; readonly provided: Provided }> {
    const provided = await this.#banks[kind].provide();
    const { address } = provided.node;
    return { room: this.#room({ address, queue: decodeURIComponent(address.slice(address.lastIndexOf('/') + 1)) }), provided };
  }

  /** A queue of 0-9-1, which asks nothing of what 1.0 is there. */
  async #declared(): Promise<{ readonly room: Room; readonly provided: Provided }> {
    this.#count += 1;
    const probe = new Probe(this.#target, { ...this.#options, check: 'interop', attempt: this.#count, role: 'nodes' });
    const channel = await probe.channel();
    const queue = await channel.queue({ exclusive: false });
    const release = async (): Promise<void> => {
      await channel.call('queue.delete', { queue }, 'queue.delete-ok');
      await probe.dispose(this.#options.budgets.reply);
    };
    return { room: this.#room({ queue, address: queue }), provided: { node: { address: queue, provisioner: 'amqp091' }, release } };
  }

  #room(place: Room['place']): Room {
    const { topics, lacks = [] } = this.#facts ?? { topics: usualTopics };
    const named = `${encodeURIComponent(place.queue)}-topic`;
    return {
      place,
      name: what => `${place.queue}-${what}`,
      topic: topics && { ...topics, address: topics.address.replace('{topic}', named) },
      without: lacks,
      user: this.#target.credentials.user,
    };
  }
}
