import type { Violation } from '../wire/decoded.ts';

/** Which way something travels. */
export type Direction = 'to-server' | 'to-client';

/** What every passing tells of itself, whatever the protocol. */
export interface Passage {
  readonly direction: Direction;
  readonly channel: number;
  /** In how many pieces it came. */
  readonly pieces: number;
  /** Octets at its front that have gone on already, since the rest took too long: it goes on whole, whatever the fault wants. */
  readonly released: number;
}

/**
 * One thing that passes a stream, in order. `header`: a protocol header. `frame`: a frame that the codec understands. `broken`: a frame that it does not. `octets`:
 * what is no frame at all, and everything behind it. `end`: the sender's end of the stream.
 */
export type PassingOf<F> = Passage &
  (
    | { readonly what: 'header'; readonly bytes: Uint8Array }
    | { readonly what: 'frame'; readonly bytes: Uint8Array; readonly frame: F }
    | { readonly what: 'broken'; readonly bytes: Uint8Array; readonly violation: Violation }
    | { readonly what: 'octets'; readonly bytes: Uint8Array }
    | { readonly what: 'end'; readonly how: 'eof' | 'reset' }
  );

/** What becomes of a passing, and of what was held before it on its channel. An `end` that is not passed on leaves the stream open. `P`: what a fault may send. */
export interface RewrittenTo<P> {
  /** Goes on instead; nothing when left out. */
  readonly send?: readonly P[];
  /** Goes back to the sender, as if the other side had sent it. */
  readonly back?: readonly P[];
  /** Ends or resets both sides behind what is sent, or lets nothing pass any more. */
  readonly finish?: 'end' | 'reset' | 'stall';
  /** Milliseconds by which this, and what follows in its direction, comes late. */
  readonly delayMs?: number;
}

/** `hold` keeps it back until the next passing of its channel and direction that is not held: `pass` lets all of it go on as it came. */
export type RewriteTo<P> = 'pass' | 'hold' | RewrittenTo<P>;

/** Stands between the frames of one protocol. A stream that begins with the header of another is none of its business. */
export interface SeamBetweenFrames<K extends string, F> {
  readonly kind: K;
  /** Octets of a frame that is not whole stay back however long the rest takes; left out, they go on after a moment, beyond the reach of the fault. */
  readonly wholeFrames?: true;
  /** Called once for each connection, so that a filter may remember. */
  readonly start: () => F;
}
