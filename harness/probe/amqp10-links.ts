import type { DutyId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import type {
  AmqpAttach,
  AmqpBegin,
  AmqpError,
  AmqpSource,
  AmqpTarget,
  Composite,
  CompositeFields,
  DeliveryState,
  Message,
  MessageDraft,
  PerformativeName,
} from '../wire/amqp10/codec.ts';
import type { Answering10, Connection10, Draft10, Frame10 } from './amqp10-peer.ts';
import type { WaitKind } from './peer.ts';

export type SourceDraft = CompositeFields<'source'> | AmqpSource | Composite<'coordinator'>;
export type TargetDraft = CompositeFields<'target'> | AmqpTarget | Composite<'coordinator'>;

/** Fields of an attach besides those that the call says. */
export type LinkDraft = Partial<Omit<CompositeFields<'attach'>, 'role'>>;

/** One session of the probe. */
export interface Session10 {
  readonly connection: Connection10;
  /** Ours. */
  readonly channel: number;
  /** The peer's begin, once received. */
  readonly begin: AmqpBegin;
  /** Transfers that the peer's window still takes, as told and counted. */
  readonly room: number;
  send<N extends PerformativeName>(name: N, fields?: Draft10<N>, payload?: Uint8Array): void;
  expect<N extends PerformativeName>(name: N, of?: { readonly handle?: number; readonly wait?: WaitKind }): Promise<Frame10<N>>;
  /** Attaches a link on which we send, to a node's address (null: the anonymous terminus) or another target, and waits for its attach. Fails where it is refused. */
  sender(target: string | null | TargetDraft, attach?: LinkDraft): Promise<Sender10>;
  /** Attaches a link on which we receive. It has no credit until some is given. */
  receiver(source: string | SourceDraft, attach?: LinkDraft): Promise<Receiver10>;
  /** A handle on a link of ours without attaching it; `role` is ours. */
  bareLink(handle: number, role: 'sender' | 'receiver'): Link10;
  /** Tells our state of the session, with these fields in their place. */
  flow(fields?: Draft10<'flow'>): void;
  /** Barrier: a request on this session whose answer comes after everything before it, a flow with echo where the target is known to echo. Fails when one of `absent` came in between. */
  barrier(absent?: readonly PerformativeName[]): Promise<void>;
  answersTo(duty: DutyId, options?: Answering10 & { readonly handle?: number }): Promise<Answer>;
  /** Healthy end: end, end. */
  end(error?: AmqpError): Promise<void>;
}

/** One link of the probe. */
export interface Link10 {
  readonly session: Session10;
  readonly name: string;
  /** Ours. */
  readonly handle: number;
  readonly role: 'sender' | 'receiver';
  /** The peer's attach. */
  readonly attach: AmqpAttach;
  /** Tells our state of the link, with these fields in their place. */
  flow(fields?: Draft10<'flow'>): void;
  expect<N extends PerformativeName>(name: N, wait?: WaitKind): Promise<Frame10<N>>;
  /** As that of the session, on this link. */
  barrier(absent?: readonly PerformativeName[]): Promise<void>;
  answersTo(duty: DutyId, options?: Answering10): Promise<Answer>;
  /** Healthy end: detach, detach. Closes the link unless said otherwise. */
  detach(how?: { readonly closed?: boolean; readonly error?: AmqpError }): Promise<Frame10<'detach'>>;
}

/** A message to send: its sections, a text (as a data section), or octets that are the whole of it. */
export type Sendable = MessageDraft | string | Uint8Array;

export interface SendOptions {
  /** Left out: one of our own. */
  readonly tag?: Uint8Array;
  /** Left out: as the link has it, else unsettled. */
  readonly settled?: boolean;
  readonly format?: number;
  readonly state?: DeliveryState;
  readonly rcvSettleMode?: 'first' | 'second';
  readonly batchable?: boolean;
}

export interface Sender10 extends Link10 {
  /** Deliveries that may still be begun. */
  readonly credit: number;
  /** Waits until there is credit. */
  credited(): Promise<number>;
  /** Waits for credit, sends, and waits for what the receiver says of it; undefined where it was sent settled. */
  send(message: Sendable, options?: SendOptions): Promise<DeliveryState | undefined>;
  /** Waits for credit and sends; answers the delivery-id. */
  deliver(message: Sendable, options?: SendOptions): Promise<number>;
  /** Sends one transfer as it is, legal or not. */
  transfer(fields: Draft10<'transfer'>, payload?: Sendable): void;
  /** Waits for a disposition that is about this delivery. */
  outcome(deliveryId: number, wait?: WaitKind): Promise<{ readonly state: DeliveryState | undefined; readonly settled: boolean }>;
}

/** A delivery as it came, whole. */
export interface Delivery10 {
  readonly deliveryId: number;
  readonly tag: Uint8Array;
  readonly format: number | undefined;
  readonly settled: boolean;
  readonly state: DeliveryState | undefined;
  /** All of its transfers, oldest first. */
  readonly transfers: readonly Frame10<'transfer'>[];
  readonly payload: Uint8Array;
  /** Fails the check where the payload is no message. */
  readonly message: Message;
  /** The body where it is one data section or a string, as text; undefined for any other. */
  readonly text: string | undefined;
  /** Says what became of it, settled unless said otherwise. */
  settle(state: DeliveryState | undefined, settled?: boolean): void;
  accept(): void;
  reject(error?: AmqpError): void;
  release(): void;
  modify(fields?: CompositeFields<'modified'>): void;
}

export interface Receiver10 extends Link10 {
  /** Gives credit for so many deliveries, from what has come so far on. */
  credit(count: number, options?: { readonly drain?: boolean; readonly echo?: boolean }): void;
  /** Waits for the next delivery, whole. */
  receive(wait?: WaitKind): Promise<Delivery10>;
  /** Asks the sender to use up or give back its credit, and takes what comes until it has. */
  drain(): Promise<readonly Delivery10[]>;
}

/** A node of the target that this check may use as it likes. */
export interface Node10 {
  readonly address: string;
  /** Which way it came to be. */
  readonly provisioner: string;
}
