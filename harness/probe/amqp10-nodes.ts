import { Desk } from './amqp10-desk.ts';
import type { Receiver10, Session10 } from './amqp10-links.ts';
import { addressOf, declaredNodes, forms, type Way, waysTo } from './amqp10-ways.ts';
import type { Budgets } from './budgets.ts';
import type { Probed } from './context.ts';
import type { Fence } from './fence.ts';
import type { Entity } from './names.ts';
import { type NodeFacts, type Nodes, noNodes, type Provided } from './node-facts.ts';
import { Probe } from './probe.ts';
import { Stop } from './stop.ts';

export interface NodeOptions {
  readonly budgets: Budgets;
  readonly runId: string;
  readonly seed: number;
  readonly fence?: Fence | undefined;
  readonly hostname10?: string | undefined;
}

/** Names are unique within a bank: the desks of a second one are counted from here. */
const firstOfOthers = 1_000;

/** Makes queues for the checks of a run on connections of its own, by the first way on which a message comes through. */
export class NodeBank implements Nodes {
  readonly #probed: Probed;
  readonly #options: NodeOptions;
  readonly #facts: NodeFacts;
  #desk: Desk | undefined;
  #desks: number;
  #others: NodeBank | undefined;
  #way: Promise<Way> | undefined;
  #form: Promise<string> | undefined;
  readonly #left: Entity[] = [];

  constructor(probed: Probed, options: NodeOptions, facts: NodeFacts = {}, desks = 0) {
    this.#desks = desks;
    this.#probed = probed;
    this.#options = options;
    this.#facts = facts;
  }

  async provide(holder?: object): Promise<Provided> {
    this.#way ??= this.#find();
    return (await this.#way).make(this.#open(), holder);
  }

  /** For who holds a queue as long as the run lasts: one of those that were made beforehand only where there is no other way, and one is left for checks. */
  async provideForGood(): Promise<Provided> {
    const { given = [], hook, ...facts } = this.#facts;
    if (given.length === 0) return this.provide();
    this.#others ??= new NodeBank(this.#probed, this.#options, { ...facts, ...(hook !== undefined && { hook }) }, firstOfOthers);
    try {
      return await this.#others.provide();
    } catch (error) {
      if (given.length === 1) throw error;
      return this.provide();
    }
  }

  async addressOf(queue: string): Promise<string> {
    this.#form ??= this.#facts.address === undefined ? this.#findForm() : Promise.resolve(this.#facts.address);
    const address = addressOf(await this.#form, queue);
    this.#options.fence?.given(address);
    return address;
  }

  async address(queue: string): Promise<string> {
    this.#way ??= this.#find();
    return addressOf((await this.#way).form, queue);
  }

  /** The target was down: what was found out still holds. */
  renew(): void {
    this.#desk = undefined;
    this.#others?.renew();
  }

  /** What may have been left behind on the target. */
  async close(): Promise<readonly Entity[]> {
    if (this.#desk !== undefined) await this.#put(this.#desk);
    return [...this.#left, ...((await this.#others?.close()) ?? [])];
  }

  /** Leaves a desk. */
  async #put(desk: Desk): Promise<void> {
    this.#desk = undefined;
    await desk.probe.dispose(this.#options.budgets.reply);
    this.#left.push(...desk.probe.context.names.left(), ...[...desk.attached].map(name => ({ kind: 'queue' as const, name, exclusive: false })));
  }

  async #find(): Promise<Way> {
    const refusals: string[] = [];
    for (const way of waysTo(this.#facts)) {
      const refusal = await this.#tried(way);
      if (refusal === undefined) return way;
      refusals.push(`${way.name}: ${refusal}`);
    }
    throw noNodes(refusals.join('; '));
  }

  /** What the addresses of queues look like that are declared over 0-9-1. */
  async #findForm(): Promise<string> {
    const refusals: string[] = [];
    for (const form of forms) {
      const refusal = await this.#tried(declaredNodes(form));
      if (refusal === undefined) return form;
      refusals.push(refusal);
    }
    throw noNodes(refusals.join('; '));
  }

  /** Why a way leads nowhere, where that is so. */
  async #tried(way: Way): Promise<string | undefined> {
    const desk = this.#open();
    try {
      const { node, release } = await way.make(desk);
      await passage(await desk.probe.session10(), node.address);
      await release();
      return undefined;
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      await this.#put(desk);
      return error.message.replace(/\.$/, '');
    }
  }

  #open(): Desk {
    if (this.#desk?.gone === false) return this.#desk;
    this.#desks += 1;
    this.#desk = new Desk(new Probe(this.#probed, { ...this.#options, check: 'nodes', attempt: this.#desks, role: 'nodes' }));
    return this.#desk;
  }
}

/** One message goes to the address and comes back. */
async function passage(session: Session10, address: string): Promise<void> {
  const receiver: Receiver10 = await session.receiver(address);
  receiver.credit(1);
  const sender = await session.sender(address);
  await sender.send('passage');
  const delivery = await receiver.receive();
  if (!delivery.settled) delivery.accept();
  await session.connection.close();
}
