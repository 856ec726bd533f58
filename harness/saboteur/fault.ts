import type { Core } from '../broker/core.ts';
import type { Command, Effect } from '../broker/vocabulary.ts';
import type { ContentMethodName, Method } from '../spec/amqp091/classes.ts';
import type { Store } from '../store/store.ts';
import type { Frame } from '../wire/amqp091/codec.ts';
import type { Violation } from '../wire/decoded.ts';

/** Which way something travels. */
export type Direction = 'to-server' | 'to-client';

/**
 * One thing that passes the frame seam, in order. `header`: a protocol header. `frame`: a frame that the codec understands. `broken`: a whole
 * frame whose payload or frame-end it does not. `octets`: what is no frame at all, and everything behind it. `end`: the sender's end of the stream.
 */
export type Passing = {
  readonly direction: Direction;
  readonly channel: number;
  /** In how many pieces it came. */
  readonly pieces: number;
  /** Octets at its front that have gone on already, since the rest took too long: it goes on whole, whatever the fault wants. */
  readonly released: number;
} & (
  | { readonly what: 'header'; readonly bytes: Uint8Array }
  | { readonly what: 'frame'; readonly bytes: Uint8Array; readonly frame: Frame }
  | { readonly what: 'broken'; readonly bytes: Uint8Array; readonly violation: Violation }
  | { readonly what: 'octets'; readonly bytes: Uint8Array }
  | { readonly what: 'end'; readonly how: 'eof' | 'reset' }
);

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

/** What becomes of a passing, and of what was held before it on its channel. An `end` that is not passed on leaves the stream open. */
export interface Rewritten {
  /** Goes on instead; nothing when left out. */
  readonly send?: readonly Piece[];
  /** Goes back to the sender, as if the other side had sent it. */
  readonly back?: readonly Piece[];
  /** Ends or resets both sides behind what is sent, or lets nothing pass any more. */
  readonly finish?: 'end' | 'reset' | 'stall';
  /** Milliseconds by which this, and what follows in its direction, comes late. */
  readonly delayMs?: number;
}

/** `hold` keeps it back until the next passing of its channel and direction that is not held: `pass` lets all of it go on as it came. */
export type Rewrite = 'pass' | 'hold' | Rewritten;

export type Filter = (passing: Passing, conversation: Conversation) => Rewrite;

/** Rewrites what two peers say to each other. */
export interface FrameSeam {
  readonly kind: 'frames';
  /** Octets of a frame that is not whole stay back however long the rest takes; left out, they go on after a moment, beyond the reach of the fault. */
  readonly wholeFrames?: true;
  /** Called once for each connection, so that a filter may remember. */
  readonly start: () => Filter;
}

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

export type Seam = FrameSeam | EffectSeam | StoreSeam | ListenerSeam;

/** Breaks one duty at a seam outside broker and probe. */
export interface Fault {
  /** Globs of the checks that this fault may kill; it kills at least one of its duty, and none outside. */
  readonly area: readonly string[];
  /** How the broken broker behaves, in a few words. */
  readonly does: string;
  readonly seam: Seam;
}
