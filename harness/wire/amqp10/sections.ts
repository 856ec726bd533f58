import { composites, type SectionName, type SectionRow, sections } from '../../spec/amqp10/composites.ts';
import { describedCode, type PrimitiveType, primitives } from '../../spec/amqp10/primitives.ts';
import type { Violation } from '../decoded.ts';
import { readDescriptor } from './composite.ts';
import { type Cursor, cursorOver } from './cursor.ts';
import { keyReader } from './fields.ts';
import { compositeSkipper, skipValue } from './skip.ts';
import { walkMap } from './value.ts';

/** A section's row as it is compiled. */
export interface Section extends SectionRow {
  readonly name: SectionName;
  readonly order: number;
  /** Steps over what is described, checking it. */
  readonly skip: (cursor: Cursor) => void;
}

const { vbin8, vbin32 } = primitives.binary;
const { list0, list8, list32 } = primitives.list;
const { map8, map32 } = primitives.map;

const valueSkips: { readonly [K in SectionRow['of']]: (name: SectionName, keys: readonly PrimitiveType[]) => (cursor: Cursor) => void } = {
  header: name => compositeSkipper(name, composites.header),
  properties: name => compositeSkipper(name, composites.properties),
  annotations: (name, keys) => keyedMapSkipper(name, keys),
  map: (name, keys) => keyedMapSkipper(name, keys),
  binary: name => exactly(name, [vbin8.code, vbin32.code], skipValue),
  list: name => exactly(name, [list0.code, list8.code, list32.code], skipValue),
  '*': () => skipValue,
};

function exactly(name: SectionName, codes: readonly number[], skip: (cursor: Cursor) => void): (cursor: Cursor) => void {
  return cursor => {
    const code = cursor.bytes[cursor.at] as number;
    if (cursor.at < cursor.end && !codes.includes(code))
      cursor.fail('sectionType', cursor.at, `0x${code.toString(16).padStart(2, '0')} begins the value of ${name}`);
    else skip(cursor);
  };
}

function keyedMapSkipper(name: SectionName, keys: readonly PrimitiveType[]): (cursor: Cursor) => void {
  const readKey = keyReader(keys, name === 'application-properties' ? 'propertyNames' : 'annotationKeys');
  return exactly(name, [map8.code, map32.code], cursor => walkMap(cursor, cursor.octet() === map8.code ? map8.width : map32.width, readKey, skipValue));
}

const rows: readonly Section[] = Object.entries(sections as Readonly<Record<SectionName, SectionRow>>).map(([name, row], order) => ({
  ...row,
  name: name as SectionName,
  order,
  skip: valueSkips[row.of](name as SectionName, row.keys ?? []),
}));
const byDescriptor: readonly (Section | undefined)[] = Array.from({ length: 256 }, (_, code) => rows.find(row => row.code === code));

/** Octets that a place takes in what `scanSections` answers: the order of its row, its start, that of its value, and its end. */
export const placeSize = 4;

/** The row of a section by its order. */
export function sectionRow(order: number): Section {
  return rows[order] as Section;
}

/** The order of a section in a message. */
export function orderOf(name: SectionName): number {
  return rows.findIndex(row => row.name === name);
}

/** Where places are noted before their number is known. */
const scratch: number[] = Array.from({ length: 64 }, () => 0);
const scratchMax = 4096;

/**
 * Steps over the sections that `bytes[from, to)` consist of, checking them as deep as they go. Answers four numbers for each: see `placeSize`.
 */
export function scanSections(bytes: Uint8Array, from: number, to: number): readonly number[] | Violation {
  const cursor = cursorOver(bytes, from, to);
  let length = 0;
  let last: Section | undefined;
  while (cursor.at < cursor.end) {
    const start = cursor.offset;
    const offset = cursor.at;
    const section = readSectionDescriptor(cursor);
    if (!section) break;
    if (last) follow(cursor, offset, last, section);
    last = section;
    const valueStart = cursor.offset;
    section.skip(cursor);
    scratch[length] = section.order;
    scratch[length + 1] = start;
    scratch[length + 2] = valueStart;
    scratch[length + 3] = cursor.offset;
    length += placeSize;
  }
  if (cursor.fault) return cursor.fault;
  const places = scratch.slice(0, length);
  if (scratch.length > scratchMax) scratch.length = scratchMax;
  return places;
}

function readSectionDescriptor(cursor: Cursor): Section | undefined {
  const offset = cursor.at;
  if (cursor.octet() !== describedCode) return cursor.fail('sectionType', offset, 'a section begins with a descriptor');
  const section = byDescriptor[readDescriptor(cursor)];
  if (section || cursor.fault) return cursor.fault ? undefined : section;
  return cursor.fail('sectionType', offset, 'the descriptor is of no section');
}

/** Checks that one section may stand behind another. */
function follow(cursor: Cursor, offset: number, last: Section, next: Section): void {
  if (next.body && last.body && next !== last) cursor.fail('bodyMixed', offset, `${next.name} in a body of ${last.name}`);
  else if (next.order < last.order) cursor.fail('sectionOrder', offset, `${next.name} behind ${last.name}`);
  else if (next === last && !next.repeats) cursor.fail('sectionTwice', offset, `${next.name} for the second time`);
}
