import { type CompositeName, type CompositeRow, composites, type SectionName, type SectionRow, sections } from '../../spec/amqp10/composites.ts';
import { dataOffsetMin, frameTypes } from '../../spec/amqp10/constants.ts';
import { describedCode, type EncodingRow, primitives } from '../../spec/amqp10/primitives.ts';
import { protocolHeaders } from '../../wire/amqp10/codec.ts';
import { protocolHeader091 } from '../../wire/protocol-header.ts';
import type { Random } from '../random.ts';
import { compositeOf, descriptor, keyed } from './amqp10-fields.ts';
import { mark10 } from './amqp10-marks.ts';
import { rareValues } from './amqp10-rare.ts';
import { anyValue, type Emit, valueIn } from './amqp10-values.ts';
import { bigEndian } from './big-endian.ts';
import type { Emitter } from './departure.ts';
import type { Draft } from './draft.ts';
import { recordings } from './recordings.ts';

const providing = (archetype: 'frame' | 'sasl-frame'): readonly CompositeName[] =>
  Object.entries(composites).flatMap(([name, row]) => ((row as CompositeRow).provides?.includes(archetype) ? [name as CompositeName] : []));
const performatives = providing('frame');
const saslBodies = providing('sasl-frame');

/** Begins a frame, now and then with an extended header, and answers where it starts. */
function begin(draft: Draft, random: Random, type: number, channel: number): number {
  const start = draft.beginSize();
  const extended = random.oneIn(20) ? 1 + random.below(3) : 0;
  draft.octet(dataOffsetMin + extended);
  draft.octet(type);
  draft.short(channel);
  draft.noise(4 * extended, random);
  return start;
}

const end = (draft: Draft, start: number): void => draft.setNumber(start, 4, draft.length - start);

const encoder = new TextEncoder();
const sectionRows = Object.entries(sections as Readonly<Record<SectionName, SectionRow>>).map(([name, row]) => ({
  ...row,
  name: name as SectionName,
  octets: encoder.encode(row.symbol),
  emit: valueEmit(name as SectionName, row),
}));
type Section = (typeof sectionRows)[number];
const head = sectionRows.filter(({ body, name }) => !body && name !== 'footer');
const bodies = sectionRows.filter(({ body }) => body);
const footer = sectionRows.filter(({ name }) => name === 'footer');

function valueEmit(name: SectionName, { of, keys }: SectionRow): Emit {
  if (keys) return keyed(keys, name === 'application-properties' ? (draft, random) => anyValue(draft, random, 0) : anyValue);
  if (of === 'binary' || of === 'list') return (draft, random) => valueIn(draft, random, of);
  return (draft, random) => anyValue(draft, random, 2);
}

function section(draft: Draft, random: Random, { name, code, octets, of, emit }: Section): void {
  if (of === 'header' || of === 'properties') compositeOf(name as 'header' | 'properties', draft, random);
  else {
    descriptor(draft, random, code, octets);
    emit(draft, random);
  }
}

/** Appends a message: any sections before the body, a body of one kind, a footer now and then. */
function message(draft: Draft, random: Random): void {
  const full = random.oneIn(16);
  for (const row of head) if (full || random.oneIn(5)) section(draft, random, row);
  const row = random.pick(bodies);
  for (let left = row.repeats ? 1 + random.small(2) : 1; left > 0; left -= 1) section(draft, random, row);
  for (const last of footer) if (full || random.oneIn(8)) section(draft, random, last);
}

const channels = [0, 0, 0, 1, 2, 0xff, 0xffff];

function performative(draft: Draft, random: Random, name: CompositeName): void {
  const start = begin(draft, random, frameTypes.amqp, random.pick(channels));
  compositeOf(name, draft, random);
  if (name === 'transfer' && !random.oneIn(4)) message(draft, random);
  end(draft, start);
}

function piece(draft: Draft, random: Random): void {
  const choice = random.below(20);
  if (choice < 12) performative(draft, random, random.pick(performatives));
  else if (choice < 14) performative(draft, random, 'transfer');
  else if (choice < 18) {
    const start = begin(draft, random, frameTypes.sasl, 0);
    compositeOf(random.pick(saslBodies), draft, random);
    end(draft, start);
  } else end(draft, begin(draft, random, frameTypes.amqp, random.pick(channels)));
}

const { list32, list8 } = primitives.list;
const { map32 } = primitives.map;
const { array32, array8 } = primitives.array;

/** Appends what `value` appends in a property of open, or as the value of a message. */
function somewhere(draft: Draft, random: Random, value: () => void): void {
  const start = begin(draft, random, frameTypes.amqp, 0);
  if (random.oneIn(2)) {
    compositeOf('transfer', draft, random);
    descriptor(draft, random, sections['amqp-value'].code, encoder.encode(sections['amqp-value'].symbol));
    value();
  } else {
    descriptor(draft, random, composites.open.code, encoder.encode(composites.open.symbol));
    const fields = Object.keys(composites.open.fields);
    draft.octet(list32.code);
    const list = draft.grow(4);
    draft.long(fields.length);
    for (const octet of [primitives.string['str8-utf8'].code, 0]) draft.octet(octet);
    for (let left = fields.length - 2; left > 0; left -= 1) draft.octet(primitives.null.null.code);
    draft.octet(map32.code);
    const map = draft.grow(4);
    draft.long(2);
    for (const octet of symbol8('x')) draft.octet(octet);
    value();
    draft.endSize(map);
    draft.endSize(list);
  }
  end(draft, start);
}

