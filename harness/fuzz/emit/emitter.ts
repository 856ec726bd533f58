import type { FuzzProtocol } from '../finding.ts';
import { Random } from '../random.ts';
import { amqp10 } from './amqp10.ts';
import { amqp091 } from './amqp091.ts';
import type { Emitter } from './departure.ts';
import { type DepartureName, depart } from './departures.ts';
import { Draft } from './draft.ts';

/**
 * How octets that leave the law are made, for whoever makes inputs or conversations:
 *
 * 1. a legal frame, from the codec: `encodeMethodFrame(channel, method('queue.declare', { queue }))`, `performativeFrame(channel, composite('open', …))`;
 * 2. `markedDraft(octets, protocol)`: the same octets in a `Draft`, with every size, count, type, identifier, limit, serial number and text in it marked;
 * 3. `depart(draft, random, emitters[protocol], families)` (departures.ts): one of the named, weighted departures, any or of these families; answers its name;
 *    `departBy(name, …)` takes that one. Sizes around what is changed are made to fit, unless sizes are what is wrong;
 * 4. `draft.octets.slice()`: what to send.
 *
 * Drafts of several frames depart as a whole. All of it is a function of the octets and of `random`.
 */
export const emitters: { readonly [P in FuzzProtocol]: Emitter } = { amqp091, amqp10 };

/** Whole legal frames, with their places marked. `tags` are those of field tables. */
export function markedDraft(octets: Uint8Array, protocol: FuzzProtocol, tags: Draft['tags'] = 'errata'): Draft {
  const draft = new Draft();
  draft.tags = tags;
  draft.raw(octets);
  emitters[protocol].mark(draft);
  return draft;
}

/** One input of a campaign. */
export interface FuzzInput {
  readonly bytes: Uint8Array;
  /** Where a streaming parser is cut: ascending offsets, each behind the first octet and before the last. */
  readonly cuts: readonly number[];
  /** How it departs from the legal path, in order; empty where it does not. */
  readonly departures: readonly DepartureName[];
}

const shared = new Draft();

/**
 * The input with that index of the campaign with that seed and protocol, always the same: a stream of one to several frames, two in three with departures.
 * @example emitInput(42, 0, 'amqp10').bytes
 */
export function emitInput(seed: number, index: number, protocol: FuzzProtocol = 'amqp091'): FuzzInput {
  const random = new Random(seed, index);
  const taken: DepartureName[] = [];
  emitOctets(shared, random, emitters[protocol], taken);
  const bytes = shared.octets.slice();
  return { bytes, cuts: emitCuts(bytes.length, random), departures: taken };
}

/** Makes the draft the octets of an input, and tells how they depart. What `random` gives next are the cuts. */
export function emitOctets(draft: Draft, random: Random, emitter: Emitter, taken?: DepartureName[]): void {
  draft.clear();
  emitter.begin(draft, random);
  for (let count = 1 + random.small(3); count > 0; count -= 1) emitter.piece(draft, random);
  for (let count = random.oneIn(3) ? 0 : 1 + random.small(3); count > 0; count -= 1) {
    const name = depart(draft, random, emitter);
    if (name !== undefined) taken?.push(name);
  }
}

/** One cut, a few, or one behind every octet. */
export function emitCuts(length: number, random: Random): readonly number[] {
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
