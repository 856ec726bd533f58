import { describedCode, type EncodingRow, type PrimitiveType, primitives } from '../../spec/amqp10/primitives.ts';
import type { Random } from '../random.ts';
import type { Draft } from './draft.ts';

/** Appends something legal to a draft. */
export type Emit = (draft: Draft, random: Random) => void;

const encoder = new TextEncoder();
const octetsOf = (words: readonly string[]): readonly Uint8Array[] => words.map(word => encoder.encode(word));
const words = octetsOf(['', 'a', 'queue', 'amqp:link', 'a-1', '/', 'text/plain', 'en-US', 'PLAIN', 'x-opt-key', 'localhost', 'q1', 'container']);
const otherWords = octetsOf(['Grüße', '\u{1f407}', '€'.repeat(43)]);
const largeWords = octetsOf(['s'.repeat(255), 'l'.repeat(256)]);

/** Encodings of a type, by name and all of them. */
export const encodingsOf = (type: PrimitiveType): readonly EncodingRow[] => Object.values(primitives[type] as Readonly<Record<string, EncodingRow>>);
const rows = Object.fromEntries((Object.keys(primitives) as PrimitiveType[]).map(type => [type, encodingsOf(type)])) as Readonly<
  Record<PrimitiveType, readonly EncodingRow[]>
>;

/** Begins a size of so many octets; `endSized` answers whether it fitted. */
export function endSized(draft: Draft, at: number, width: number): void {
  draft.setNumber(at, width, draft.length - at - width);
}

const ends = [0, 1, 0x7f, 0x80, 0xff];

function fixedOctets(draft: Draft, random: Random, width: number): void {
  if (width === 0) return;
  if (random.oneIn(3)) {
    const fill = random.pick(ends);
    const last = random.pick(ends);
    const at = draft.grow(width);
    for (let octet = at; octet < at + width - 1; octet += 1) draft.bytes[octet] = fill;
    draft.bytes[at + width - 1] = last;
  } else draft.noise(width, random);
}

/** Code points at the ends of what they may be. */
const characters = [0, 0x41, 0x7f, 0x80, 0xd7ff, 0xe000, 0xffff, 0x1f407, 0x10ffff];

function word(random: Random, type: PrimitiveType, width: number): Uint8Array {
  if (width === 4 && random.oneIn(60)) return random.pick(largeWords);
  return type === 'string' && random.oneIn(6) ? random.pick(otherWords) : random.pick(words);
}

/** The octets of a scalar behind its constructor. */
function scalarBody(draft: Draft, random: Random, type: PrimitiveType, { category, width }: EncodingRow): void {
  if (category === 'fixed') {
    if (type === 'boolean' && width > 0) draft.octet(random.below(2));
    else if (type === 'char') draft.long(random.pick(characters));
    else fixedOctets(draft, random, width);
    return;
  }
  if (type === 'binary') {
    const size = random.oneIn(30) ? random.below(256) : random.small(16);
    draft.setNumber(draft.grow(width), width, size);
    draft.noise(size, random);
    return;
  }
  const text = word(random, type, width);
  draft.setNumber(draft.grow(width), width, text.length);
  draft.raw(text);
}

/** Appends a value of that type in any of its encodings, its constructor first; what it holds is nested no deeper than `depth`. */
export function valueIn(draft: Draft, random: Random, type: PrimitiveType, depth = 1): void {
  const row = random.pick(rows[type]);
  draft.octet(row.code);
  body(draft, random, type, row, depth);
}

function body(draft: Draft, random: Random, type: PrimitiveType, row: EncodingRow, depth: number): void {
  if (row.category === 'array') array(draft, random, row, depth);
  else if (row.category === 'compound') compound(draft, random, row, random.small(depth > 0 ? 4 : 0), type === 'map' ? pair : anyValue, depth - 1);
  else scalarBody(draft, random, type, row);
}

