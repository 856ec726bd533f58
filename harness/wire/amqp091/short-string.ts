/** Longest short string in octets. */
export const shortstrMax = 255;

const cacheSlots = 2048;
const cacheable = 64;
/** Strings made of earlier octets: names recur, and comparing them costs less than making them anew. Bounded by slots × length. */
const cache: string[] = new Array<string>(cacheSlots).fill('');

/** The same octets with the methods of a `Buffer`; those that sockets deliver have them already. */
const asBuffer = (bytes: Uint8Array): Buffer => (bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));

/** Octets `start` to `end` as a string; octets that are no valid UTF-8 become the lone surrogates U+DC80 to U+DCFF. */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  if (start >= end) return '';
  let hash = end - start;
  let seen = 0;
  for (let at = start; at < end; at += 1) {
    const octet = bytes[at] as number;
    seen |= octet;
    hash = (Math.imul(hash, 31) + octet) | 0;
  }
  if (seen >= 0x80) return utf8(bytes, start, end);
  if (end - start > cacheable) return asBuffer(bytes).toString('latin1', start, end);
  const slot = (hash ^ (hash >>> 11)) & (cacheSlots - 1);
  const known = cache[slot] as string;
  if (spells(known, bytes, start, end)) return known;
  const text = asBuffer(bytes).toString('latin1', start, end);
  cache[slot] = text;
  return text;
}

function spells(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) !== bytes[start + index]) return false;
  return true;
}

function utf8(bytes: Uint8Array, start: number, end: number): string {
  const text = asBuffer(bytes).toString('utf8', start, end);
  return text.includes('\ufffd') ? escaping(bytes, start, end) : text;
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
