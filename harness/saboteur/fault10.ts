import type { SaslCode } from '../spec/amqp10/conditions.ts';
import type { AmqpAttach, AmqpBegin, AmqpOpen, AmqpTransfer, Frame, Performative, SaslBody } from '../wire/amqp10/codec.ts';
import type { Direction, PassingOf, RewriteTo, RewrittenTo, SeamBetweenFrames } from './passing.ts';

/**
 * One thing that passes a stream of AMQP 1.0. `header` is that of any layer. `broken`: a frame whose head or body is wrong, or whatever stands where its head
 * would. `octets`: what is in no frame, as TLS.
 */
export type Passing10 = PassingOf<Frame>;

/** Something of each direction, by the way that the frames travel which said it. */
export type EachWay<T> = Readonly<Record<Direction, T>>;

/** A session, from the first begin until both ends have passed. */
export interface SessionSeen {
  /** Of the frames in each direction; undefined until begin has passed there. */
  readonly channels: EachWay<number | undefined>;
  readonly begin: EachWay<AmqpBegin | undefined>;
  readonly ended: EachWay<boolean>;
  /** Transfer frames so far. */
  readonly transfers: EachWay<number>;
  /** The id of the next transfer in that direction; undefined until begin has passed there. */
  readonly nextId: EachWay<number | undefined>;
  /** Transfers that still fit the window which the receiver of that direction told last; undefined until it told one. */
  readonly room: EachWay<number | undefined>;
  /** Every link that is not detached on both sides. */
  readonly links: Iterable<LinkSeen>;
}

/** A delivery whose last transfer is still to come. */
export interface DeliveryUnderWay {
  readonly first: AmqpTransfer;
  readonly transfers: number;
  readonly octets: number;
}

/** A link, from the first attach until both detaches have passed. */
export interface LinkSeen {
  readonly session: SessionSeen;
  readonly name: string;
  /** Which way its transfers go. */
  readonly transfersGo: Direction;
  /** In the frames of each direction; undefined until attach has passed there. */
  readonly handles: EachWay<number | undefined>;
  readonly attach: EachWay<AmqpAttach | undefined>;
  readonly detached: EachWay<boolean>;
  /** Of its sender, as told and counted; undefined until the sender has attached. */
  readonly deliveryCount: number | undefined;
  /** Deliveries that the sender may still begin. */
  readonly credit: number;
  readonly drain: boolean;
  readonly underWay: DeliveryUnderWay | undefined;
  /** The first transfer of each delivery that neither side has settled, by delivery-id. */
  readonly unsettled: ReadonlyMap<number, AmqpTransfer>;
}

/** What a fault sees of one connection of AMQP 1.0; the passing at hand is not yet counted in. */
export interface Conversation10 {
  /** Ordinal of the connection under this fault, from 1. */
  readonly connection: number;
  /** Frames so far, in each direction. */
  readonly frames: EachWay<number>;
  /** The last protocol header. */
  readonly header: EachWay<Uint8Array | undefined>;
  /** What the client chose in the SASL layer; undefined before. */
  readonly mechanism: string | undefined;
  /** What the server said at the end of the SASL layer; undefined before, and where there is none. */
  readonly saslOutcome: SaslCode | undefined;
  readonly open: EachWay<AmqpOpen | undefined>;
  readonly closed: EachWay<boolean>;
  /** Largest frame in that direction: what its receiver told, else 512. */
  readonly frameMax: EachWay<number>;
  /** Highest channel in that direction: what its receiver told, else 0. */
  readonly channelMax: EachWay<number>;
  /** Octets that went on before their frame was whole. */
  readonly released: number;
  /** Milliseconds of the stream's clock; always 0 without one. */
  readonly now: number;
  /** Every session that has not ended on both sides. */
  readonly sessions: Iterable<SessionSeen>;
  /** The session whose frames in this direction are on this channel. */
  session(direction: Direction, channel: number): SessionSeen | undefined;
  /** The link whose frames in this direction have this handle there. */
  link(direction: Direction, channel: number, handle: number): LinkSeen | undefined;
  /** The last passing in this direction. */
  previous(direction: Direction): Passing10 | undefined;
  /** The last performative in this direction, of this channel where one is given. */
  performative(direction: Direction, channel?: number): Performative | undefined;
  /** The last SASL frame in this direction. */
  sasl(direction: Direction): SaslBody | undefined;
  /** Seeded, from 0 inclusive to 1 exclusive. */
  random(): number;
}

export type Piece10 = Frame | Uint8Array;
export type Rewritten10 = RewrittenTo<Piece10>;
export type Rewrite10 = RewriteTo<Piece10>;
export type Filter10 = (passing: Passing10, conversation: Conversation10) => Rewrite10;

/** Rewrites what two peers say to each other in AMQP 1.0. */
export type FrameSeam10 = SeamBetweenFrames<'frames10', Filter10>;
