import { emptied } from './amqp10-emptied.ts';
import type { Receiver10, Session10 } from './amqp10-links.ts';
import type { Budgets } from './budgets.ts';
import type { Probed } from './context.ts';
import type { Fence } from './fence.ts';
import type { Entity } from './names.ts';
import { type NodeFacts, type Nodes, noNodes, type Provided, type Provisioner, provisioners } from './node-facts.ts';
import type { ProbeChannel } from './peer.ts';
import { Probe } from './probe.ts';
import { Stop } from './stop.ts';

/** One way to a queue, on connections of the desk. */
interface Way {
  readonly name: Provisioner;
  /** What addresses look like there, `{queue}` standing for a name. */
  readonly form: string;
  make(desk: Desk): Promise<Provided>;
}

export interface NodeOptions {
  readonly budgets: Budgets;
  readonly runId: string;
  readonly seed: number;
  readonly fence?: Fence | undefined;
  readonly hostname10?: string | undefined;
}

const bare = '{queue}';
const forms = ['/queues/{queue}', bare] as const;

/** The ways to a queue that this target may know, in their order. */
function waysTo({ provisioners: order = provisioners, address, given = [] }: NodeFacts): readonly Way[] {
  const own: readonly string[] = address === undefined ? forms : [address];
  const made: Readonly<Record<Provisioner, readonly Way[]>> = {
    address: given.length === 0 ? [] : [givenNodes(given, address ?? bare)],
    attach: own.toReversed().map(attachedNodes),
    dynamic: [dynamicNodes(address ?? bare)],
    amqp091: own.map(declaredNodes),
  };
  return order.flatMap(each => made[each]);
}

/** Makes queues for the checks of a run on connections of its own, by the first way on which a message comes through. */
export class NodeBank implements Nodes {
  readonly #probed: Probed;
  readonly #options: NodeOptions;
  readonly #facts: NodeFacts;
  #desk: Desk | undefined;
  #desks = 0;
  #way: Promise<Way> | undefined;
  #form: Promise<string> | undefined;
  readonly #left: Entity[] = [];

  constructor(probed: Probed, options: NodeOptions, facts: NodeFacts = {}) {
    this.#probed = probed;
    this.#options = options;
    this.#facts = facts;
  }

  async provide(): Promise<Provided> {
    this.#way ??= this.#find();
    return (await this.#way).make(this.#open());
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
  }

  /** What may have been left behind on the target. */
  async close(): Promise<readonly Entity[]> {
    if (this.#desk !== undefined) await this.#put(this.#desk);
    return this.#left;
  }

  /** Leaves a desk. */
  async #put(desk: Desk): Promise<void> {
    this.#desk = undefined;
    await desk.probe.dispose(this.#options.budgets.reply);
    this.#left.push(...desk.probe.context.names.left(), ...desk.attached.map(name => ({ kind: 'queue' as const, name, exclusive: false })));
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

/** The connections on which queues are made: one of each protocol, opened when it is needed. */
class Desk {
  readonly probe: Probe;
  /** Queues that came into being by a link, which nobody deletes unasked. */
  readonly attached: string[] = [];
  #session: Promise<Session10> | undefined;
  #channel: Promise<ProbeChannel> | undefined;
  #lost = false;

  constructor(probe: Probe) {
    this.probe = probe;
  }

  /** A connection broke off: another desk is needed. */
  get gone(): boolean {
    return this.#lost;
  }

  async session(): Promise<Session10> {
    this.#session ??= this.probe.session10();
    const session = await this.#session;
    this.#lost ||= session.connection.over;
    return session;
  }

  async channel(): Promise<ProbeChannel> {
    this.#channel ??= this.probe.channel();
    const channel = await this.#channel;
    this.#lost ||= channel.connection.over;
    return channel;
  }
}

/** Comes into being as a link is attached to it, and is left to the target's own housekeeping. */
const attachedNodes = (form: string): Way => ({
  name: 'attach',
  form,
  async make(desk) {
    const name = desk.probe.name();
    const address = addressOf(form, name);
    desk.attached.push(name);
    const sender = await (await desk.session()).sender(address);
    return { node: { address, provisioner: 'attach' }, release: async () => void (await sender.detach()) };
  },
});

/** Made by the target for a link that stays for as long as the check does. */
const dynamicNodes = (form: string): Way => ({
  name: 'dynamic',
  form,
  async make(desk) {
    const receiver = await (await desk.session()).receiver({ dynamic: true });
    const { source } = receiver.attach;
    const address = source?.type === 'source' ? source.address : undefined;
    if (address === undefined) throw noNodes('a dynamic source was attached without an address');
    return { node: { address, provisioner: 'dynamic' }, release: async () => void (await receiver.detach()) };
  },
});

/** Declared in 0-9-1 on the same port. */
const declaredNodes = (form: string): Way => ({
  name: 'amqp091',
  form,
  async make(desk) {
    const channel = await desk.channel();
    const queue = await channel.queue({ exclusive: false });
    const release = async () => void (await channel.call('queue.delete', { queue }, 'queue.delete-ok'));
    return { node: { address: addressOf(form, queue), provisioner: 'amqp091' }, release };
  },
});

function addressOf(form: string, queue: string): string {
  return form.replace('{queue}', encodeURIComponent(queue));
}

/** Lends out queues that were there before, one check at a time, each of them emptied. */
function givenNodes(given: readonly string[], form: string): Way {
  const free = [...given];
  const waiting: ((address: string) => void)[] = [];
  return {
    name: 'address',
    form,
    async make(desk) {
      const address = free.pop() ?? (await new Promise<string>(resolve => waiting.push(resolve)));
      const release = async () => {
        const next = waiting.shift();
        if (next === undefined) free.push(address);
        else next(address);
      };
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
