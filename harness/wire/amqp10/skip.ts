import type { CompositeRow } from '../../spec/amqp10/composites.ts';
import { describedCode, type PrimitiveType, primitives } from '../../spec/amqp10/primitives.ts';
import type { Cursor } from './cursor.ts';
import { typesOf, wrongType } from './fields.ts';
import { byCode, type Encoding, encodings, enterArray, enterCompound, readElementConstructor, readKey, walkMap } from './value.ts';

/** Steps over values while checking them as deep as they go, so that whoever reads them later finds nothing wrong. */
type Skip = (cursor: Cursor) => void;

const sizeOf = (cursor: Cursor, width: number): number => (width === 1 ? cursor.octet() : cursor.long());

/** By type, what is more than so many octets. */
const particular: { readonly [T in PrimitiveType]?: (encoding: Encoding) => Skip } = {
  boolean: ({ read }) => read,
  char: ({ read }) => read,
  binary:
    ({ width }) =>
    cursor =>
      void cursor.take(sizeOf(cursor, width), 'variableSize'),
  string:
    ({ width }) =>
    cursor =>
      cursor.skipString(sizeOf(cursor, width)),
  symbol:
    ({ width }) =>
    cursor =>
      cursor.skipSymbol(sizeOf(cursor, width)),
  list:
    ({ width }) =>
    cursor =>
      width > 0 && skipList(cursor, width),
  map:
    ({ width }) =>
    cursor =>
      walkMap(cursor, width, readKey, skipValue),
  array:
    ({ width }) =>
    cursor =>
      skipArray(cursor, width),
};

function skipOf(encoding: Encoding): Skip {
  const { width } = encoding;
  return particular[encoding.type]?.(encoding) ?? (cursor => void cursor.take(width));
}

const skips = byCode(skipOf);

/** Octets that a value of each constructor takes where nothing about them can be wrong; else -1. */
const plainWidths = Int8Array.from({ length: 256 }, () => -1);
for (const { code, category, type, width } of encodings) if (category === 'fixed' && !(type in particular && width > 0)) plainWidths[code] = width;

/** Steps over one value, its constructor first. */
export function skipValue(cursor: Cursor): void {
  const offset = cursor.at;
  const code = cursor.octet();
  const width = plainWidths[code] as number;
  if (width >= 0) {
    cursor.take(width);
    return;
  }
  const skip = skips[code];
  if (skip) skip(cursor);
  else if (code === describedCode && !cursor.fault) skipDescribed(cursor);
  else cursor.fail('constructor', offset, `0x${code.toString(16).padStart(2, '0')} constructs no value`);
}

function skipDescribed(cursor: Cursor): void {
  if (!cursor.descend()) return;
  skipValue(cursor);
  skipValue(cursor);
  cursor.ascend();
}

/** Steps over a list behind its constructor. */
export function skipList(cursor: Cursor, width: number): void {
  const count = enterCompound(cursor, width);
  for (let index = 0; index < count && !cursor.fault; index += 1) skipValue(cursor);
  cursor.leave('compoundSize');
}

/** Of these types each element must be looked at. */
const looked = new Set<string>(Object.keys(particular));

function skipArray(cursor: Cursor, width: number): void {
  const count = enterArray(cursor, width);
  let depth = 0;
  while (cursor.at < cursor.end && cursor.bytes[cursor.at] === describedCode && cursor.descend()) {
    cursor.at += 1;
    depth += 1;
    skipValue(cursor);
  }
  const encoding = readElementConstructor(cursor, count);
  if (encoding && looked.has(encoding.type)) {
    const skip = skips[encoding.code];
    for (let index = 0; index < count && !cursor.fault && encoding.width > 0; index += 1) skip?.(cursor);
  } else if (encoding) cursor.take(count * encoding.width);
  for (; depth > 0; depth -= 1) cursor.ascend();
  cursor.leave('arraySize');
}

const { list0, list8 } = primitives.list;
const nullCode = primitives.null.null.code;

/** Makes what steps over the list of a composite whose fields are neither composites nor of choices. */
export function compositeSkipper(name: string, row: CompositeRow): Skip {
  const fields = Object.values(row.fields).map(field => ({ accepts: acceptedCodes(typesOf(field)), due: typesOf(field).join(' or ') }));
  return cursor => {
    const offset = cursor.at;
    const form = cursor.octet();
    if (form === list0.code || cursor.fault) return;
    if (!acceptedLists[form]) wrongType(cursor, offset, form, `the list of ${name}`, 'compositeList');
    const count = enterCompound(cursor, form === list8.code ? 1 : 4);
    if (count > fields.length) cursor.fail('fieldsTooMany', offset, `${count} fields, where ${name} has ${fields.length}`);
    for (let index = 0; index < count && !cursor.fault; index += 1) {
      const code = cursor.bytes[cursor.at] as number;
      const field = fields[index];
      if (code === nullCode && cursor.at < cursor.end) cursor.at += 1;
      else if (cursor.at < cursor.end && field && !field.accepts[code]) wrongType(cursor, cursor.at, code, field.due);
      else skipValue(cursor);
    }
    cursor.leave('compoundSize');
  };
}

/** Constructor octets of these types, and null. */
export function acceptedCodes(types: readonly PrimitiveType[]): readonly boolean[] {
  const accepted = byCode(({ type }) => types.includes(type));
  return accepted.map((accepts, code) => accepts === true || code === nullCode);
}

const acceptedLists = byCode(({ type, width }) => type === 'list' && width > 0);
