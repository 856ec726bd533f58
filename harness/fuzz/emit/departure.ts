import type { FuzzProtocol } from '../finding.ts';
import type { Random } from '../random.ts';
import type { Draft } from './draft.ts';

/** The kinds of departures. */
export const families = [
  /** Declared lengths and counts. */
  'lengths',
  /** Limits that one peer announces to the other. */
  'limits',
  /** Identifiers that are unknown or out of place. */
  'identifiers',
  /** Elements without octets, nesting, small octets for large promises. */
  'nesting',
  /** Numbers that count on. */
  'serials',
  /** Where octets end or are cut. */
  'cutting',
  /** Values that are legal but rare, and texts that are not. */
  'values',
  /** Frames in a state that is not theirs. */
  'state',
  /** Bits, spans and repeats of octets, recorded ones among them. */
  'recordings',
] as const;

export type Family = (typeof families)[number];

/** One protocol, as whoever makes inputs sees it. */
export interface Emitter {
  readonly protocol: FuzzProtocol;
  /** Draws what is the same for all of an input. */
  begin(draft: Draft, random: Random): void;
  /** Appends one frame, or one method or transfer with all that belongs to it, legal on the wire. */
  piece(draft: Draft, random: Random): void;
  /** Finds the places of whole legal frames from octet `from` on; stops where it understands no more. */
  mark(draft: Draft, from?: number): void;
  /** Appends a legal frame with values nested so deep, but for the depth. */
  deep(draft: Draft, random: Random, depth: number): void;
  /** Appends a frame in which few octets promise many elements. */
  promise(draft: Draft, random: Random): void;
  /** Protocol headers of this and of other versions. */
  readonly headers: readonly Uint8Array[];
  /** What may stand in place of `identifiers` or of a `descriptor`. */
  readonly identifiers: readonly Uint8Array[];
  /** Octets that begin a value. */
  readonly types: readonly number[];
  /** Values that are rare or malformed, their tags or constructors first. */
  readonly values: readonly Uint8Array[];
  /** A number of the type of what stands at a `limit` or `serial` now. */
  number(value: number, old: Uint8Array): Uint8Array;
  /** Octets of each direction of recorded conversations, from the first frame on. */
  readonly recordings: readonly Uint8Array[];
}

/** One way to leave the law: how often it is taken, against the others, and what it does. Answers whether it found anything to change. */
export interface Departure {
  readonly family: Family;
  readonly weight: number;
  readonly apply: (draft: Draft, random: Random, emitter: Emitter) => boolean;
}
