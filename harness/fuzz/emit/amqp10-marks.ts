import { type CompositeRow, composites, type FieldRow, sections } from '../../spec/amqp10/composites.ts';
import { frameHead, frameTypes } from '../../spec/amqp10/constants.ts';
import { describedCode, type EncodingRow, primitives } from '../../spec/amqp10/primitives.ts';
import type { Draft, Place } from './draft.ts';

const rows: readonly (EncodingRow | undefined)[] = (() => {
  const table = new Array<EncodingRow | undefined>(256).fill(undefined);
  for (const encodings of Object.values(primitives)) for (const row of Object.values(encodings as Readonly<Record<string, EncodingRow>>)) table[row.code] = row;
  return table;
})();

const maps: ReadonlySet<number> = new Set(Object.values(primitives.map).map(({ code }) => code));

/** Values deeper than this are not looked into. */
const deepest = 32;
/** Elements of arrays beyond these are not looked at one by one. */
const elementsMax = 32;

function placeOf([name, { type }]: readonly [string, FieldRow]): Place | undefined {
  if (limits.has(name)) return 'limit';
  return serials.has(type) || name === 'remote-channel' ? 'serial' : undefined;
}

/** Fields with which one peer limits the other. */
const limits = new Set([
  'max-frame-size',
  'channel-max',
  'idle-time-out',
  'handle-max',
  'max-message-size',
  'incoming-window',
  'outgoing-window',
  'link-credit',
]);
/** Types of which each value follows another, or names one thing of many. */
const serials: ReadonlySet<string> = new Set(['handle', 'delivery-number', 'transfer-number', 'sequence-no']);

/** What the fields of a composite are, by its numeric descriptor. */
const fieldPlaces: ReadonlyMap<number, readonly (Place | undefined)[]> = new Map(
  (Object.values(composites) as CompositeRow[]).map(({ code, fields }) => [code, Object.entries(fields).map(placeOf)]),
);
const codeOf: ReadonlyMap<string, number> = new Map([...Object.values(composites), ...Object.values(sections)].map(({ symbol, code }) => [symbol, code]));

/** Marks the value that starts at `at`; answers where it ends, -1 where it does not end before `end`. */
function value(draft: Draft, at: number, end: number, depth: number, fields?: readonly (Place | undefined)[]): number {
  if (at >= end || depth > deepest) return -1;
  const code = draft.bytes[at] as number;
  const row = rows[code];
  const next = code === describedCode ? described(draft, at, end, depth) : row ? body(draft, at + 1, end, row, depth, fields) : -1;
  if (next >= 0) draft.mark('type', at, 1, at, next);
  return next;
}

function described(draft: Draft, at: number, end: number, depth: number): number {
  const from = at + 1;
  const next = value(draft, from, end, depth + 1);
  if (next < 0) return -1;
  draft.mark('descriptor', from, 0, from, next);
  return value(draft, next, end, depth + 1, fieldPlaces.get(numericOf(draft, from, next)));
}

/** The number that a descriptor is or stands for; -1 where it is none of the standard's. */
function numericOf(draft: Draft, at: number, end: number): number {
  const { category, width } = rows[draft.bytes[at] as number] ?? primitives.null.null;
  if (category === 'fixed') return width > 0 && width <= 8 ? draft.numberAt(at + 1, width) : -1;
  return end - at > 64 ? -1 : (codeOf.get(Buffer.from(draft.bytes.subarray(at + 1 + width, end)).toString('latin1')) ?? -1);
}

/** What stands behind a constructor. */
function body(draft: Draft, at: number, end: number, row: EncodingRow, depth: number, fields?: readonly (Place | undefined)[]): number {
  const { category, width } = row;
  if (category === 'fixed') {
    if (at + width > end) return -1;
    if (width > 0) draft.mark('number', at, width);
    return at + width;
  }
  const from = at + width;
  const next = from + draft.numberAt(at, width);
  if (from > end || next > end) return -1;
  draft.mark('size', at, width, from, next);
  if (category === 'variable') draft.mark('text', from, 0, from, next);
  else elements(draft, from, next, row, depth, fields);
  return next;
}

function elements(draft: Draft, at: number, end: number, { category, width, code }: EncodingRow, depth: number, fields?: readonly (Place | undefined)[]): void {
  if (at + width > end) return;
  draft.mark('count', at, width);
  const count = draft.numberAt(at, width);
  if (category === 'array') {
    arrayElements(draft, at + width, end, count, depth);
    return;
  }
  let next = at + width;
  let key = -1;
  for (let index = 0; index < count && next >= 0 && next < end; index += 1) {
    const start = next;
    next = value(draft, start, end, depth + 1);
    const place = fields?.[index];
    if (place !== undefined && next >= 0 && draft.bytes[start] !== primitives.null.null.code) draft.mark(place, start, 0, start, next);
    if (maps.has(code) && index % 2 === 1 && next >= 0) draft.mark('pair', key, 0, key, next);
    key = start;
  }
}

function arrayElements(draft: Draft, at: number, end: number, count: number, depth: number): void {
  let next = at;
  while (next >= 0 && next < end && draft.bytes[next] === describedCode) next = value(draft, next + 1, end, depth + 1);
  const row = next >= 0 && next < end ? rows[draft.bytes[next] as number] : undefined;
  if (!row) return;
  draft.mark('type', next, 1, next, end);
  if (row.width === 0 || depth > deepest) return;
  next += 1;
  for (let index = 0; index < Math.min(count, elementsMax) && next >= 0; index += 1) next = body(draft, next, end, row, depth + 1);
}

/** Marks whole frames. */
export function mark10(draft: Draft, from = 0): void {
  for (let at = from; at + frameHead <= draft.length; ) {
    const end = at + draft.numberAt(at, 4);
    if (end > draft.length || end < at + frameHead) return;
    draft.mark('frame', at, 0, at, end);
    draft.mark('size', at, 4, at, end);
    draft.mark('dataOffset', at + 4, 1);
    draft.mark('frameType', at + 5, 1);
    if (draft.bytes[at + 5] === frameTypes.amqp) draft.mark('channel', at + 6, 2);
    // The performative, and behind it the sections of a message as far as there are any.
    for (let next = at + 4 * (draft.bytes[at + 4] as number); next >= 0 && next < end; ) next = value(draft, next, end, 0);
    at = end;
  }
}