/** Ways to open one level: what stands before the value within it; its size comes last but for the count. */
const levels: readonly { readonly before: readonly number[]; readonly sized: boolean }[] = [
  { before: [list32.code], sized: true },
  { before: [map32.code], sized: true },
  { before: [describedCode, primitives.ulong.smallulong.code, 0xff], sized: false },
];

/** Lists, maps and described values in each other, as deep as told, or arrays of arrays. */
function deep(draft: Draft, random: Random, depth: number): void {
  const arrays = random.oneIn(3);
  somewhere(draft, random, () => {
    const open: number[] = [];
    if (arrays) draft.octet(array32.code);
    for (let level = 0; level < depth; level += 1) {
      const { before, sized } = arrays ? { before: [], sized: true } : random.pick(levels);
      for (const octet of before) draft.octet(octet);
      if (!sized) continue;
      open.push(draft.grow(4));
      draft.long(before[0] === map32.code ? 2 : 1);
      if (arrays) draft.octet(level === depth - 1 ? primitives.ubyte.ubyte.code : array32.code);
      else if (before[0] === map32.code) draft.octet(primitives.uint.uint0.code);
    }
    draft.octet(arrays ? 7 : primitives.null.null.code);
    for (const at of open) draft.endSize(at);
  });
}

const zeroWidth = Object.values(primitives).flatMap(rows => Object.values(rows as Readonly<Record<string, EncodingRow>>).filter(({ width }) => width === 0));
const counts = [0xffffffff, 0x80000000, 0x7fffffff, 1 << 24, 16_385, 16_384, 1000];

/** An array of elements without octets, one array of them in each element of another, or a value that promises what is not there. */
function promise(draft: Draft, random: Random): void {
  const kind = random.below(4);
  somewhere(draft, random, () => {
    if (kind === 0) {
      draft.octet(random.pick([list32, map32, array32, primitives.string['str32-utf8'], primitives.binary.vbin32]).code);
      draft.long(random.pick([0xffffffff, 0x80000000, 0x7fffffff, 1 << 20]));
      draft.long(random.pick(counts));
      return;
    }
    const outer = kind === 1 ? 0 : 1 + random.small(40);
    draft.octet(outer > 0 ? list32.code : array32.code);
    const start = draft.grow(4);
    if (outer > 0) draft.long(outer);
    for (let left = Math.max(1, outer); left > 0; left -= 1) {
      if (outer > 0) draft.octet(array32.code);
      const at = outer > 0 ? draft.grow(4) : start;
      draft.long(outer > 0 && random.oneIn(2) ? random.small(4_000) : random.pick(counts));
      if (random.oneIn(8)) for (const octet of [describedCode, 0x44]) draft.octet(octet);
      draft.octet(random.pick(zeroWidth).code);
      draft.endSize(at);
    }
    draft.endSize(start);
  });
}

const headerOf = (...last: readonly number[]): Uint8Array => Uint8Array.of(...protocolHeaders.amqp.subarray(0, 4), ...last);
const symbol8 = (text: string): Uint8Array => Uint8Array.of(primitives.symbol.sym8.code, text.length, ...encoder.encode(text));
const known = [...Object.values(composites), ...Object.values(sections)];

/** AMQP 1.0, from the tables of primitives, restricted types, composites and sections. */
export const amqp10: Emitter = {
  protocol: 'amqp10',
  begin: () => undefined,
  piece,
  mark: mark10,
  deep,
  promise,
  headers: [...Object.values(protocolHeaders), protocolHeader091, headerOf(1, 1, 0, 0), headerOf(0, 2, 0, 0), headerOf(3, 1, 0, 1), headerOf(0, 0, 10, 0)],
  identifiers: [
    ...known.map(({ code }) => Uint8Array.of(primitives.ulong.smallulong.code, code)),
    ...known.map(({ symbol }) => symbol8(symbol)),
    ...[0x00, 0x0f, 0x19, 0x1a, 0x22, 0x2a, 0x45, 0x79, 0xff].map(code => Uint8Array.of(primitives.ulong.smallulong.code, code)),
    Uint8Array.of(primitives.ulong.ulong0.code),
    Uint8Array.of(primitives.ulong.ulong.code, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x10),
    Uint8Array.of(primitives.ulong.ulong.code, 0, 0, 0, 1, 0, 0, 0, 0x10),
    Uint8Array.of(primitives.uint.smalluint.code, 0x10),
    Uint8Array.of(primitives.null.null.code),
    Uint8Array.of(primitives.list.list0.code),
    Uint8Array.of(list8.code, 2, 1, primitives.null.null.code),
    Uint8Array.of(array8.code, 2, 0, primitives.null.null.code),
    symbol8('amqp:open'),
    symbol8('AMQP:OPEN:LIST'),
    symbol8('amqp:data:binary'.slice(0, 9)),
  ],
  types: [...Object.values(primitives).flatMap(rows => Object.values(rows as Readonly<Record<string, EncodingRow>>).map(({ code }) => code)), describedCode],
  values: rareValues,
  number: numberLike,
  recordings: recordings.amqp10,
};

const unsigned = [
  { rows: primitives.ubyte, wide: primitives.ubyte.ubyte },
  { rows: primitives.ushort, wide: primitives.ushort.ushort },
  { rows: primitives.ulong, wide: primitives.ulong.ulong },
] as const;

/** A number in the widest encoding of the type that another value has; a uint where that is no number. */
function numberLike(value: number, old: Uint8Array): Uint8Array {
  const type = unsigned.find(({ rows }) => Object.values(rows).some(({ code }) => code === old[0]));
  const { code, width } = type?.wide ?? primitives.uint.uint;
  return Uint8Array.of(code, ...bigEndian(value, width));
}
