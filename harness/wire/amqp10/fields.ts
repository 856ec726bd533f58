import type { FieldRow } from '../../spec/amqp10/composites.ts';
import { type AmqpValue, type PrimitiveType, primitives } from '../../spec/amqp10/primitives.ts';
import { type RestrictedRow, type RestrictedType, restricted } from '../../spec/amqp10/restricted.ts';
import type { ArchetypeValues } from '../../spec/amqp10/values.ts';
import type { Cursor } from './cursor.ts';
import { byCode, type Encoding, enterArray, readElementConstructor, readMap, readValue } from './value.ts';
import { writeCompound, writeScalar, writeValue } from './value-writer.ts';
import type { WireRule } from './wire-rules.ts';
import type { Writer } from './writer.ts';

/** How the values of one field are read (undefined for null) and written (never undefined). */
export interface FieldCodec {
  readonly read: (cursor: Cursor) => unknown;
  readonly write: (writer: Writer, value: unknown) => void;
}

/** The archetypes that composites provide. */
export type CompositeArchetype = 'delivery-state' | 'outcome' | 'source' | 'target' | 'error';

/** How a field that holds a composite is read and written; whoever compiles the composites says so. */
export type Nested = (provides: CompositeArchetype) => FieldCodec;

const nullCode = primitives.null.null.code;
const known = byCode(encoding => encoding);

/** What a code says that is not of the type that is due. */
export function wrongType(cursor: Cursor, offset: number, code: number, due: string, rule: WireRule = 'fieldType'): undefined {
  if (known[code] || code === 0)
    cursor.fail(
      known[code]?.type === 'array' && rule === 'fieldType' ? 'multiple' : rule,
      offset,
      `a value of type ${known[code]?.type ?? 'described'} where ${due} is due`,
    );
  else cursor.fail('constructor', offset, `0x${code.toString(16).padStart(2, '0')} constructs no value`);
}

/** Readers by constructor octet, of those encodings that are of one of the types. */
function readersOf(
  types: readonly PrimitiveType[],
  reader: (encoding: Encoding) => (cursor: Cursor) => unknown,
): readonly (((cursor: Cursor) => unknown) | undefined)[] {
  return byCode(encoding => (types.includes(encoding.type) ? reader(encoding) : undefined));
}

function readOf(types: readonly PrimitiveType[], reader: (encoding: Encoding) => (cursor: Cursor) => unknown = ({ read }) => read): FieldCodec['read'] {
  const readers = readersOf(types, reader);
  const due = types.join(' or ');
  return cursor => {
    const offset = cursor.at;
    const code = cursor.octet();
    if (code === nullCode) return undefined;
    const read = readers[code];
    return read ? read(cursor) : wrongType(cursor, offset, code, due);
  };
}

const typed =
  ({ type, read }: Encoding) =>
  (cursor: Cursor) => ({ type, value: read(cursor) });

/** A key of one of the types, without its type: a symbol or string is a string, a ulong a bigint. */
export function keyReader(types: readonly PrimitiveType[], rule: WireRule): (cursor: Cursor) => string | bigint {
  const readers = readersOf(types, ({ read }) => read);
  return cursor => {
    const offset = cursor.at;
    const read = readers[cursor.octet()];
    if (read) return read(cursor) as string | bigint;
    cursor.fail(rule, offset, `a key that is no ${types.join(' or ')}`);
    return '';
  };
}

/** A map whose keys are of these types. */
export function keyedMap(types: readonly PrimitiveType[], rule: WireRule): FieldCodec {
  const readKey = keyReader(types, rule);
  const named = types.includes('symbol') ? 'symbol' : 'string';
  return {
    read: readOf(
      ['map'],
      ({ width }) =>
        cursor =>
          readMap(cursor, width, readKey),
    ),
    write(writer, value) {
      const pairs = value as readonly (readonly [string | bigint, AmqpValue])[];
      writeCompound(writer, 'map', pairs.length * 2, () => {
        for (const [key, each] of pairs) {
          writeScalar(writer, typeof key === 'bigint' ? 'ulong' : named, key);
          writeValue(writer, each);
        }
      });
    },
  };
}

function primitive(type: PrimitiveType): FieldCodec {
  const read = readOf([type]);
  if (type === 'list' || type === 'map' || type === 'array') {
    return { read, write: (writer, value) => writeValue(writer, { type, value } as AmqpValue) };
  }
  return { read, write: (writer, value) => writeScalar(writer, type, value) };
}

const sourceOf = (type: RestrictedType): RestrictedRow => restricted[type];

/** The primitive type at the root of a restricted one. */
function primitiveOf(type: PrimitiveType | RestrictedType): PrimitiveType {
  if (type in primitives) return type as PrimitiveType;
  const { source } = sourceOf(type as RestrictedType);
  return source === '*' ? 'null' : primitiveOf(source);
}

