import type { Delivery10, LinkDraft, Receiver10, Sendable, Sender10, SendOptions, Session10, SourceDraft } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { Stop } from '../../harness/probe/stop.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import {
  type AmqpError,
  type AmqpValue,
  type Composite,
  type DeliveryState,
  describedOf,
  type MessageDraft,
  type Outcome,
} from '../../harness/wire/amqp10/codec.ts';

const outcomes = ['amqp:accepted:list', 'amqp:rejected:list', 'amqp:released:list', 'amqp:modified:list'] as const;

export const accepted: Composite<'accepted'> = { type: 'accepted' };
export const released: Composite<'released'> = { type: 'released' };

/** The state of what belongs to a transaction. */
export function within(txnId: Uint8Array, outcome?: Outcome): Composite<'transactional-state'> {
  return { type: 'transactional-state', txnId, outcome };
}

/** The id of no transaction. */
export const strange: Uint8Array = Uint8Array.of(0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10);

/** A state of a transaction that it does not name. */
export const nameless: DeliveryState = { type: 'described', descriptor: { type: 'ulong', value: 0x34n }, value: { type: 'list', value: [] } };

/** A message for a coordinator, with nothing but what is asked. */
export function asking(what: Composite<'declare' | 'discharge'>): MessageDraft {
  return { body: { type: 'amqp-value', value: describedOf(what) } };
}

/** How a coordinator took what it was asked: by a state, or by detaching the control link. */
export type Taken = { readonly state: DeliveryState | undefined } | { readonly detached: string };

/** A control link and the session that it stands on. Ends the check as unsupported where there is no coordinator. */
export class Controller {
  readonly peer: Peer;
  readonly session: Session10;
  readonly link: Sender10;

  private constructor(peer: Peer, session: Session10, link: Sender10) {
    this.peer = peer;
    this.session = session;
    this.link = link;
  }

  /** `rejects`: whether its source has the outcome rejected; it has unless said otherwise. */
  static async on(peer: Peer, session: Session10, { rejects = true } = {}): Promise<Controller> {
    const source = { type: 'source', outcomes: rejects ? outcomes : outcomes.slice(0, 1) } as const;
    return new Controller(peer, session, await session.sender({ type: 'coordinator', capabilities: ['amqp:local-transactions'] }, { source }));
  }

  static async begin(peer: Peer, options: { readonly rejects?: boolean } = {}): Promise<Controller> {
    return Controller.on(peer, await peer.session10(), options);
  }

  /** The symbols that the coordinator answered with. */
  get capabilities(): readonly string[] {
    const { target } = this.link.attach;
    return target?.type === 'coordinator' ? (target.capabilities ?? []) : [];
  }

  /** Ends the check unless the coordinator says that it can do this. */
  mustSay(capability: string): void {
    if (!this.capabilities.includes(capability)) this.peer.unsupported(`The coordinator does not say ${capability}.`);
  }

  /** Asks, without waiting for the answer. */
  ask(what: Composite<'declare' | 'discharge'>, options: SendOptions = {}): Promise<number> {
    return this.link.deliver(asking(what), options);
  }

  async declare(): Promise<Uint8Array> {
    return this.declared((await this.link.outcome(await this.ask({ type: 'declare' }))).state);
  }

  /** The id in the answer to a declare. */
  declared(state: DeliveryState | undefined): Uint8Array {
    if (state?.type === 'declared') return state.txnId;
    return this.peer.require(false, `A declare was answered with ${nameOf(state)}.`, 'amqp10/4.2.declared:emit') as never;
  }

  /** Discharges, and waits for whichever way it is taken. */
  async discharge(txnId: Uint8Array, fail = false): Promise<Taken> {
    const deliveryId = await this.ask({ type: 'discharge', txnId, fail });
    try {
      return { state: (await this.link.outcome(deliveryId)).state };
    } catch (error) {
      const ending = error instanceof Stop && 'ending' in error.why ? error.why.ending : undefined;
      if (ending?.kind === 'link-detached') return { detached: ending.condition };
      throw error;
    }
  }

