import { frameHead } from '../../spec/amqp10/constants.ts';
import { frameOverhead } from '../../spec/amqp091/constants.ts';
import type { FuzzProtocol } from '../finding.ts';
import { valuesOf, withoutValue } from './shrink-values.ts';

/** How long a shrinker may go on. */
export interface ShrinkOptions {
  /** Whose frames the octets are; `amqp091` unless given. */
  readonly protocol?: FuzzProtocol;
  /** Most candidates that are tried; 5,000 unless given. */
  readonly triesMax?: number;
  /** Asked before each try; the best so far is the answer once it says so. */
  readonly enough?: () => boolean;
}

/** Whether the candidate fails in the way that is being shrunk. */
type Fails = (candidate: Uint8Array) => Promise<boolean>;

/**
 * The smallest and plainest octets found that still fail: whole frames are dropped, spans cut out with the sizes around them made to fit, octets
 * lowered. `bytes` themselves are taken to fail. Always the same for the same answers of `fails`.
 */
export async function shrink(
  bytes: Uint8Array,
  fails: Fails,
  { protocol = 'amqp091', triesMax = 5_000, enough = () => false }: ShrinkOptions = {},
): Promise<Uint8Array> {
  const best = new Best(bytes, fails, triesMax, enough);
  const starts = startsOf[protocol];
  for (let before = -1; before !== best.steps; ) {
    before = best.steps;
    await dropFrames(best, starts);
    await dropValues(best, protocol);
    await cutSpans(best, protocol);
    await lowerOctets(best);
  }
  return best.bytes;
}

/** The best candidate so far. */
class Best {
  bytes: Uint8Array;
  /** How often a candidate took its place. */
  steps = 0;
  readonly #fails: Fails;
  readonly #enough: () => boolean;
  #left: number;

  constructor(bytes: Uint8Array, fails: Fails, tries: number, enough: () => boolean) {
    this.bytes = bytes;
    this.#fails = fails;
    this.#left = tries;
    this.#enough = enough;
  }

  get exhausted(): boolean {
    return this.#left <= 0 || this.#enough();
  }

  /** Whether the candidate fails too, and so takes the place of the best. */
  async accepts(candidate: Uint8Array): Promise<boolean> {
    if (this.exhausted) return false;
    this.#left -= 1;
    if (!(await this.#fails(candidate))) return false;
    this.bytes = candidate;
    this.steps += 1;
    return true;
  }
}

/** Where the frames of the octets start, as far as their declared sizes can be followed; the end is the last one. */
type Starts = (bytes: Uint8Array) => readonly number[];

const startsBy =
  (head: number, sizeOf: (bytes: Uint8Array, at: number) => number): Starts =>
  bytes => {
    const starts = [0];
    for (let at = 0; at + head <= bytes.length; ) {
      const size = bytes[at] === 0x41 ? head : sizeOf(bytes, at);
      at += Math.max(size, head);
      if (at >= bytes.length) break;
      starts.push(at);
    }
    return [...starts, bytes.length];
  };

/** A frame of either protocol has eight octets at least, and so has a protocol header. */
const startsOf: { readonly [P in FuzzProtocol]: Starts } = {
  amqp091: startsBy(frameOverhead, (bytes, at) => longAt(bytes, at + 3) + frameOverhead),
  amqp10: startsBy(frameHead, longAt),
};

async function dropFrames(best: Best, startsIn: Starts): Promise<void> {
  for (let count = startsIn(best.bytes).length >> 1; count >= 1; count >>= 1) {
    for (let index = 0; !best.exhausted; ) {
      const starts = startsIn(best.bytes);
      if (starts.length <= 2 || index >= starts.length - 1) break;
      const [start = 0, end = best.bytes.length] = [starts[index], starts[Math.min(index + count, starts.length - 1)]];
      if (!(await best.accepts(without(best.bytes, start, end)))) index += count;
    }
  }
}

/** Leaves out values of lists, maps and tables, or makes them plain. */
async function dropValues(best: Best, protocol: FuzzProtocol): Promise<void> {
  for (let index = 0; !best.exhausted; ) {
    const value = valuesOf(best.bytes, protocol)[index];
    if (value === undefined) return;
    let taken = false;
    for (const candidate of withoutValue(best.bytes, protocol, value)) taken ||= await best.accepts(candidate);
    if (!taken) index += 1;
  }
}

/** Spans of each of these sizes are cut from every place, so that whole fields of a table can go. */
const fine = 16;
/** Octets up to which that is worth its tries. */
const fineMax = 200;

async function cutSpans(best: Best, protocol: FuzzProtocol): Promise<void> {
  for (let size = best.bytes.length >> 1; size >= 1; size = size <= fine && best.bytes.length <= fineMax ? size - 1 : size >> 1) {
    const stride = size <= fine && best.bytes.length <= fineMax ? 1 : size;
    for (let start = 0; start < best.bytes.length && !best.exhausted; ) {
      const end = Math.min(start + size, best.bytes.length);
      const cut = (await best.accepts(fitted(best.bytes, start, end, protocol))) || (await best.accepts(without(best.bytes, start, end)));
      if (!cut) start += stride;
    }
  }
}

async function lowerOctets(best: Best): Promise<void> {
  for (let at = 0; at < best.bytes.length && !best.exhausted; at += 1) {
    const octet = best.bytes[at] as number;
    const lower = [0, 1, octet >> 1, octet - 1].filter((value, index, all) => value >= 0 && value < octet && all.indexOf(value) === index);
    for (const value of lower) if (await best.accepts(replaced(best.bytes, at, value))) break;
  }
}

function longAt(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

function replaced(bytes: Uint8Array, at: number, octet: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = octet;
  return changed;
}

function without(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const left = new Uint8Array(bytes.length - (end - start));
  left.set(bytes.subarray(0, start));
  left.set(bytes.subarray(end), start);
  return left;
}

/** Without a span, what may be a size around it lowered by so much: every long, and of the octets the one that ends closest behind it. */
function fitted(bytes: Uint8Array, start: number, end: number, protocol: FuzzProtocol): Uint8Array {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  const around = (at: number, width: number, size: number): boolean => at + width <= start && at + width + size >= end && at + width + size <= bytes.length;
  let closest: number | undefined;
  // The size of a frame of 1.0 counts itself.
  const frame = protocol === 'amqp10' ? startsOf.amqp10(bytes).findLast(each => each + 4 <= start) : undefined;
  if (frame !== undefined && around(frame, 4, longAt(bytes, frame) - 4)) view.setUint32(frame, longAt(bytes, frame) - (end - start));
  for (let at = 0; at < start; at += 1) {
    const size = longAt(bytes, at);
    const length = bytes[at] as number;
    if (at === frame) continue;
    if (around(at, 4, size)) view.setUint32(at, size - (end - start));
    else if (around(at, 1, length) && (closest === undefined || at + length < closest + (bytes[closest] as number))) closest = at;
  }
  if (closest !== undefined && inSameSize(bytes, closest, end)) changed[closest] = (bytes[closest] as number) - (end - start);
  return without(changed, start, end);
}

/** An octet above the letters' range or right before what it counts is a length rather than text. */
function inSameSize(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 1 + (bytes[at] as number) - end < 32;
}
