import { classes, type MethodRow } from '../../spec/amqp091/classes.ts';
import { frameEnd, frameTypes, replyCodes } from '../../spec/amqp091/constants.ts';
import { type DomainName, type DomainValues, type FieldType, type TagDialect, tagDialects, type WireType } from '../../spec/amqp091/domains.ts';
import type { Random } from '../random.ts';
import type { Draft } from './draft.ts';

/** Appends something legal to a draft. */
type Emit = (draft: Draft, random: Random, tags: TagDialect) => void;

const encoder = new TextEncoder();
const words = ['', 'a', '/', 'guest', 'direct', 'x-match', 'amq.topic', 'PLAIN', 'en_US', 'Grüße', '\u{1f407}', 'q'.repeat(127), 's'.repeat(255)].map(word =>
  encoder.encode(word),
);
const nameWords = ['', 'a', 'amq.topic', 'queue-1', 'under_score', 'a:b', 'q'.repeat(127)].map(word => encoder.encode(word));
const keyWords = ['a', 'x', 'x-match', 'product', 'capabilities', '$key', '#1', 'k'.repeat(128)].map(word => encoder.encode(word));
const codes = Object.keys(replyCodes).map(Number);

function text(draft: Draft, octets: Uint8Array): void {
  draft.mark('length');
  draft.octet(octets.length);
  draft.raw(octets);
}

const edges = (random: Random, bits: number): number =>
  random.oneIn(3) ? random.pick([0, 1, 2 ** (bits - 1) - 1, 2 ** (bits - 1), 2 ** bits - 1]) : random.next();

const eight: Emit = (draft, random) => {
  draft.long(random.oneIn(2) ? edges(random, 32) : 0);
  draft.long(edges(random, 32));
};

/** One emitter for each wire type but bit, which is packed with its neighbours. */
const wire: { readonly [T in Exclude<WireType, 'bit'>]: Emit } = {
  octet: (draft, random) => draft.octet(edges(random, 8)),
  short: (draft, random) => draft.short(edges(random, 16)),
  long: (draft, random) => draft.long(edges(random, 32)),
  longlong: eight,
  shortstr: (draft, random) => text(draft, random.pick(words)),
  longstr: (draft, random) => draft.sized(() => draft.noise(random.small(200), random)),
  timestamp: eight,
  table: (draft, random, tags) => table(draft, random, tags, 3),
};

const named: Emit = (draft, random) => text(draft, random.pick(nameWords));

/** One emitter for each domain; those of bits only say that they are. */
const byDomain: { readonly [D in DomainName]: DomainValues[D] extends boolean ? 'bit' : Emit } = {
  'class-id': (draft, random) => draft.short(random.pick(classRows).id),
  'consumer-tag': wire.shortstr,
  'delivery-tag': wire.longlong,
  'exchange-name': named,
  'method-id': wire.short,
  'no-ack': 'bit',
  'no-local': 'bit',
  'no-wait': 'bit',
  path: named,
  'peer-properties': wire.table,
  'queue-name': named,
  redelivered: 'bit',
  'message-count': wire.long,
  'reply-code': (draft, random) => draft.short(random.pick(codes)),
  'reply-text': wire.shortstr,
  bit: 'bit',
  octet: wire.octet,
  short: wire.short,
  long: wire.long,
  longlong: wire.longlong,
  shortstr: wire.shortstr,
  longstr: wire.longstr,
  timestamp: wire.timestamp,
  table: wire.table,
};

/** One emitter for each type of a field table; `depth` is how many tables and arrays may still be nested. */
const byField: { readonly [F in FieldType]: (draft: Draft, random: Random, tags: TagDialect, depth: number) => void } = {
  boolean: (draft, random) => draft.octet(random.below(2)),
  'short-short-int': wire.octet,
  'short-short-uint': wire.octet,
  'short-int': wire.short,
  'short-uint': wire.short,
  'long-int': wire.long,
  'long-uint': wire.long,
  'long-long-int': eight,
  'long-long-uint': eight,
  float: wire.long,
  double: eight,
  decimal(draft, random) {
    draft.octet(edges(random, 8));
    draft.long(edges(random, 32));
  },
  'short-string': wire.shortstr,
  'long-string': wire.longstr,
  array: (draft, random, tags, depth) => draft.sized(() => repeat(random.small(5), () => field(draft, random, tags, depth - 1))),
  timestamp: eight,
  table: (draft, random, tags, depth) => table(draft, random, tags, depth - 1),
  void: () => undefined,
  'byte-array': wire.longstr,
};

const fieldTypes: Readonly<Record<TagDialect, readonly (readonly [FieldType, number])[]>> = { text: tagRows('text'), errata: tagRows('errata') };

function tagRows(tags: TagDialect): readonly (readonly [FieldType, number])[] {
  return Object.entries(tagDialects[tags]).map(([type, tag]) => [type as FieldType, tag.charCodeAt(0)] as const);
}

function repeat(count: number, work: () => void): void {
  for (let index = 0; index < count; index += 1) work();
}

function field(draft: Draft, random: Random, tags: TagDialect, depth: number): void {
  let [type, tag] = random.pick(fieldTypes[tags]);
  while (depth <= 0 && (type === 'array' || type === 'table')) [type, tag] = random.pick(fieldTypes[tags]);
  draft.mark('tag');
  draft.octet(tag);
  byField[type](draft, random, tags, depth);
}

