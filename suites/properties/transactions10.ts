import fc from 'fast-check';
import type { Play10 } from '../../harness/fuzz/play10.ts';
import type { Model10 } from '../../harness/fuzz/property.ts';
import type { Receiver10, Sender10, Session10 } from '../../harness/probe/amqp10-links.ts';
import { accepted, Controller, isAccepted, released, takenWords, within } from '../amqp10/controller.ts';
import { listed } from './dialogue.ts';
import { type Message, type Outcome, Transaction10Model } from './transaction10-model.ts';

const nodes = ['q1', 'q2'] as const;
type Node = (typeof nodes)[number];
/** One of two transactions; none: what is done is done at once. */
type Which = 0 | 1 | undefined;

type Step =
  | { readonly do: 'send'; readonly node: Node; readonly count: number; readonly settled: boolean; readonly in: Which }
  | { readonly do: 'receive' | 'look'; readonly node: Node }
  | { readonly do: 'settle'; readonly which: number; readonly outcome: Outcome; readonly settled: boolean; readonly in: Which }
  | { readonly do: 'commit' | 'rollback'; readonly which: 0 | 1 }
  | { readonly do: 'close' };

const node = fc.constantFrom(...nodes);
const transaction = fc.constantFrom<Which>(0, 0, 0, 1, undefined);
const outcome = fc.constantFrom<Outcome>('accepted', 'accepted', 'released');

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('send' as const), node, count: fc.integer({ min: 1, max: 5 }), settled: fc.boolean(), in: transaction }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('receive' as const), node }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('look' as const), node }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(5), outcome, settled: fc.boolean(), in: transaction }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('commit' as const, 'commit' as const, 'rollback' as const), which: fc.constantFrom<0 | 1>(0, 0, 1) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
);

interface Open {
  readonly txnId: Uint8Array;
  /** Deliveries that were sent in it unsettled, and their bodies. */
  readonly unsettled: { readonly sender: Sender10; readonly deliveryId: number; readonly body: string }[];
}

/** A controller that sends and settles, and another client that looks on. */
class Transacting {
  readonly #play: Play10;
  readonly #model = new Transaction10Model();
  readonly #other: Session10;
  readonly #addresses: Readonly<Record<Node, string>>;
  readonly #open = new Map<number, Open>();
  readonly #receivers = new Map<Node, Receiver10>();
  readonly #senders = new Map<Node, Sender10>();
  #controller: Controller;

  private constructor(play: Play10, given: { other: Session10; controller: Controller; addresses: Readonly<Record<Node, string>> }) {
    this.#play = play;
    this.#other = given.other;
    this.#controller = given.controller;
    this.#addresses = given.addresses;
  }

  static async begin(play: Play10): Promise<Transacting> {
    const addresses = { q1: await play.node('q1'), q2: await play.node('q2') };
    const controller = await Controller.on(play.peer, await play.session());
    play.step('queues q1 and q2, and a control link');
    return new Transacting(play, { other: await play.session(), controller, addresses });
  }

  async take(given: Step): Promise<void> {
    if (given.do === 'send') for (let left = given.count; left > 0; left--) await this.#send(given);
    else if (given.do === 'receive') await this.#receive(given.node, await this.#receiver(given.node), true);
    else if (given.do === 'look') await this.#look(given.node);
    else if (given.do === 'settle') await this.#settle(given);
    else if (given.do === 'commit' || given.do === 'rollback') await this.#discharge(this.#which(given.which) ?? 0, given.do);
    else await this.#close();
  }

  /** What is committed comes out, and nothing else. */
  async finish(): Promise<void> {
    await this.#close();
    for (const name of nodes) while (this.#model.waiting(name).length > 0) await this.#look(name);
    for (const name of nodes) await this.#look(name);
  }

  /** A coordinator that says so has two transactions at a time; any other has one. */
  #which(asked: Which): number | undefined {
    return asked === undefined || this.#controller.capabilities.includes('amqp:multi-txns-per-ssn') ? asked : 0;
  }

  async #transaction(asked: Which): Promise<Open | undefined> {
    const which = this.#which(asked);
    if (which === undefined) return undefined;
    const known = this.#open.get(which);
    if (known !== undefined) return known;
    this.#play.step(`declare transaction ${which + 1}`);
    const open: Open = { txnId: await this.#controller.declare(), unsettled: [] };
    this.#open.set(which, open);
    this.#model.declare(which);
    return open;
  }

