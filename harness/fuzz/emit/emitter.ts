import { Random } from '../random.ts';
import { type DepartureName, depart } from './departures.ts';
import { Draft } from './draft.ts';
import { legalPiece } from './legal.ts';

/** One input of a campaign. */
export interface FuzzInput {
  readonly bytes: Uint8Array;
  /** Where a streaming parser is cut: ascending offsets, each behind the first octet and before the last. */
  readonly cuts: readonly number[];
  /** How it departs from the legal path, in order; empty where it does not. */
  readonly departures: readonly DepartureName[];
}

const draft = new Draft();

/**
 * The input with that index of the campaign with that seed, always the same: a stream of one to several frames, two in three with departures.
 * @example emitInput(42, 0).bytes
 */
export function emitInput(seed: number, index: number): FuzzInput {
  const random = new Random(seed, index);
  const tags = random.oneIn(5) ? 'text' : 'errata';
  draft.clear();
  for (let count = 1 + random.small(5); count > 0; count -= 1) legalPiece(draft, random, tags);
  const taken: DepartureName[] = [];
  for (let count = random.oneIn(3) ? 0 : 1 + random.small(3); count > 0; count -= 1) taken.push(depart(draft, random, tags));
  const bytes = draft.bytes.slice(0, draft.length);
  return { bytes, cuts: emitCuts(bytes.length, random), departures: taken };
}

/** One cut, a few, or one behind every octet. */
function emitCuts(length: number, random: Random): readonly number[] {
  if (length < 2) return [];
  if (length < 100 && random.oneIn(10)) return everyOctet(length);
  const cuts = new Set<number>();
  for (let count = 1 + random.small(4); count > 0; count -= 1) cuts.add(1 + random.below(length - 1));
  return [...cuts].sort((a, b) => a - b);
}

/** A cut behind every octet but the last. */
export function everyOctet(length: number): readonly number[] {
  return Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1);
}