function table(draft: Draft, random: Random, tags: TagDialect, depth: number): void {
  draft.sized(() =>
    repeat(random.small(6), () => {
      text(draft, random.pick(keyWords));
      field(draft, random, tags, depth);
    }),
  );
}

interface MethodShape {
  readonly classId: number;
  readonly methodId: number;
  readonly content: boolean;
  readonly fields: readonly (Emit | 'bit')[];
}

const classRows = Object.values(classes);

const methods: readonly MethodShape[] = classRows.flatMap(({ id, methods: rows }) =>
  Object.values(rows as Readonly<Record<string, MethodRow>>).map(row => ({
    classId: id,
    methodId: row.id,
    content: row.content === true,
    fields: Object.values(row.fields).map(domain => byDomain[domain]),
  })),
);

const contentMethods = methods.filter(each => each.content);

/** In the order of their flags; none is a bit. */
const properties = Object.values(classes.basic.properties as Readonly<Record<string, DomainName>>)
  .map(domain => byDomain[domain])
  .filter(emit => emit !== 'bit');

/** Appends a frame around what `payload` appends. */
export function frame(draft: Draft, type: number, channel: number, payload: () => void): void {
  draft.mark('frame');
  draft.octet(type);
  draft.short(channel);
  draft.sized(payload);
  draft.mark('frameEnd');
  draft.octet(frameEnd);
}

function methodFrame(draft: Draft, random: Random, tags: TagDialect, channel: number, { classId, methodId, fields }: MethodShape): void {
  frame(draft, frameTypes.method, channel, () => {
    draft.mark('identifiers');
    draft.short(classId);
    draft.short(methodId);
    let bits = 0;
    for (const [index, emit] of fields.entries()) {
      if (emit !== 'bit') emit(draft, random, tags);
      bits = emit === 'bit' ? bits + 1 : 0;
      if (bits % 8 === 1) draft.octet(random.below(2 ** Math.min(8, bitsFrom(fields, index))));
    }
  });
}

/** How many bits stand side by side from there on. */
function bitsFrom(fields: readonly (Emit | 'bit')[], start: number): number {
  const end = fields.findIndex((emit, index) => index > start && emit !== 'bit');
  return (end === -1 ? fields.length : end) - start;
}

function headerFrame(draft: Draft, random: Random, tags: TagDialect, channel: number, bodySize: number): void {
  frame(draft, frameTypes.header, channel, () => {
    draft.short(classes.basic.id);
    draft.short(0);
    draft.long(0);
    draft.long(bodySize);
    const flags = random.oneIn(4) ? 0xffff : random.next();
    draft.mark('flags');
    draft.short(flags & 0xffff & ~(0xffff >>> properties.length));
    properties.forEach((emit, index) => {
      if ((flags & (0x8000 >>> index)) !== 0) emit(draft, random, tags);
    });
  });
}

function content(draft: Draft, random: Random, tags: TagDialect, channel: number): void {
  const parts = Array.from({ length: random.small(4) }, () => 1 + random.small(120));
  methodFrame(draft, random, tags, channel, random.pick(contentMethods));
  headerFrame(
    draft,
    random,
    tags,
    channel,
    parts.reduce((sum, part) => sum + part, 0),
  );
  for (const part of parts) frame(draft, frameTypes.body, channel, () => draft.noise(part, random));
}

/** Appends one frame, or one method with its whole content, legal on the wire. */
export function legalPiece(draft: Draft, random: Random, tags: TagDialect): void {
  const channel = random.pick([0, 1, 1, 2, 0xffff]);
  const choice = random.below(10);
  if (choice < 6) methodFrame(draft, random, tags, channel, random.pick(methods));
  else if (choice < 7) headerFrame(draft, random, tags, channel, random.below(300));
  else if (choice < 8) content(draft, random, tags, channel);
  else if (choice < 9) frame(draft, frameTypes.body, channel, () => draft.noise(random.small(200), random));
  else frame(draft, frameTypes.heartbeat, 0, () => undefined);
}

/** Appends a frame of a method that has a table, nested as deep as told, arrays and tables mixed. */
export function nestedPiece(draft: Draft, random: Random, tags: TagDialect, depth: number): void {
  const rows = tagDialects[tags];
  frame(draft, frameTypes.method, 0, () => {
    draft.short(classes.connection.id);
    draft.short(classes.connection.methods.start.id);
    draft.short(9);
    // Each level is a tag and a size; what stands in a table has a name of one octet too.
    const inTable = Array.from({ length: depth + 1 }, (_, level) => level === 0 || random.oneIn(2));
    let left = inTable.slice(0, depth).reduce((sum, named) => sum + (named ? 7 : 5), 0);
    draft.long(left);
    for (let level = 0; level < depth; level += 1) {
      if (inTable[level]) draft.short(0x0161);
      draft.octet((inTable[level + 1] ? rows.table : rows.array).charCodeAt(0));
      left -= inTable[level] ? 7 : 5;
      draft.long(left);
    }
    draft.long(0);
    draft.long(0);
  });
}