  async #send({ node: name, settled, in: asked }: Extract<Step, { readonly do: 'send' }>): Promise<void> {
    const open = await this.#transaction(asked);
    const body = this.#model.send(name, this.#which(asked));
    this.#play.step(`${this.#told(asked)}: send ${body} to ${name}${settled ? ', settled' : ''}`);
    const sender = this.#senders.get(name) ?? (await this.#controller.session.sender(this.#addresses[name]));
    this.#senders.set(name, sender);
    const deliveryId = await sender.deliver(body, { settled, ...(open !== undefined && { state: within(open.txnId) }) });
    if (settled) await sender.barrier();
    else if (open !== undefined) open.unsettled.push({ sender, deliveryId, body });
    else await this.#outcome(sender, deliveryId, body);
  }

  async #outcome(sender: Sender10, deliveryId: number, body: string): Promise<void> {
    const { state } = await sender.outcome(deliveryId);
    const told = state?.type === 'transactional-state' ? state.outcome : state;
    this.#play.require(told?.type === 'accepted', { what: 'a message was not accepted', sentence: `${body} got ${told?.type ?? 'no outcome'}.` });
  }

  async #receiver(name: Node): Promise<Receiver10> {
    const receiver = this.#receivers.get(name) ?? (await this.#controller.session.receiver({ address: this.#addresses[name], defaultOutcome: released }));
    this.#receivers.set(name, receiver);
    return receiver;
  }

  async #look(name: Node): Promise<void> {
    const receiver = await this.#other.receiver(this.#addresses[name]);
    await this.#receive(name, receiver, false);
    await receiver.barrier();
    await receiver.detach();
  }

  /** One message by a link that holds it, or that takes it for good; none where none waits. */
  async #receive(name: Node, receiver: Receiver10, holds: boolean): Promise<void> {
    const waiting = this.#model.waiting(name);
    this.#play.step(`${holds ? 'controller' : 'another client'}: receive from ${name}`);
    receiver.credit(1);
    if (waiting.length === 0) {
      await receiver.barrier(['transfer']);
      receiver.credit(0);
      await receiver.barrier(['transfer']);
      return;
    }
    const delivery = await receiver.receive();
    const message = waiting.find(each => each.body === delivery.text);
    const sentence = `${delivery.text} came from ${name}, where ${bodies(waiting)} waits of what is committed.`;
    this.#play.require(message !== undefined, { what: 'a message came that is not committed there', sentence, duty: 'amqp10/4.1.atomic:emit' });
    if (!holds) delivery.accept();
    this.#model.take(message, holds ? delivery.deliveryId : undefined);
  }

  async #settle({ which, outcome: how, settled, in: asked }: Extract<Step, { readonly do: 'settle' }>): Promise<void> {
    const { free } = this.#model;
    const held = free[which % free.length];
    if (held === undefined) return;
    const open = await this.#transaction(asked);
    const inTransaction = this.#which(asked);
    const { message, deliveryId } = held;
    const settles = settled || open === undefined;
    this.#play.step(`${this.#told(asked)}: ${how} ${message.body}${settles ? ', settled' : ''}`);
    const state = how === 'accepted' ? accepted : released;
    const { session } = this.#controller;
    session.send('disposition', { role: 'receiver', first: deliveryId, settled: settles, state: open === undefined ? state : within(open.txnId, state) });
    this.#model.settle(held, how, inTransaction, settles);
    await session.barrier();
  }

  async #discharge(which: number, how: 'commit' | 'rollback'): Promise<void> {
    const open = this.#open.get(which);
    if (open === undefined) return;
    this.#play.step(`${how} transaction ${which + 1}`);
    this.#open.delete(which);
    const taken = await this.#controller.discharge(open.txnId, how === 'rollback');
    const sentence = `A ${how} was answered with ${takenWords(taken)}.`;
    const duty = how === 'commit' ? 'amqp10/4.3.discharged:emit' : 'amqp10/4.3.rollback:emit';
    this.#play.require(isAccepted(taken), { what: `a ${how} was not accepted`, sentence, duty });
    if (how === 'commit') for (const { sender, deliveryId, body } of open.unsettled) await this.#outcome(sender, deliveryId, body);
    this.#model[how === 'commit' ? 'commit' : 'rollBack'](which);
  }

  /** Closes the control link, which rolls back, and then the links that hold something. */
  async #close(): Promise<void> {
    this.#play.step('controller: close the control link, then the other links');
    await this.#controller.link.detach();
    for (const which of this.#model.transactions) this.#model.rollBack(which);
    this.#open.clear();
    for (const link of [...this.#receivers.values(), ...this.#senders.values()]) await link.detach();
    this.#receivers.clear();
    this.#senders.clear();
    this.#model.close();
    this.#controller = await Controller.on(this.#play.peer, this.#controller.session);
  }

  #told(asked: Which): string {
    const which = this.#which(asked);
    return which === undefined ? 'at once' : `transaction ${which + 1}`;
  }
}

function bodies(messages: readonly Message[]): string {
  return listed(messages.map(({ body }) => body));
}

/** What others see is what was committed, whatever transactions send and settle, and however they end. */
export const transactions10Model: Model10<readonly Step[]> = {
  cases: fc.array(step, { minLength: 1, maxLength: 18, size: 'max' }),
  async play(play, steps) {
    const transacting = await Transacting.begin(play);
    for (const each of steps) await transacting.take(each);
    await transacting.finish();
  },
};