/** A type with choices is named by them, one of symbols by the symbols themselves. */
function restrictedCodec(type: RestrictedType): FieldCodec {
  const { choices, open, keys } = sourceOf(type);
  if (keys) return keyedMap(keys, type === 'filter-set' ? 'filterKeys' : type === 'annotations' ? 'annotationKeys' : 'fieldKeys');
  const base = primitive(primitiveOf(type));
  if (!choices || open) return base;
  const symbolic = primitiveOf(type) === 'symbol';
  const byName = new Map<unknown, unknown>(Object.entries(choices).map(([name, value]) => [symbolic ? value : name, value]));
  const byValue = new Map<unknown, unknown>([...byName].map(([name, value]) => [value, name]));
  return {
    read(cursor) {
      const offset = cursor.at;
      const value = base.read(cursor);
      if (value === undefined || cursor.fault) return undefined;
      return byValue.get(value) ?? cursor.fail('choice', offset, `${String(value)} is no ${type}`);
    },
    write(writer, name) {
      const value = byName.get(name);
      if (value === undefined) throw new RangeError(`${String(name)} is no ${type}`);
      base.write(writer, value);
    },
  };
}

const messageId: readonly PrimitiveType[] = ['ulong', 'uuid', 'binary', 'string'];
const anyWriter: FieldCodec['write'] = (writer, value) => writeValue(writer, value as AmqpValue);

/** By the archetype that a field requires. */
const archetypes: { readonly [A in keyof ArchetypeValues]: (nested: Nested) => FieldCodec } = {
  'error-condition': () => primitive('symbol'),
  'delivery-state': nested => nested('delivery-state'),
  outcome: nested => nested('outcome'),
  source: nested => nested('source'),
  target: nested => nested('target'),
  'distribution-mode': () => primitive('symbol'),
  'message-id': () => ({ read: readOf(messageId, typed), write: anyWriter }),
  address: () => primitive('string'),
  'txn-id': () => primitive('binary'),
  'global-tx-id': () => ({ read: readAny, write: anyWriter }),
  'txn-capability': () => primitive('symbol'),
};

function readAny(cursor: Cursor): AmqpValue | undefined {
  const value = readValue(cursor);
  return value.type === 'null' ? undefined : value;
}

function single({ type, requires }: FieldRow, nested: Nested): FieldCodec {
  if (requires !== undefined && requires in archetypes) return archetypes[requires as keyof ArchetypeValues](nested);
  if (type === 'error') return nested('error');
  if (type === '*') return { read: readAny, write: anyWriter };
  return type in primitives ? primitive(type as PrimitiveType) : restrictedCodec(type as RestrictedType);
}

const { array8, array32 } = primitives.array;

/** One value, or an array of them; an empty array is as good as null. */
function multiple({ read, write }: FieldCodec, type: PrimitiveType, mandatory: boolean): FieldCodec {
  return {
    read(cursor) {
      const offset = cursor.at;
      const code = cursor.bytes[offset];
      if (offset >= cursor.end || (code !== array8.code && code !== array32.code)) {
        const value = read(cursor);
        return value === undefined ? undefined : [value];
      }
      cursor.at += 1;
      const values = readElements(cursor, code === array8.code ? array8.width : array32.width, type);
      if (values.length > 0 || cursor.fault) return values;
      return mandatory ? cursor.fail('mandatoryMultiple', offset, 'an empty array where at least one value is due') : undefined;
    },
    write(writer, value) {
      const values = value as readonly unknown[];
      if (values.length === 0) writer.octet(nullCode);
      else if (values.length === 1) write(writer, values[0]);
      else writeElements(writer, type, values);
    },
  };
}

function readElements(cursor: Cursor, width: number, type: PrimitiveType): readonly unknown[] {
  const count = enterArray(cursor, width);
  const offset = cursor.at;
  const encoding = readElementConstructor(cursor, count);
  const values: unknown[] = [];
  if (encoding && encoding.type !== type) cursor.fail('fieldType', offset, `an array of ${encoding.type} where ${type} is due`);
  for (let index = 0; index < count && encoding && !cursor.fault; index += 1) values.push(encoding.read(cursor));
  cursor.leave('arraySize');
  return values;
}

function writeElements(writer: Writer, type: PrimitiveType, values: readonly unknown[]): void {
  writeValue(writer, { type: 'array', value: { of: type, descriptors: [], items: values.map(value => ({ type, value }) as AmqpValue) } });
}

/** The primitive types that a field of a row without nested composites may have on the wire. */
export function typesOf({ type, requires }: FieldRow): readonly PrimitiveType[] {
  if (requires === 'message-id') return messageId;
  if (requires === 'address') return ['string'];
  return [primitiveOf(type as PrimitiveType | RestrictedType)];
}

/** Compiles the codec of one field from its row. */
export function fieldCodec(row: FieldRow, nested: Nested): FieldCodec {
  const one = single(row, nested);
  if (!row.multiple || row.type === 'error' || row.type === '*') return one;
  return multiple(one, primitiveOf(row.type), row.mandatory === true);
}
