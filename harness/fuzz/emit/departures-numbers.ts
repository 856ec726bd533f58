import type { Random } from '../random.ts';
import type { Departure } from './departure.ts';
import type { Draft, Mark, Place } from './draft.ts';

/** Octets of two, to fill up what is to be longer. */
const filling = new Uint8Array(2);

/** Nothing, one, the most, a power of two or one beside it, or one beside what stands there or what is left. */
function lengthFor(random: Random, now: number, left: number, width: number): number {
  const power = 2 ** random.below(8 * Math.min(width, 4) + 1);
  return random.pick([0, 1, now - 1, now + 1, left, left + 1, left - 1, power, power - 1, power + 1, 2 ** (8 * Math.min(width, 4)) - 1, 0xfffffff8]);
}

function wrongNumber(place: Place): Departure['apply'] {
  return (draft, random) => {
    const mark = draft.find(place, random);
    if (mark === undefined) return false;
    const { at, width } = mark;
    const now = draft.numberAt(at, width);
    const wrong = lengthFor(random, now, draft.length - at - width, width);
    draft.setNumber(at, width, wrong);
    return draft.numberAt(at, width) !== now;
  };
}

/** A size of a whole frame, at the limits that there are. */
const frameSizes = [
  0, 1, 7, 8, 9, 511, 512, 513, 4087, 4088, 4089, 4095, 4096, 4097, 131_063, 131_064, 131_065, 131_072, 131_073, 0x7fffffff, 0x80000000, 0xffffffff,
];

function frameSize(draft: Draft, random: Random): boolean {
  const frame = draft.find('frame', random);
  const size = frame && draft.all('size').find(({ at, end }) => at >= frame.at && end <= frame.end);
  if (size === undefined) return false;
  draft.setNumber(size.at, size.width, random.pick(frameSizes));
  return true;
}

/** Octets behind the last thing that a size encloses, the size made to fit. */
function trailing(draft: Draft, random: Random): boolean {
  const size = draft.find('size', random);
  if (size === undefined) return false;
  draft.replace(size.end, 0, filling.subarray(0, 1 + random.below(2)), size);
  return true;
}

/** The last octets that a size encloses are taken away, the size made to fit. */
function shortened(draft: Draft, random: Random): boolean {
  const size = draft.find('size', random);
  if (size === undefined) return false;
  const least = Math.max(size.from, size.at + size.width);
  const removed = Math.min(1 + random.small(8), size.end - least);
  if (removed <= 0) return false;
  draft.replace(size.end - removed, removed, filling.subarray(0, 0), size);
  return true;
}

/** What peers announce: none at all, less than anything fits in, and more than anybody has. */
const limitsOf = [0, 1, 2, 7, 8, 9, 100, 511, 512, 4095, 4096, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** Near the ends and the middle of the circle on which serial numbers lie. */
const serialsOf = [0, 1, 2 ** 31 - 2, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 2, 2 ** 32 - 1];

function numberIn(place: Place, numbers: readonly number[]): Departure['apply'] {
  return (draft, random, emitter) => {
    const mark = draft.find(place, random);
    if (mark === undefined) return false;
    putNumber(draft, mark, emitter.number(random.pick(numbers), draft.bytes.subarray(mark.at, Math.max(mark.end, mark.at + mark.width))));
    return true;
  };
}

const putNumber = (draft: Draft, { at, width, end }: Mark, octets: Uint8Array): void => draft.replace(at, Math.max(width, end - at), octets);

/** Two numbers that count on change places: ranges run backwards, deliveries come again. */
function reversed(draft: Draft, random: Random): boolean {
  const all = draft.all('serial');
  if (all.length < 2) return false;
  const index = random.below(all.length - 1);
  const [first, second] = [all[index], all[index + 1]];
  if (first === undefined || second === undefined || overlap(first, second)) return false;
  const [one, other] = [octetsOf(draft, first), octetsOf(draft, second)];
  putNumber(draft, second, one);
  putNumber(draft, first, other);
  return true;
}

const overlap = (first: Mark, second: Mark): boolean => second.at < Math.max(first.end, first.at + first.width);
const octetsOf = (draft: Draft, { at, width, end }: Mark): Uint8Array => draft.bytes.slice(at, Math.max(end, at + width));

/** Departures of declared lengths and counts, of announced limits, and of numbers that count on. */
export const numberDepartures = {
  'wrong-size': { family: 'lengths', weight: 16, apply: wrongNumber('size') },
  'wrong-count': { family: 'lengths', weight: 10, apply: wrongNumber('count') },
  'frame-size': { family: 'lengths', weight: 4, apply: frameSize },
  'body-size': { family: 'lengths', weight: 2, apply: wrongNumber('bodySize') },
  'data-offset': { family: 'lengths', weight: 3, apply: wrongNumber('dataOffset') },
  'trailing-octets': { family: 'lengths', weight: 4, apply: trailing },
  'shortened-value': { family: 'lengths', weight: 4, apply: shortened },
  'odd-limit': { family: 'limits', weight: 2, apply: numberIn('limit', limitsOf) },
  'odd-serial': { family: 'serials', weight: 3, apply: numberIn('serial', serialsOf) },
  'serials-reversed': { family: 'serials', weight: 2, apply: reversed },
} as const satisfies Readonly<Record<string, Departure>>;
