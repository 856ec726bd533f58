import type { Method, MethodName } from '../spec/amqp091/classes.ts';
import type { Frame } from '../wire/amqp091/codec.ts';

/** Which way a frame travels. */
export type Direction = 'to-server' | 'to-client';

/** What a frame-seam fault sees of the conversation before the frame at hand. */
export interface ConversationView {
  readonly direction: Direction;
  /** Frames seen so far in each direction, this one not counted. */
  readonly count: Readonly<Record<Direction, number>>;
  /** Last request of the client on this frame's channel. */
  readonly request: Method | undefined;
  readonly frameMax: number;
}

/** What becomes of a frame: passed on, replaced by frames or raw octets, or the stream is cut behind what is sent. */
export type Rewrite =
  | 'pass'
  | { readonly send: readonly (Frame | Uint8Array)[]; readonly toSender?: readonly (Frame | Uint8Array)[]; readonly then?: 'end' | 'reset' | 'stall' };

/** Breaks one duty at a seam outside broker and probe. */
export interface Fault {
  /** Globs of the checks that this fault may kill; it kills at least one of its duty, and none outside. */
  readonly area: readonly string[];
  /** How the broken broker behaves, in a few words. */
  readonly does: string;
  readonly seam: FrameSeam | EffectSeam | ListenerSeam;
}

export interface FrameSeam {
  readonly kind: 'frames';
  readonly direction: Direction;
  /** Left out: every frame of the direction. */
  readonly on?: MethodName;
  readonly rewrite: (frame: Frame, view: ConversationView) => Rewrite;
  /** Protocol header and octets that are no frames: rewritten as they are. */
  readonly header?: (bytes: Uint8Array) => Uint8Array | 'pass';
}

/** Filled in with the broker's effect vocabulary. */
export interface EffectSeam {
  readonly kind: 'effects';
  readonly rewrite: (effect: unknown) => readonly unknown[];
}

/** Changes what the listener allows or how long it waits. */
export interface ListenerSeam {
  readonly kind: 'listener';
  readonly settings: Readonly<Record<string, unknown>>;
}
