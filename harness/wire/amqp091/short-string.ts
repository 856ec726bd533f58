import { Buffer } from 'node:buffer';

/** Longest short string in octets. */
export const shortstrMax = 255;

const cacheSlots = 4096;
const cacheable = 64;
/** Words made of earlier octets: names recur, and comparing them costs less than making them anew. Bounded by slots × length. */
const words: string[] = new Array<string>(cacheSlots).fill('');
const lengths = new Uint8Array(cacheSlots);
/** The octets of each word, since comparing octets with octets is faster than with characters. */
const spellings = new Uint8Array(cacheSlots * cacheable);
const spellingsView = new DataView(spellings.buffer);
/** What was last missed in each slot: a word is kept when it is missed twice with no hit in between, so that ids, which never recur, drive no name out. */
const missed = new Int32Array(cacheSlots);

/** The same octets with the methods of a `Buffer`; those that sockets deliver have them already. */
const asBuffer = (bytes: Uint8Array): Buffer => (bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));

/** Octets `start` to `end` as a string; octets that are no valid UTF-8 become the lone surrogates U+DC80 to U+DCFF. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  const text = asBuffer(bytes).toString('utf8', start, end);
  return text.includes('\ufffd') ? escaping(bytes, start, end) : text;
}

/** Octets that words are read from: through a view, which loads four at a time; `cut` makes a string of one character for each octet. */
export interface WordSource {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  cut(start: number, end: number): string;
}

/** Octets `start` to `end` as a string of one character each. */
export const latin1 = (bytes: Uint8Array, start: number, end: number): string => asBuffer(bytes).toString('latin1', start, end);

/** Octets `start` to `end` as a string if all are ASCII and none is zero, as in nearly all names; else undefined. */
export function readWord(source: WordSource, start: number, end: number): string | undefined {
  const length = end - start;
  const hash = hashOf(source.view, start, end);
  if (hash === undefined) return undefined;
  if (length > cacheable) return source.cut(start, end);
  const slot = (hash ^ (hash >>> 12)) & (cacheSlots - 1);
  if (spells(slot, source.view, start, length)) {
    missed[slot] = 0;
    return words[slot];
  }
  if (missed[slot] === hash) return keep(slot, source.bytes, start, length);
  missed[slot] = hash;
  return source.cut(start, end);
}

/** A hash of the octets, four at a time, or undefined where one of them is zero or no ASCII. */
function hashOf(view: DataView, start: number, end: number): number | undefined {
  let hash = end - start;
  let unusual = 0;
  let at = start;
  for (; at < end - 3; at += 4) {
    const four = view.getInt32(at);
    unusual |= four | (four - 0x01010101);
    hash = Math.imul(hash ^ four, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at += 1) {
    const octet = view.getUint8(at);
    unusual |= octet | (octet - 1);
    hash = Math.imul(hash ^ octet, 0x85ebca6b);
  }
  return (unusual & 0x80808080) === 0 ? hash | 0 : undefined;
}

function keep(slot: number, bytes: Uint8Array, start: number, length: number): string {
  const word = asName(latin1(bytes, start, start + length));
  words[slot] = word;
  lengths[slot] = length;
  spellings.set(bytes.subarray(start, start + length), slot * cacheable);
  return word;
}

/** The same string as engines hold the names of properties, so that storing under it needs no look-up of its own. */
function asName(text: string): string {
  return Object.keys({ [text]: true })[0] ?? text;
}

function spells(slot: number, view: DataView, start: number, length: number): boolean {
  if (lengths[slot] !== length) return false;
  const base = slot * cacheable;
  let index = 0;
  for (; index < length - 3; index += 4) if (spellingsView.getInt32(base + index) !== view.getInt32(start + index)) return false;
  for (; index < length; index += 1) if (spellings[base + index] !== view.getUint8(start + index)) return false;
  return true;
}

/** Decodes UTF-8 sequence by sequence where some octets are none. */
function escaping(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; ) {
    const length = sequenceLength(bytes, at, end);
    text += length === 0 ? String.fromCharCode(0xdc00 | (bytes[at] as number)) : asBuffer(bytes).toString('utf8', at, at + length);
    at += length || 1;
  }
  return text;
}

/** Lowest and highest second octet by first octet, where UTF-8 excludes overlong forms, surrogates and what is above U+10FFFF. */
const secondOctet: Readonly<Record<number, readonly [number, number]>> = { 224: [0xa0, 0xbf], 237: [0x80, 0x9f], 240: [0x90, 0xbf], 244: [0x80, 0x8f] };

/** Octets of the UTF-8 sequence that starts here; 0 where none does. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > end) return 0;
  const [low, high] = secondOctet[first] ?? [0x80, 0xbf];
  const second = bytes[at + 1] as number;
  if (second < low || second > high) return 0;
  for (let index = 2; index < length; index += 1) if (((bytes[at + index] as number) & 0xc0) !== 0x80) return 0;
  return length;
}

const loneSurrogate = /\p{Surrogate}/u;

/**
 * The octets of a string: UTF-8, and U+DC80 to U+DCFF, where they stand alone, as the octets 80 to FF.
 * @throws {RangeError} for other lone surrogates: no octets stand for them.
 */
export function textOctets(text: string): Uint8Array {
  if (!loneSurrogate.test(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (const symbol of text) {
    const code = symbol.codePointAt(0) as number;
    if (code >= 0xdc80 && code <= 0xdcff) parts.push(Buffer.of(code & 0xff));
    else if (code >= 0xd800 && code <= 0xdfff) throw new RangeError(`no octets stand for the lone surrogate U+${code.toString(16).toUpperCase()}`);
    else parts.push(Buffer.from(symbol, 'utf8'));
  }
  return Buffer.concat(parts);
}

/**
 * Writes a short string at `at`, where there is room for the longest, and answers where it ends.
 * @throws {RangeError} where it is longer than a short string may be, or no octets stand for it.
 */
export function writeShortstr(octets: Uint8Array, at: number, text: string): number {
  const { length } = text;
  const start = at + 1;
  let index = 0;
  for (; index < length && index < shortstrMax; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) break;
    octets[start + index] = code;
  }
  if (index < length) return writeUnusual(octets, at, textOctets(text));
  octets[at] = length;
  return start + length;
}

function writeUnusual(octets: Uint8Array, at: number, spelled: Uint8Array): number {
  if (spelled.length > shortstrMax) throw new RangeError(`a short string of ${spelled.length} octets: ${shortstrMax} is the most`);
  octets[at] = spelled.length;
  octets.set(spelled, at + 1);
  return at + 1 + spelled.length;
}
