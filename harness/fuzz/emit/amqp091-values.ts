import { classes } from '../../spec/amqp091/classes.ts';
import { replyCodes } from '../../spec/amqp091/constants.ts';
import { type DomainName, type DomainValues, type FieldType, type TagDialect, tagDialects, type WireType } from '../../spec/amqp091/domains.ts';
import type { Random } from '../random.ts';
import type { Draft } from './draft.ts';

/** Appends something legal to a draft. */
export type Emit = (draft: Draft, random: Random) => void;

const encoder = new TextEncoder();
const words = ['', 'a', '/', 'guest', 'direct', 'x-match', 'amq.topic', 'PLAIN', 'en_US', 'Grüße', '\u{1f407}'].map(word => encoder.encode(word));
const largeWords = ['q'.repeat(127), 'q'.repeat(128), 's'.repeat(255)].map(word => encoder.encode(word));
const nameWords = ['', 'a', 'amq.topic', 'queue-1', 'under_score', 'a:b'].map(word => encoder.encode(word));
const keyWords = ['a', 'x', 'x-match', 'product', 'capabilities', '$key', '#1', 'k12'].map(word => encoder.encode(word));
const codes = Object.keys(replyCodes).map(Number);

function text(draft: Draft, octets: Uint8Array): void {
  draft.octet(octets.length);
  draft.raw(octets);
}

/** Short ones much more often than long ones. */
function longstr(draft: Draft, random: Random): void {
  const size = random.oneIn(20) ? random.below(300) : random.small(16);
  draft.long(size);
  draft.noise(size, random);
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
  shortstr: (draft, random) => text(draft, random.oneIn(40) ? random.pick(largeWords) : random.pick(words)),
  longstr,
  timestamp: eight,
  table: (draft, random) => table(draft, random, 3),
};

const named: Emit = (draft, random) => text(draft, random.oneIn(40) ? random.pick(largeWords) : random.pick(nameWords));

/** One emitter for each domain; those of bits only say that they are. */
export const byDomain: { readonly [D in DomainName]: DomainValues[D] extends boolean ? 'bit' : Emit } = {
  'class-id': (draft, random) => draft.short(random.pick(Object.values(classes)).id),
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
const byField: { readonly [F in FieldType]: (draft: Draft, random: Random, depth: number) => void } = {
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
  array(draft, random, depth) {
    const start = draft.beginSize();
    for (let left = random.small(4); left > 0; left -= 1) field(draft, random, depth - 1);
    draft.endSize(start);
  },
  timestamp: eight,
  table: (draft, random, depth) => table(draft, random, depth - 1),
  void: () => undefined,
  'byte-array': wire.longstr,
};

const fieldTypes: Readonly<Record<TagDialect, readonly (readonly [FieldType, number])[]>> = { text: tagRows('text'), errata: tagRows('errata') };

function tagRows(tags: TagDialect): readonly (readonly [FieldType, number])[] {
  return Object.entries(tagDialects[tags]).map(([type, tag]) => [type as FieldType, tag.charCodeAt(0)] as const);
}

function field(draft: Draft, random: Random, depth: number): void {
  let [type, tag] = random.pick(fieldTypes[draft.tags]);
  while (depth <= 0 && (type === 'array' || type === 'table')) [type, tag] = random.pick(fieldTypes[draft.tags]);
  draft.octet(tag);
  byField[type](draft, random, depth);
}

function table(draft: Draft, random: Random, depth: number): void {
  const start = draft.beginSize();
  for (let left = random.small(4); left > 0; left -= 1) {
    text(draft, random.pick(keyWords));
    field(draft, random, depth);
  }
  draft.endSize(start);
}
