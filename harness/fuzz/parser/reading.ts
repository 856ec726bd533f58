import type { Violation } from '../../wire/decoded.ts';
import type { Difference } from './same-value.ts';

/** What we read of a stream of frames: those before `end`, and what stands there. */
export interface Reading {
  /** Offset behind the last whole frame that is legal. */
  readonly end: number;
  /** What is wrong with the frame that starts at `end`; left out where it is not whole, or nothing is there. */
  readonly violation?: Violation;
  /** Whether the octets of the wrong frame are all there. */
  readonly whole: boolean;
  /** How many frames stand before `end`. */
  readonly count: number;
  /** Whether a receiver of any make has to take what stands before `end`: nothing in it is left open, refusable, deep or large. */
  readonly plain: () => boolean;
  /** Where one thing that a subject gave for each frame is another than ours. */
  readonly compare: (values: readonly unknown[]) => Difference | undefined;
}

/** Largest frame in octets that every receiver has to take, and values in values that it can be expected to. */
export const plainFrameMax = 4_096;
export const plainDepth = 8;

/** What a subject said of one frame, by the names of its keys without their punctuation: `body-size`, `bodySize` and `BodySize` are one. */
export function byName(said: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof said !== 'object' || said === null || Array.isArray(said)) return undefined;
  return new Map(Object.entries(said).map(([key, value]) => [plainName(key), value]));
}

/** A name without punctuation and case. */
export const plainName = (name: string): string => name.replace(/[^a-z0-9]/gi, '').toLowerCase();