  async commit(txnId: Uint8Array): Promise<void> {
    this.#done(await this.discharge(txnId), 'A commit', 'amqp10/4.3.discharged:emit');
  }

  async rollBack(txnId: Uint8Array): Promise<void> {
    this.#done(await this.discharge(txnId, true), 'A discharge with fail', 'amqp10/4.3.rollback:emit');
  }

  #done(taken: Taken, what: string, duty: DutyId): void {
    this.peer.require(isAccepted(taken), `${what} was answered with ${takenWords(taken)}.`, duty);
  }
}

export function isAccepted(taken: Taken): boolean {
  return 'state' in taken && taken.state?.type === 'accepted';
}

const errorWords = (error: AmqpError | undefined): string => (error === undefined ? '' : ` ${error.condition}`);

export function nameOf(state: DeliveryState | undefined): string {
  if (state === undefined) return 'no state';
  if (state.type === 'rejected') return `rejected${errorWords(state.error)}`;
  return state.type === 'transactional-state' ? `${nameOf(state.outcome)} in a transaction` : state.type;
}

export function takenWords(taken: Taken): string {
  return 'state' in taken ? nameOf(taken.state) : `detach ${taken.detached}`;
}

/** Sends a message in a transaction, without waiting for what is said of it: that may come as late as with the discharge. */
export function post(sender: Sender10, txnId: Uint8Array, message: Sendable, options: SendOptions = {}): Promise<number> {
  return sender.deliver(message, { state: within(txnId), ...options });
}

/** Takes all that a node gives: it must be these texts, in any order, and nothing else. */
export async function gives(peer: Peer, session: Session10, address: string, texts: readonly string[], duty?: DutyId): Promise<void> {
  const receiver = await session.receiver(address);
  receiver.credit(texts.length + 1);
  const came: string[] = [];
  for (const _ of texts) {
    const delivery = await receiver.receive();
    delivery.accept();
    came.push(delivery.text ?? 'something else');
  }
  const wanted = [...texts].sort().join(', ');
  peer.require([...came].sort().join(', ') === wanted, `Expected ${wanted}, got ${came.join(', ')}.`, duty);
  await receiver.barrier(['transfer']);
  await receiver.detach();
}

/** Fails if a node gives anything to another receiver. */
export async function givesNothing(session: Session10, address: string): Promise<void> {
  const receiver = await session.receiver(address);
  receiver.credit(1);
  await receiver.barrier(['transfer']);
  receiver.credit(0);
  await receiver.barrier(['transfer']);
  await receiver.detach();
}

export interface Received {
  readonly sender: Sender10;
  readonly receiver: Receiver10;
  readonly deliveries: readonly Delivery10[];
}

/** Sends these messages to a node, and receives them all on a link whose default outcome is released unless another is given. */
export async function received(
  peer: Peer,
  session: Session10,
  address: string,
  messages: readonly Sendable[],
  source: Partial<SourceDraft> = {},
  attach: LinkDraft = {},
): Promise<Received> {
  const sender = await session.sender(address);
  for (const message of messages) peer.require((await sender.send(message))?.type === 'accepted', 'A message for a queue of our own was not accepted.');
  const receiver = await session.receiver({ type: 'source', address, defaultOutcome: released, ...source } as SourceDraft, attach);
  receiver.credit(messages.length);
  const deliveries: Delivery10[] = [];
  for (const _ of messages) deliveries.push(await receiver.receive());
  return { sender, receiver, deliveries };
}

/** The properties of a flow by which messages are acquired in a transaction. */
export function acquiringIn(txnId: Uint8Array): readonly (readonly [string, AmqpValue])[] {
  return [['txn-id', { type: 'binary', value: txnId }]];
}
