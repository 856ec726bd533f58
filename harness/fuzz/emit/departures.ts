import { protocolHeader } from '../../spec/amqp091/constants.ts';
import type { TagDialect } from '../../spec/amqp091/domains.ts';
import type { Random } from '../random.ts';
import type { Draft } from './draft.ts';
import { nestedPiece } from './legal.ts';

/** One way to leave the legal path: how often it is taken, against the others, and what it does. Where it finds nothing to change it does nothing. */
interface Departure {
  readonly weight: number;
  readonly apply: (draft: Draft, random: Random, tags: TagDialect) => void;
}

const oddOctets = [0, 1, 7, 0x1f, 0x7f, 0x80, 0xce, 0xff];
const notUtf8 = [0xff, 0xc0, 0x80, 0xed, 0xa0, 0xf4, 0x90];

/** A span that lies in the draft: where it starts and how long it is. */
function span(draft: Draft, random: Random): readonly [number, number] {
  const start = random.below(draft.length);
  return [start, random.small(draft.length - start)];
}

/** Changes the octet at an offset, where there is one. */
function change(draft: Draft, offset: number | undefined, to: (octet: number) => number): void {
  if (offset !== undefined && offset < draft.length) draft.bytes[offset] = to(draft.bytes[offset] as number);
}

function wrongSize(draft: Draft, random: Random): void {
  const offset = draft.find('size', random);
  if (offset === undefined) return;
  const size = draft.longAt(offset);
  const left = draft.length - offset - 4;
  const flipped = size ^ (1 << random.below(32));
  draft.setLong(offset, random.pick([0, size - 1, size + 1, left, left + 1, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff, flipped]));
}

/** Changes an octet within a short string that has any. */
function inText(draft: Draft, random: Random, octet: number): void {
  const offset = draft.find('length', random);
  const length = offset === undefined ? 0 : (draft.bytes[offset] as number);
  if (offset !== undefined && length > 0) change(draft, offset + 1 + random.below(length), () => octet);
}

/** Sets the flag that announces more flags, the flag that stands for no property, or both. */
function propertyFlags(draft: Draft, random: Random): void {
  const offset = draft.find('flags', random);
  if (offset !== undefined) change(draft, offset + 1, octet => octet | (1 + random.below(3)));
}

/** Appends a frame with tables in tables, or puts it in place of all: not every parser gets past the first frame. Now and then too deep for a stack. */
function nesting(draft: Draft, random: Random, tags: TagDialect): void {
  if (random.oneIn(2)) draft.clear();
  nestedPiece(draft, random, tags, random.oneIn(20) ? 4_000 + random.below(16_000) : 1 + random.small(300));
}

/** Copies a span to another place, in between or over what stands there. */
function splice(draft: Draft, random: Random): void {
  const [start, size] = span(draft, random);
  draft.splice(random.below(draft.length), random.oneIn(2) ? size : 0, draft.bytes.subarray(start, start + size));
}

function repeat(draft: Draft, random: Random): void {
  const [start, size] = span(draft, random);
  const piece = draft.bytes.slice(start, start + size);
  for (let times = 1 + random.small(6); times > 0; times -= 1) draft.splice(start, 0, piece);
}

/** Every departure by its name. */
export const departures = {
  'wrong-size': { weight: 16, apply: wrongSize },
  'wrong-length': {
    weight: 8,
    apply: (draft, random) => change(draft, draft.find('length', random), length => random.pick([0, length - 1, length + 1, 127, 128, 255])),
  },
  'frame-type': { weight: 3, apply: (draft, random) => change(draft, draft.find('frame', random), () => random.below(256)) },
  'frame-end': { weight: 3, apply: (draft, random) => change(draft, draft.find('frameEnd', random), () => random.pick(oddOctets)) },
  identifiers: { weight: 5, apply: (draft, random) => change(draft, draft.find('identifiers', random), () => random.below(256)) },
  tag: { weight: 8, apply: (draft, random) => change(draft, draft.find('tag', random), () => random.below(256)) },
  'property-flags': { weight: 5, apply: propertyFlags },
  nesting: { weight: 1, apply: nesting },
  'text-zero': { weight: 3, apply: (draft, random) => inText(draft, random, 0) },
  'text-not-utf8': { weight: 3, apply: (draft, random) => inText(draft, random, random.pick(notUtf8)) },
  'bit-flip': { weight: 6, apply: (draft, random) => change(draft, random.below(draft.length), octet => octet ^ (1 << random.below(8))) },
  octet: { weight: 5, apply: (draft, random) => change(draft, random.below(draft.length), () => random.pick(oddOctets)) },
  truncation: { weight: 5, apply: (draft, random) => draft.truncate(random.below(draft.length)) },
  cut: { weight: 4, apply: (draft, random) => draft.splice(...span(draft, random), new Uint8Array(0)) },
  splice: { weight: 4, apply: splice },
  repeat: { weight: 3, apply: repeat },
  noise: { weight: 2, apply: (draft, random) => draft.noise(1 + random.small(60), random) },
  'protocol-header': { weight: 1, apply: draft => draft.splice(0, 0, Uint8Array.from(protocolHeader)) },
} as const satisfies Readonly<Record<string, Departure>>;

export type DepartureName = keyof typeof departures;

/** Each name as often as its weight says. */
const raffle: readonly DepartureName[] = Object.entries(departures).flatMap(([name, { weight }]) =>
  new Array<DepartureName>(weight).fill(name as DepartureName),
);

/** Departs from the legal path once; answers how. */
export function depart(draft: Draft, random: Random, tags: TagDialect): DepartureName {
  const name = random.pick(raffle);
  departures[name].apply(draft, random, tags);
  return name;
}
