import type { Random } from '../random.ts';
import type { Departure, Emitter } from './departure.ts';
import type { Draft, Mark } from './draft.ts';
import { leaveOut, pairedWith, writeTwice } from './elements.ts';
import { longTexts, oddTexts } from './rare.ts';

const anyOctet =
  (place: 'frameType' | 'frameEnd' | 'channel'): Departure['apply'] =>
  (draft, random) => {
    const mark = draft.find(place, random);
    if (mark === undefined) return false;
    draft.setNumber(mark.at, mark.width, random.oneIn(2) ? random.below(256 ** mark.width) : random.pick(few));
    return true;
  };

const few = [0, 1, 2, 3, 4, 8, 0x7f, 0x80, 0xce, 0xff, 0xffff];

/** Class and method, or a descriptor, become those of another thing, or of none. */
function otherIdentifier(draft: Draft, random: Random, { identifiers }: Emitter): boolean {
  const mark = draft.find('identifiers', random) ?? draft.find('descriptor', random);
  if (mark === undefined) return false;
  const size = Math.max(mark.width, mark.end - mark.at);
  if (random.oneIn(6)) draft.setNumber(mark.at + random.below(size), 1, random.below(256));
  else draft.replace(mark.at, size, random.pick(identifiers));
  return true;
}

/** A value begins as one of another type, or of none. */
function otherType(draft: Draft, random: Random, { types }: Emitter): boolean {
  const mark = draft.find('type', random);
  if (mark === undefined) return false;
  draft.bytes[mark.at] = random.oneIn(3) ? random.below(256) : random.pick(types);
  return true;
}

/** Sets the flag that announces more flags, the flag that stands for no property, or both. */
function propertyFlags(draft: Draft, random: Random): boolean {
  const mark = draft.find('flags', random);
  if (mark === undefined) return false;
  draft.setNumber(mark.at + 1, 1, draft.numberAt(mark.at + 1, 1) | (1 + random.below(3)));
  return true;
}

function header(draft: Draft, random: Random, { headers }: Emitter): boolean {
  draft.splice(0, 0, random.pick(headers));
  return true;
}

/** Not every parser gets past the first frame: what is appended stands alone as often as not. */
function alone(draft: Draft, random: Random): void {
  if (random.oneIn(2)) draft.clear();
}

/** Values in values; now and then too deep for a stack. */
function nesting(draft: Draft, random: Random, emitter: Emitter): boolean {
  alone(draft, random);
  const from = draft.length;
  emitter.deep(draft, random, random.oneIn(60) ? 4_000 + random.below(16_000) : 1 + random.below(random.pick([8, 70, 70, 300])));
  if (draft.length - from < 1_000) emitter.mark(draft, from);
  return true;
}

function promise(draft: Draft, random: Random, emitter: Emitter): boolean {
  alone(draft, random);
  emitter.promise(draft, random);
  return true;
}

/** A rare value in place of another, whose type may be another too. */
function rareValue(draft: Draft, random: Random, { values }: Emitter): boolean {
  const mark = draft.find('type', random);
  if (mark === undefined) return false;
  const type = draft.bytes[mark.at];
  const same = random.oneIn(2) ? values.filter(each => each[0] === type) : [];
  draft.replace(mark.at, mark.end - mark.at, random.pick(same.length > 0 ? same : values));
  return true;
}

/** One value, or a pair of them, is left out of what it stands in, or stands there twice; sizes and counts fit. */
const elements =
  (change: typeof leaveOut): Departure['apply'] =>
  (draft, random) => {
    const pair = random.oneIn(2) ? draft.find('pair', random) : undefined;
    const value = pair ?? draft.find('type', random);
    if (value === undefined) return false;
    if (pair) {
      change(draft, pair, 2);
      return true;
    }
    const { mark, values } = random.oneIn(2) ? pairedWith(draft, value) : { mark: value, values: 1 };
    change(draft, mark, values);
    return true;
  };

const inText =
  (change: (draft: Draft, mark: Mark, random: Random) => boolean): Departure['apply'] =>
  (draft, random) => {
    const mark = draft.find('text', random);
    return mark !== undefined && change(draft, mark, random);
  };

function octetInText(draft: Draft, { at, end }: Mark, random: Random, octet: number): boolean {
  if (at === end) return false;
  draft.setNumber(at + random.below(end - at), 1, octet);
  return true;
}

const replaceText =
  (texts: readonly Uint8Array[]) =>
  (draft: Draft, { at, end }: Mark, random: Random): boolean => {
    draft.replace(at, end - at, random.pick(texts), { at, width: 0, from: at, end });
    return true;
  };

const notUtf8 = [0xff, 0xc0, 0x80, 0xed, 0xa0, 0xf4, 0x90];

/** Departures of identifiers, of nesting and promises, and of values. */
export const valueDepartures = {
  'frame-type': { family: 'identifiers', weight: 3, apply: anyOctet('frameType') },
  'frame-end': { family: 'identifiers', weight: 3, apply: anyOctet('frameEnd') },
  channel: { family: 'identifiers', weight: 1, apply: anyOctet('channel') },
  'other-identifier': { family: 'identifiers', weight: 6, apply: otherIdentifier },
  'other-type': { family: 'identifiers', weight: 8, apply: otherType },
  'property-flags': { family: 'identifiers', weight: 3, apply: propertyFlags },
  'protocol-header': { family: 'identifiers', weight: 1, apply: header },
  nesting: { family: 'nesting', weight: 1, apply: nesting },
  promise: { family: 'nesting', weight: 1, apply: promise },
  'rare-value': { family: 'values', weight: 5, apply: rareValue },
  'element-left-out': { family: 'lengths', weight: 3, apply: elements(leaveOut) },
  'element-twice': { family: 'lengths', weight: 3, apply: elements(writeTwice) },
  'text-zero': { family: 'values', weight: 2, apply: inText((draft, mark, random) => octetInText(draft, mark, random, 0)) },
  'text-not-utf8': { family: 'values', weight: 3, apply: inText((draft, mark, random) => octetInText(draft, mark, random, random.pick(notUtf8))) },
  'long-text': { family: 'values', weight: 1, apply: inText(replaceText(longTexts)) },
  'odd-text': { family: 'values', weight: 2, apply: inText(replaceText(oddTexts)) },
} as const satisfies Readonly<Record<string, Departure>>;
