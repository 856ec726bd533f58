import { classes, type MethodRow } from '../../spec/amqp091/classes.ts';
import { frameEnd, frameTypes, protocolHeader } from '../../spec/amqp091/constants.ts';
import { type DomainName, tagDialects } from '../../spec/amqp091/domains.ts';
import { protocolHeaders } from '../../wire/amqp10/codec.ts';
import type { Random } from '../random.ts';
import { mark091 } from './amqp091-marks.ts';
import { rareFields } from './amqp091-rare.ts';
import { byDomain, type Emit } from './amqp091-values.ts';
import { bigEndian } from './big-endian.ts';
import type { Emitter } from './departure.ts';
import type { Draft } from './draft.ts';
import { recordings } from './recordings.ts';

/** The arguments of a method in wire order: emitters, and for bits that share an octet how many they are. */
interface MethodShape {
  readonly classId: number;
  readonly methodId: number;
  readonly fields: readonly (Emit | number)[];
}

function shapeOf(classId: number, row: MethodRow): MethodShape {
  const fields: (Emit | number)[] = [];
  for (const domain of Object.values(row.fields)) {
    const emit = byDomain[domain];
    const last = fields.at(-1);
    if (emit !== 'bit') fields.push(emit);
    else if (typeof last === 'number' && last < 8) fields[fields.length - 1] = last + 1;
    else fields.push(1);
  }
  return { classId, methodId: row.id, fields };
}

const rows = Object.values(classes).flatMap(({ id, methods }) =>
  Object.values(methods as Readonly<Record<string, MethodRow>>).map(row => ({ content: row.content === true, shape: shapeOf(id, row) })),
);
const methods = rows.map(({ shape }) => shape);
const contentMethods = rows.filter(({ content }) => content).map(({ shape }) => shape);

/** In the order of their flags; none is a bit. */
const properties = Object.values(classes.basic.properties as Readonly<Record<string, DomainName>>)
  .map(domain => byDomain[domain])
  .filter(emit => emit !== 'bit');

/** Begins a frame and answers where its size stands. */
function begin(draft: Draft, type: number, channel: number): number {
  draft.octet(type);
  draft.short(channel);
  return draft.beginSize();
}

function end(draft: Draft, size: number): void {
  draft.endSize(size);
  draft.octet(frameEnd);
}

function methodFrame(draft: Draft, random: Random, channel: number, { classId, methodId, fields }: MethodShape): void {
  const size = begin(draft, frameTypes.method, channel);
  draft.short(classId);
  draft.short(methodId);
  for (const field of fields) {
    if (typeof field === 'number') draft.octet(random.below(2 ** field));
    else field(draft, random);
  }
  end(draft, size);
}

function headerFrame(draft: Draft, random: Random, channel: number, bodySize: number): void {
  const size = begin(draft, frameTypes.header, channel);
  draft.short(classes.basic.id);
  draft.short(0);
  draft.long(0);
  draft.long(bodySize);
  const drawn = random.oneIn(20) ? 0xffff : random.next() & random.next() & random.next();
  const flags = drawn & 0xffff & ~(0xffff >>> properties.length);
  draft.short(flags);
  for (const [index, emit] of properties.entries()) if ((flags & (0x8000 >>> index)) !== 0) emit(draft, random);
  end(draft, size);
}

function bodyFrame(draft: Draft, random: Random, channel: number, octets: number): void {
  const size = begin(draft, frameTypes.body, channel);
  draft.noise(octets, random);
  end(draft, size);
}

function content(draft: Draft, random: Random, channel: number): void {
  const parts = Array.from({ length: random.small(4) }, () => 1 + random.small(60));
  methodFrame(draft, random, channel, random.pick(contentMethods));
  headerFrame(
    draft,
    random,
    channel,
    parts.reduce((sum, part) => sum + part, 0),
  );
  for (const part of parts) bodyFrame(draft, random, channel, part);
}

