import type { Random } from '../random.ts';
import type { Departure, Emitter } from './departure.ts';
import type { Draft } from './draft.ts';

const oddOctets = [0, 1, 7, 0x1f, 0x7f, 0x80, 0xce, 0xff];
const nothing = new Uint8Array(0);

/** A span that lies in the draft: where it starts and how long it is. */
function span(draft: Draft, random: Random): readonly [number, number] {
  const start = random.below(draft.length);
  return [start, random.small(draft.length - start)];
}

function changed(draft: Draft, at: number, to: (octet: number) => number): boolean {
  if (at >= draft.length) return false;
  draft.bytes[at] = to(draft.bytes[at] as number);
  return true;
}

function cut(draft: Draft, random: Random): boolean {
  draft.splice(...span(draft, random), nothing);
  return true;
}

/** Copies a span to another place, in between or over what stands there. */
function splice(draft: Draft, random: Random): boolean {
  const [start, size] = span(draft, random);
  draft.splice(random.below(draft.length), random.oneIn(2) ? size : 0, draft.bytes.slice(start, start + size));
  return true;
}

function repeat(draft: Draft, random: Random): boolean {
  const [start, size] = span(draft, random);
  const piece = draft.bytes.slice(start, start + size);
  for (let times = 1 + random.small(6); times > 0; times -= 1) draft.splice(start, 0, piece);
  return true;
}

/** A few octets of a recorded conversation stand before, between or in place of others, as they came. */
function recorded(draft: Draft, random: Random, { recordings }: Emitter): boolean {
  if (recordings.length === 0) return false;
  const recording = random.pick(recordings);
  const start = random.below(recording.length);
  const piece = recording.subarray(start, start + 1 + random.small(400));
  draft.splice(random.below(draft.length + 1), random.oneIn(2) ? random.small(draft.length) : 0, piece);
  return true;
}

/** A whole frame comes again, is left out, changes places with the next, or moves to another channel. */
function frameAgain(draft: Draft, random: Random): boolean {
  const frame = draft.find('frame', random);
  if (frame === undefined) return false;
  draft.splice(random.oneIn(2) ? frame.end : 0, 0, draft.bytes.slice(frame.at, frame.end));
  return true;
}

function frameLeftOut(draft: Draft, random: Random): boolean {
  const frame = draft.find('frame', random);
  if (frame === undefined || frame.end - frame.at === draft.length) return false;
  draft.splice(frame.at, frame.end - frame.at, nothing);
  return true;
}

function framesSwapped(draft: Draft, random: Random): boolean {
  const frames = draft.all('frame');
  const index = random.below(frames.length - 1);
  const [first, second] = [frames[index], frames[index + 1]];
  if (first === undefined || second === undefined) return false;
  const moved = draft.bytes.slice(first.at, first.end);
  draft.splice(second.end, 0, moved);
  draft.splice(first.at, moved.length, nothing);
  return true;
}

/** A frame of anything comes between others. */
function frameBetween(draft: Draft, random: Random, emitter: Emitter): boolean {
  const frame = draft.find('frame', random);
  if (frame === undefined) return false;
  const before = draft.length;
  emitter.piece(draft, random);
  const other = draft.bytes.slice(before, draft.length);
  draft.truncate(before);
  draft.splice(frame.at, 0, other);
  return true;
}

function otherChannel(draft: Draft, random: Random): boolean {
  const mark = draft.find('channel', random);
  if (mark === undefined) return false;
  draft.setNumber(mark.at, mark.width, draft.numberAt(mark.at, mark.width) === 0 ? 1 : 0);
  return true;
}

/** Departures of where octets end, of frames out of place, and of octets whatever they stand for. */
export const octetDepartures = {
  truncation: {
    family: 'cutting',
    weight: 5,
    apply(draft, random) {
      draft.truncate(random.below(draft.length));
      return true;
    },
  },
  cut: { family: 'cutting', weight: 3, apply: cut },
  'frame-again': { family: 'state', weight: 1, apply: frameAgain },
  'frame-left-out': { family: 'state', weight: 1, apply: frameLeftOut },
  'frames-swapped': { family: 'state', weight: 1, apply: framesSwapped },
  'frame-between': { family: 'state', weight: 1, apply: frameBetween },
  'other-channel': { family: 'state', weight: 1, apply: otherChannel },
  'bit-flip': {
    family: 'recordings',
    weight: 6,
    apply: (draft, random) => changed(draft, random.below(draft.length), octet => octet ^ (1 << random.below(8))),
  },
  octet: { family: 'recordings', weight: 4, apply: (draft, random) => changed(draft, random.below(draft.length), () => random.pick(oddOctets)) },
  splice: { family: 'recordings', weight: 3, apply: splice },
  repeat: { family: 'recordings', weight: 2, apply: repeat },
  recorded: { family: 'recordings', weight: 3, apply: recorded },
  noise: {
    family: 'recordings',
    weight: 2,
    apply(draft, random) {
      draft.noise(1 + random.small(60), random);
      return true;
    },
  },
} as const satisfies Readonly<Record<string, Departure>>;
