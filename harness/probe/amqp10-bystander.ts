import { decodeMessage, isViolation } from '../wire/amqp10/codec.ts';
import type { Amqp10Connection } from './amqp10.ts';
import type { Receiver10, Sender10 } from './amqp10-links.ts';
import type { Seen10 } from './amqp10-peer.ts';
import type { Barrier, Barriers } from './barriers.ts';
import type { Budgets } from './budgets.ts';
import type { Pulse, Watcher } from './bystander.ts';
import type { Probed } from './context.ts';
import type { Fence } from './fence.ts';
import type { Item, Picked } from './inbox.ts';
import type { Nodes } from './node-facts.ts';
import { Probe } from './probe.ts';
import { Stop } from './stop.ts';

export interface Bystander10Options {
  readonly budgets: Budgets;
  readonly runId: string;
  readonly seed: number;
  readonly ordinal: number;
  readonly fence?: Fence | undefined;
  readonly nodes: Nodes;
  readonly hostname10?: string | undefined;
}

/** A connection of 1.0 that minds its own business next to the checks: it sends to a queue of its own and receives from it. */
export class Bystander10 implements Watcher {
  /** How the target shows how far it has come on a session, as it was found out. */
  readonly barrier: Barriers;
  readonly #probe: Probe;
  readonly #connection: Amqp10Connection;
  readonly #sender: Sender10;
  readonly #receiver: Receiver10;
  #sent = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(probe: Probe, barrier: Barriers, connection: Amqp10Connection, sender: Sender10, receiver: Receiver10) {
    this.#probe = probe;
    this.barrier = barrier;
    this.#connection = connection;
    this.#sender = sender;
    this.#receiver = receiver;
  }

  /** Connects, attaches both ways. Throws a `Stop` where the peer does not let it. `barrier`: known from another one before. */
  static async open(probed: Probed, { ordinal, ...options }: Bystander10Options, barrier?: Barriers): Promise<Bystander10> {
    const probe = new Probe(probed, { ...options, check: 'bystander10', attempt: ordinal, role: 'bystander' });
    try {
      const node = await probe.node10();
      const connection = await probe.open10();
      const session = await connection.session();
      const sender = await session.sender(node.address);
      const receiver = await session.receiver(node.address);
      const found = barrier ?? (await barriersOf(probe, node.address, sender, receiver));
      return new Bystander10(probe, found, connection, sender, receiver);
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
    if (this.#connection.over) return 'harmed';
    this.#sent += 1;
    const text = `bystander ${this.#sent}`;
    this.#receiver.credit(1);
    if (this.#sender.credit <= 0) return 'slow';
    try {
      await this.#sender.deliver(text, { settled: true });
    } catch (error) {
      if (error instanceof Stop) return 'harmed';
      throw error;
    }
    return (await this.#connection.wire.wait(item => judge(item, text), budgetMs)) ?? 'slow';
  }
}

/** Which barriers a peer answers behind a message: one that does not count that message answers by chance. */
async function barriersOf(probe: Probe, address: string, sender: Sender10, receiver: Receiver10): Promise<Barriers> {
  await sender.credited();
  await sender.deliver('first', { settled: true });
  receiver.credit(1);
  await receiver.receive();
  const echoed = { sender: await echoes(sender), receiver: await echoes(receiver), session: await echoes(sender.session) };
  const other = echoed.sender && echoed.receiver && echoed.session ? 'echo' : await answersAttach(probe, address);
  const barrierOn = (kind: keyof Barriers): Barrier => (echoed[kind] ? 'echo' : other);
  return { sender: barrierOn('sender'), receiver: barrierOn('receiver'), session: barrierOn('session') };
}

/** Whether each flow that asks for an echo gets one: a single flow may come by itself. */
async function echoes(on: Pick<Sender10, 'barrier'>): Promise<boolean> {
  try {
    await on.barrier();
    await on.barrier();
    return true;
  } catch (error) {
    if (error instanceof Stop && error.why.kind === 'silent') return false;
    throw error;
  }
}

/** Which attach a peer answers on a session that goes on. */
async function answersAttach(probe: Probe, address: string): Promise<Barrier> {
  const connection = await probe.open10();
  try {
    await (await connection.session()).sender({});
    return 'attach';
  } catch (error) {
    if (error instanceof Stop && (error.why.kind === 'failed' || error.why.kind === 'silent' || error.why.kind === 'gone')) return { attachTo: address };
    throw error;
  } finally {
    // What refused the link, an end perhaps, still waits to be looked at: an orderly close would come upon it.
    await connection.leave(probe.context.budgets.reply);
    connection.destroy();
  }
}

function judge({ seen, breach }: Item<Seen10>, text: string): Picked<Pulse> | undefined {
  if (breach !== undefined || seen?.kind === 'ended') return { value: 'harmed', keep: true };
  if (seen?.kind !== 'frame') return undefined;
  const { type } = seen.performative;
  if (type === 'flow' || type === 'disposition') return undefined;
  return type === 'transfer' && bodyOf(seen.payload) === text ? { value: 'served' } : { value: 'harmed', keep: true };
}

function bodyOf(payload: Uint8Array): string | undefined {
  const message = decodeMessage(payload);
  const body = isViolation(message) ? undefined : message.body;
  return body?.type === 'data' ? Buffer.concat(body.value).toString() : undefined;
}
