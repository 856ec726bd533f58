import type { AmqpAttach, AmqpError, DeliveryState } from '../../wire/amqp10/codec.ts';
import type { LinkState, SessionState } from './transitions.ts';

/** The end of a link that we are: `sender` where we send the deliveries. */
export type LinkRole = 'sender' | 'receiver';

/** A session as one of its ends sees it. Lives as long as either direction is mapped; the object is the same in every event. */
export interface SessionEndpoint {
  readonly state: SessionState;
  /** Of the frames that we send; undefined until our begin has gone. */
  readonly channel: number | undefined;
  /** Of the frames that we get; undefined until the peer's begin has come. */
  readonly remoteChannel: number | undefined;
  readonly nextIncomingId: number | undefined;
  readonly nextOutgoingId: number;
  /** Transfer frames that the peer may still send before we tell of more room. */
  readonly incomingWindow: number;
  readonly outgoingWindow: number;
  /** Transfer frames that we may still send. */
  readonly remoteIncomingWindow: number;
  readonly remoteOutgoingWindow: number;
  /** The highest handle that the peer takes. */
  readonly remoteHandleMax: number;
  /** Octets that wait for the peer's window. */
  readonly queued: number;
  /** Every link that is not detached on both sides. */
  readonly links: Iterable<LinkEndpoint>;
}

/** A delivery that is not settled here. */
export interface UnsettledDelivery {
  readonly link: LinkEndpoint;
  readonly deliveryId: number;
  readonly tag: Uint8Array;
  /** The last state that we said of it; what is left out was never said. */
  readonly localState: DeliveryState | undefined;
  /** The last state that the peer said of it. */
  readonly remoteState: DeliveryState | undefined;
}

/** A link as one of its ends sees it. Lives from the first attach to the last detach; the object is the same in every event. */
export interface LinkEndpoint {
  readonly session: SessionEndpoint;
  readonly name: string;
  /** Ours. */
  readonly role: LinkRole;
  readonly state: LinkState;
  /** Of the frames that we send; undefined until our attach has gone. */
  readonly handle: number | undefined;
  /** Of the frames that we get; undefined until the peer's attach has come. */
  readonly remoteHandle: number | undefined;
  /** What we said and what the peer said, as soon as it was. */
  readonly attach: AmqpAttach | undefined;
  readonly remoteAttach: AmqpAttach | undefined;
  /** Undefined until the sender has said where it starts. */
  readonly deliveryCount: number | undefined;
  /** Deliveries that may still be begun: by us as the sender, by the peer where we receive. */
  readonly credit: number;
  readonly drain: boolean;
  /** What the sender last said that it has. */
  readonly available: number | undefined;
  /** It was closed, or detached with an error, by either end: nobody means to come back to its deliveries. */
  readonly gone: boolean;
  /** The deliveries that are not settled here, oldest first. */
  readonly unsettled: Iterable<UnsettledDelivery>;
  /** A delivery that has begun to come in and not ended, with the state that the peer said of it last. */
  readonly coming: { readonly state: DeliveryState | undefined } | undefined;
}

/** A delivery that has come whole. `payload` holds the frames' payloads as they came, as views; their sum is `size`. */
export interface IncomingDelivery {
  readonly deliveryId: number;
  readonly tag: Uint8Array;
  readonly format: number;
  readonly settled: boolean;
  readonly state: DeliveryState | undefined;
  readonly rcvSettleMode: 'first' | 'second' | undefined;
  readonly resume: boolean;
  readonly payload: readonly Uint8Array[];
  readonly size: number;
}

/** A delivery to be sent. Octets are not copied where they are many, and belong to the machine from then on. */
export interface OutgoingDelivery {
  readonly tag: Uint8Array;
  readonly payload: Uint8Array | readonly Uint8Array[];
  /** Default: 0. */
  readonly format?: number;
  /** Default: false, unless the link is settled. */
  readonly settled?: boolean;
  readonly state?: DeliveryState;
  readonly rcvSettleMode?: 'first' | 'second';
  readonly resume?: boolean;
  readonly batchable?: boolean;
}

/** What is said of deliveries. */
export interface Settlement {
  readonly settled: boolean;
  readonly state?: DeliveryState;
  readonly batchable?: boolean;
}

/** How credit is given. */
export interface Grant {
  readonly credit: number;
  readonly drain?: boolean;
  readonly echo?: boolean;
}

/** What is said to a violation, at which scope. `discarded`: nothing, and the frame is passed over. `borne`: nothing, and the frame is taken as it is. */
export type Remedy =
  | { readonly kind: 'close' | 'end' | 'detach'; readonly error: AmqpError }
  | { readonly kind: 'sasl-outcome'; readonly code: 'ok' | 'auth' | 'sys' | 'sys-perm' | 'sys-temp' }
  | { readonly kind: 'bare-close' | 'header-then-close' | 'discarded' | 'borne' };
