import { classes, type MethodRow } from '../../spec/amqp091/classes.ts';
import { frameOverhead, frameTypes } from '../../spec/amqp091/constants.ts';
import { type DomainName, domains, type FieldType, tagDialects, type WireType } from '../../spec/amqp091/domains.ts';
import type { Draft, Place } from './draft.ts';

/** Marks what starts at `at` and answers where it ends; -1 where it does not end before `end`. */
type Marker = (draft: Draft, at: number, end: number) => number;

const within = (next: number, end: number): number => (next <= end ? next : -1);

const fixed =
  (width: number, place: Place): Marker =>
  (draft, at, end) => {
    if (at + width > end) return -1;
    draft.mark(place, at, width);
    return at + width;
  };

/** Text behind a length of so many octets. */
const sized =
  (width: number): Marker =>
  (draft, at, end) => {
    const from = at + width;
    const next = from + draft.numberAt(at, width);
    if (from > end || next > end) return -1;
    draft.mark('size', at, width, from, next);
    draft.mark('text', from, 0, from, next);
    return next;
  };

const shortstr = sized(1);
const longstr = sized(4);

/** Tables and arrays deeper than this are not looked into. */
const deepest = 32;

const container =
  (named: boolean, depth: number): Marker =>
  (draft, at, end) => {
    const from = at + 4;
    const next = from + draft.numberAt(at, 4);
    if (from > end || next > end) return -1;
    draft.mark('size', at, 4, from, next);
    for (let element = from; element >= 0 && element < next && depth < deepest; ) {
      const value = named ? shortstr(draft, element, next) : element;
      const start = element;
      element = value < 0 ? -1 : field(draft, value, next, depth);
      if (named && element >= 0) draft.mark('pair', start, 0, start, element);
    }
    return next;
  };

const tables: readonly Marker[] = Array.from({ length: deepest + 1 }, (_, depth) => container(true, depth));
const arrays: readonly Marker[] = Array.from({ length: deepest + 1 }, (_, depth) => container(false, depth));
const table = tables[0] as Marker;

const number = (width: number): Marker => fixed(width, 'number');

const byField: { readonly [F in FieldType]: (depth: number) => Marker } = {
  boolean: () => number(1),
  'short-short-int': () => number(1),
  'short-short-uint': () => number(1),
  'short-int': () => number(2),
  'short-uint': () => number(2),
  'long-int': () => number(4),
  'long-uint': () => number(4),
  'long-long-int': () => number(8),
  'long-long-uint': () => number(8),
  float: () => number(4),
  double: () => number(8),
  decimal: () => number(5),
  'short-string': () => shortstr,
  'long-string': () => longstr,
  array: depth => arrays[depth] as Marker,
  timestamp: () => number(8),
  table: depth => tables[depth] as Marker,
  void: () => (_, at) => at,
  'byte-array': () => longstr,
};

const byTag = { text: markersOf('text'), errata: markersOf('errata') } as const;

/** By tag and depth. */
function markersOf(tags: keyof typeof tagDialects): ReadonlyMap<number, readonly Marker[]> {
  return new Map(
    Object.entries(tagDialects[tags]).map(([type, tag]) => [
      tag.charCodeAt(0),
      Array.from({ length: deepest + 1 }, (_, depth) => byField[type as FieldType](depth)),
    ]),
  );
}

/** A value of a table or an array, its tag first. */
function field(draft: Draft, at: number, end: number, depth: number): number {
  const marker = byTag[draft.tags].get(draft.bytes[at] as number)?.[depth + 1];
  const next = marker === undefined || at >= end ? -1 : marker(draft, at + 1, end);
  if (next >= 0) draft.mark('type', at, 1, at, next);
  return next;
}

const byWire: { readonly [T in Exclude<WireType, 'bit'>]: Marker } = {
  octet: number(1),
  short: number(2),
  long: number(4),
  longlong: number(8),
  shortstr,
  longstr,
  timestamp: number(8),
  table,
};

/** Fields that limit what the other peer may do, and domains that count on or identify. */
const limits = new Set(['channel-max', 'frame-max', 'heartbeat', 'prefetch-size', 'prefetch-count']);
const byDomain: Partial<Record<DomainName, Marker>> = { 'delivery-tag': fixed(8, 'serial'), 'reply-code': fixed(2, 'limit') };

function markersOfFields(fields: Readonly<Record<string, DomainName>>): readonly Marker[] {
  const markers: Marker[] = [];
  let bits = 0;
  for (const [name, domain] of Object.entries(fields)) {
    const { type } = domains[domain];
    bits = type === 'bit' ? bits + 1 : 0;
    if (type !== 'bit') markers.push(limits.has(name) ? limit(type) : (byDomain[domain] ?? byWire[type]));
    else if (bits % 8 === 1) markers.push((_, at, end) => within(at + 1, end));
  }
  return markers;
}

const limit = (type: WireType): Marker => fixed(type === 'short' ? 2 : 4, 'limit');

const methods: ReadonlyMap<number, readonly Marker[]> = new Map(
  Object.values(classes).flatMap(({ id, methods: rows }) =>
    Object.values(rows as Readonly<Record<string, MethodRow>>).map(row => [id * 0x10000 + row.id, markersOfFields(row.fields)] as const),
  ),
);
const properties = markersOfFields(classes.basic.properties);

function markHeader(draft: Draft, at: number, end: number): void {
  if (at + 14 > end) return;
  draft.mark('identifiers', at, 4);
  draft.mark('bodySize', at + 4, 8);
  draft.mark('flags', at + 12, 2);
  const flags = draft.numberAt(at + 12, 2);
  let next = at + 14;
  for (const [index, marker] of properties.entries()) if (next >= 0 && flags & (0x8000 >>> index)) next = marker(draft, next, end);
}

function markPayload(draft: Draft, type: number, at: number, end: number): void {
  if (type === frameTypes.method && at + 4 <= end) {
    draft.mark('identifiers', at, 4);
    let next = at + 4;
    for (const marker of methods.get(draft.numberAt(at, 4)) ?? []) if (next >= 0) next = marker(draft, next, end);
  } else if (type === frameTypes.header) markHeader(draft, at, end);
  else if (type === frameTypes.body) draft.mark('text', at, 0, at, end);
}

/** Marks whole frames. */
export function mark091(draft: Draft, from = 0): void {
  for (let at = from; at + frameOverhead <= draft.length; ) {
    const payload = at + 7;
    const end = payload + draft.numberAt(at + 3, 4);
    if (end >= draft.length) return;
    draft.mark('frame', at, 0, at, end + 1);
    draft.mark('frameType', at, 1);
    draft.mark('channel', at + 1, 2);
    draft.mark('size', at + 3, 4, payload, end);
    draft.mark('frameEnd', end, 1);
    markPayload(draft, draft.bytes[at] as number, payload, end);
    at = end + 1;
  }
}
