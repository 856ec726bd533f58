import type { Core } from '../broker/core.ts';
import type { Command, Effect } from '../broker/vocabulary.ts';
import type { ContentMethodName, Method } from '../spec/amqp091/classes.ts';
import type { Store } from '../store/store.ts';
import type { Frame } from '../wire/amqp091/codec.ts';
import type { FrameSeam10 } from './fault10.ts';
import type { Direction, PassingOf, RewriteTo, RewrittenTo, SeamBetweenFrames } from './passing.ts';

/** One thing that passes a stream of AMQP 0-9-1: `broken` is a whole frame whose payload or frame-end is wrong. */
export type Passing = PassingOf<Frame>;

/** A content whose header or body frames are still to come. */
export interface ContentUnderWay {
  readonly method: Method<ContentMethodName>;
  /** Octets of the body that are still to come; undefined while the header is. */
  readonly left: bigint | undefined;
}

/** What a fault sees of one connection; the passing at hand is not yet counted in. */
export interface Conversation {
  /** Ordinal of the connection under this fault, from 1. */
  readonly connection: number;
  /** Frames so far, in each direction. */
  readonly frames: Readonly<Record<Direction, number>>;
  /** Whether connection.open-ok has passed. */
  readonly opened: boolean;
  /** As agreed in tune-ok; 4096 before, a large number where no limit was agreed. */
  readonly frameMax: number;
  /** As agreed in tune-ok; 0 before and where no limit was agreed. */
  readonly channelMax: number;
  /** Seconds, as agreed in tune-ok; 0 before. */
  readonly heartbeatS: number;
  /** Octets that went on before their frame was whole. */
  readonly released: number;
  /** Milliseconds of the stream's clock; always 0 without one. */
  readonly now: number;
  /** Channels between the client's open and the close-ok of either side. */
  readonly openChannels: ReadonlySet<number>;
  /** The last passing in this direction. */
  previous(direction: Direction): Passing | undefined;
  /** The last method in this direction on this channel. */
  method(direction: Direction, channel: number): Method | undefined;
  /** The content that is under way in this direction on this channel. */
  content(direction: Direction, channel: number): ContentUnderWay | undefined;
  /** Channels on which a content is under way in this direction. */
  busy(direction: Direction): readonly number[];
  /** Seeded, from 0 inclusive to 1 exclusive. */
  random(): number;
}

export type Piece = Frame | Uint8Array;

export type Rewritten = RewrittenTo<Piece>;
export type Rewrite = RewriteTo<Piece>;
export type Filter = (passing: Passing, conversation: Conversation) => Rewrite;

/** Rewrites what two peers say to each other in AMQP 0-9-1. */
export type FrameSeam = SeamBetweenFrames<'frames', Filter>;

/** Changes what the listener allows and how long it waits: merged into the broker's settings. */
export interface ListenerSeam {
  readonly kind: 'listener';
  readonly settings: Readonly<Record<string, unknown>>;
}

export type Apply = (command: Command) => readonly Effect[];

/** The broker that a fault stands in. */
export interface Surroundings {
  /** To look at, not to change. */
  readonly core: Core;
  /** Has a `tick` come at that time, in milliseconds of the broker's clock: of `core.now`. */
  readonly tickAt: (ms: number) => void;
}

/** Stands around the broker's core: passes the command on, or others, or none, and says what comes of it. */
export type Around = (command: Command, apply: Apply, surroundings: Surroundings) => readonly Effect[];

/** Rewrites what the broker does. */
export interface EffectSeam {
  readonly kind: 'effects';
  /** Holds what has to come all the same when the fault is over: then it strikes no more, and stays. */
  readonly lingers?: boolean;
  /** Called once for each broker, so that it may remember. */
  readonly start: () => Around;
}

/** Rewrites what the broker's store does. */
export interface StoreSeam {
  readonly kind: 'store';
  /** It acts only on what a store gives back; left out: on whatever is asked of it. */
  readonly at?: 'load';
  readonly wrap: (store: Store) => Store;
}

export type Seam = FrameSeam | FrameSeam10 | EffectSeam | StoreSeam | ListenerSeam;

/** Breaks one duty at a seam outside broker and probe. */
export interface Fault {
  /** Globs of the checks that this fault may kill; it kills at least one of its duty, and none outside. */
  readonly area: readonly string[];
  /** How the broken broker behaves, in a few words. */
  readonly does: string;
  readonly seam: Seam;
}