/** Appends a list or map behind its constructor; what does not fit one octet is written anew with fewer elements. */
export function compound(
  draft: Draft,
  random: Random,
  { width, code }: EncodingRow,
  elements: number,
  element: (draft: Draft, random: Random, depth: number, index: number) => void,
  depth: number,
): void {
  const perElement = mapCodes.has(code) ? 2 : 1;
  const at = draft.grow(2 * width);
  let count = 0;
  for (; count < elements; count += 1) {
    const before = draft.length;
    element(draft, random, depth, count);
    if (width === 1 && draft.length - at - 1 > 0xff) {
      draft.truncate(before);
      break;
    }
  }
  endSized(draft, at, width);
  draft.setNumber(at + width, width, count * perElement);
}

const mapCodes: ReadonlySet<number> = new Set(rows.map.map(({ code }) => code));
const types = Object.keys(primitives) as PrimitiveType[];
const flatTypes = types.filter(type => type !== 'list' && type !== 'map' && type !== 'array');

/** Any value; described now and then. */
export function anyValue(draft: Draft, random: Random, depth: number): void {
  if (depth > 0 && random.oneIn(12)) described(draft, random, depth);
  else valueIn(draft, random, random.pick(depth > 0 ? types : flatTypes), depth);
}

/** A key that no other pair of the map has, and a value. */
function pair(draft: Draft, random: Random, depth: number, index: number): void {
  keyOf(draft, random, random.pick(keyTypes), index);
  anyValue(draft, random, depth);
}

const keyTypes = ['symbol', 'string', 'ulong', 'uint'] as const;
const { smallulong, ulong } = primitives.ulong;

/** A key that ends with its index, so that keys of a type differ. */
export function keyOf(draft: Draft, random: Random, type: (typeof keyTypes)[number], index: number): void {
  if (type === 'ulong') {
    const row = random.pick([smallulong, ulong]);
    draft.octet(row.code);
    draft.setNumber(draft.grow(row.width), row.width, 16 + index);
  } else if (type === 'uint') {
    draft.octet(primitives.uint.smalluint.code);
    draft.octet(index);
  } else {
    const row = random.pick(rows[type]);
    const text = random.pick(words);
    draft.octet(row.code);
    draft.setNumber(draft.grow(row.width), row.width, text.length + 1);
    draft.raw(text);
    draft.octet(0x61 + (index % 26));
  }
}

const strangers = octetsOf(['x', 'example:other:list', 'apache.org:selector-filter:string']);

/** A value with a descriptor of nobody's. */
export function described(draft: Draft, random: Random, depth: number): void {
  draft.octet(describedCode);
  if (random.oneIn(3)) {
    draft.octet(ulong.code);
    draft.long(0xa3b9);
    draft.long(random.below(300));
  } else {
    const name = random.pick(strangers);
    const row = random.pick(rows.symbol);
    draft.octet(row.code);
    draft.setNumber(draft.grow(row.width), row.width, name.length);
    draft.raw(name);
  }
  anyValue(draft, random, depth - 1);
}

/** An array behind its constructor: of any type, now and then of described elements, none, or elements without octets. */
function array(draft: Draft, random: Random, { width }: EncodingRow, depth: number): void {
  const type = random.pick(depth > 0 ? types : flatTypes);
  arrayOf(draft, random, width, type, random.small(5), depth - 1, random.oneIn(12));
}

/** An array of that type behind its constructor. */
export function arrayOf(draft: Draft, random: Random, width: number, type: PrimitiveType, items: number, depth: number, describe = false): void {
  const start = draft.length;
  const row = random.pick(rows[type]);
  const at = draft.grow(2 * width);
  if (describe) {
    draft.octet(describedCode);
    draft.octet(primitives.symbol.sym8.code);
    draft.octet(1);
    draft.octet(0x78);
  }
  draft.octet(row.code);
  let count = 0;
  for (; count < items; count += 1) {
    const before = draft.length;
    body(draft, random, type, row, Math.max(0, depth));
    if (width === 1 && draft.length - start - 1 > 0xff) {
      draft.truncate(before);
      break;
    }
  }
  endSized(draft, at, width);
  draft.setNumber(at + width, width, count);
}