const channels = [0, 1, 1, 2, 0xffff];

function piece(draft: Draft, random: Random): void {
  const channel = random.pick(channels);
  const choice = random.below(20);
  if (choice < 13) methodFrame(draft, random, channel, random.pick(methods));
  else if (choice < 15) headerFrame(draft, random, channel, random.below(300));
  else if (choice < 16) content(draft, random, channel);
  else if (choice < 18) bodyFrame(draft, random, channel, random.small(100));
  else end(draft, begin(draft, frameTypes.heartbeat, 0));
}

/** A method that has a table, nested as deep as told, arrays and tables mixed. */
function deep(draft: Draft, random: Random, depth: number): void {
  const tags = tagDialects[draft.tags];
  const size = begin(draft, frameTypes.method, 0);
  draft.short(classes.connection.id);
  draft.short(classes.connection.methods.start.id);
  draft.short(9);
  // Each level is a tag and a size; what stands in a table has a name of one octet too.
  const inTable = Array.from({ length: depth + 1 }, (_, level) => level === 0 || random.oneIn(2));
  let left = inTable.slice(0, depth).reduce((sum, named) => sum + (named ? 7 : 5), 0);
  draft.long(left);
  for (let level = 0; level < depth; level += 1) {
    if (inTable[level]) draft.short(0x0161);
    draft.octet((inTable[level + 1] ? tags.table : tags.array).charCodeAt(0));
    left -= inTable[level] ? 7 : 5;
    draft.long(left);
  }
  draft.long(0);
  draft.long(0);
  end(draft, size);
}

/** An array of fields that are a tag and no more, or a table, an array or a string that promises what is not there. */
function promise(draft: Draft, random: Random): void {
  const tags = tagDialects[draft.tags];
  const size = begin(draft, frameTypes.method, 0);
  draft.short(classes.queue.id);
  draft.short(classes.queue.methods.bind.id);
  for (let octets = 0; octets < 6; octets += 1) draft.octet(0);
  const table = draft.beginSize();
  draft.short(0x0161);
  if (random.oneIn(2)) {
    draft.octet(tags.array.charCodeAt(0));
    const array = draft.beginSize();
    for (let left = random.oneIn(60) ? 20_000 : random.small(400); left > 0; left -= 1) draft.octet(tags.void.charCodeAt(0));
    draft.endSize(array);
  } else {
    draft.octet(random.pick([tags.table, tags.array, tags['long-string']]).charCodeAt(0));
    draft.long(random.pick([0x7fffffff, 0x80000000, 0xffffffff, 0x0fffffff, 1 << 20]));
  }
  draft.endSize(table);
  end(draft, size);
}

const headerOf = (...version: readonly number[]): Uint8Array => Uint8Array.of(...protocolHeader.slice(0, 4), ...version);

/** AMQP 0-9-1, from the tables of methods, domains and field types. */
export const amqp091: Emitter = {
  protocol: 'amqp091',
  begin(draft, random) {
    draft.tags = random.oneIn(5) ? 'text' : 'errata';
  },
  piece,
  mark: mark091,
  deep,
  promise,
  headers: [Uint8Array.from(protocolHeader), headerOf(1, 1, 8, 0), headerOf(0, 0, 9, 0), headerOf(0, 0, 0, 0), ...Object.values(protocolHeaders)],
  identifiers: [
    ...methods.map(({ classId, methodId }) => Uint8Array.of(classId >>> 8, classId, methodId >>> 8, methodId)),
    Uint8Array.of(0, 0, 0, 0),
    Uint8Array.of(0xff, 0xff, 0xff, 0xff),
    Uint8Array.of(0, 30, 0, 10),
  ],
  types: [...new Set(Object.values(tagDialects).flatMap(rows => Object.values(rows).map(tag => tag.charCodeAt(0))))],
  values: rareFields,
  number: (value, old) => bigEndian(value, old.length),
  recordings: recordings.amqp091,
};
