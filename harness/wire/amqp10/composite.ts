import { type CompositeName, type CompositeRow, composites, sections } from '../../spec/amqp10/composites.ts';
import { type AmqpValue, type Described, describedCode, primitives } from '../../spec/amqp10/primitives.ts';
import type { CamelCase, Composite, CompositeFields, DefaultedFields } from '../../spec/amqp10/values.ts';
import type { Decoded } from '../decoded.ts';
import { type Cursor, cursorOver } from './cursor.ts';
import { type CompositeArchetype, type FieldCodec, fieldCodec, wrongType } from './fields.ts';
import { type RecordCodec, type RecordField, recordCodec } from './record.ts';
import { enterCompound, readValue } from './value.ts';
import { beginSized, encodeValue, endSized, writeValue } from './value-writer.ts';
import { octetsOf, type Writer } from './writer.ts';

/** One composite, compiled from its row. */
export interface CompositeCodec {
  readonly name: CompositeName;
  readonly code: number;
  readonly fields: CompositeRow['fields'];
  /** Fields by the names that stand for them in values. */
  readonly keys: readonly string[];
  /** How each field is written when it has a value. */
  readonly codecs: readonly RecordField[];
  readonly provides: ReadonlySet<string>;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly record: RecordCodec;
}

/** `channel-max` as `channelMax`. */
export function camelCase<S extends string>(name: S): CamelCase<S> {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) as CamelCase<S>;
}

function compile(name: CompositeName, row: CompositeRow): CompositeCodec {
  const entries = Object.entries(row.fields).map(([field, fieldRow]) => ({ field, fieldRow, key: camelCase(field) as string }));
  const fields = entries.map(({ field, fieldRow, key }) => {
    const codec = fieldCodec(fieldRow, nested);
    const absent = (cursor: Cursor) => (fieldRow.mandatory ? cursor.fail('mandatoryField', cursor.at, `${name} without ${field}`) : undefined);
    const read = fieldRow.mandatory ? (cursor: Cursor) => mandatory(cursor, codec, `${name} without ${field}`) : codec.read;
    const writeNull = (writer: Writer) => {
      if (fieldRow.mandatory) throw new RangeError(`${name} without ${field}`);
      writer.octet(primitives.null.null.code);
    };
    return { key, read, absent, write: codec.write, writeNull, multiple: fieldRow.multiple === true, mandatory: fieldRow.mandatory === true };
  });
  const defaults = entries.flatMap(({ key, fieldRow }) => (fieldRow.default === undefined ? [] : [[key, fieldRow.default] as const]));
  return {
    name,
    code: row.code,
    fields: row.fields,
    keys: entries.map(({ key }) => key),
    codecs: fields,
    provides: new Set<string>([...(row.provides ?? []), ...(name === 'error' ? ['error'] : [])]),
    defaults: Object.fromEntries(defaults),
    record: recordCodec(name, fields),
  };
}

function mandatory(cursor: Cursor, { read }: FieldCodec, detail: string): unknown {
  const offset = cursor.at;
  const value = read(cursor);
  return value === undefined ? cursor.fail('mandatoryField', offset, detail) : value;
}

const codecs = Object.entries(composites).map(([name, row]) => compile(name as CompositeName, row));
const byName: ReadonlyMap<string, CompositeCodec> = new Map(codecs.map(each => [each.name, each]));
const codecByCode: readonly (CompositeCodec | undefined)[] = Array.from({ length: 256 }, (_, code) => codecs.find(each => each.code === code));
/** The numeric descriptor for each symbolic one. */
const codeBySymbol: ReadonlyMap<string, number> = new Map([...Object.values(composites), ...Object.values(sections)].map(({ symbol, code }) => [symbol, code]));

/** Every composite of the tables, in their order. */
export const compositeNames: readonly CompositeName[] = codecs.map(each => each.name);

/** @throws {RangeError} where there is no composite of that name. */
export function compositeCodec(name: CompositeName): CompositeCodec {
  const codec = byName.get(name);
  if (!codec) throw new RangeError(`${name} is no composite of AMQP 1.0`);
  return codec;
}

const { smallulong, ulong } = primitives.ulong;
const { sym8, sym32 } = primitives.symbol;

/** Reads a descriptor, whose first octet comes next, and answers the number of the type that the standard describes so; -1 where it does none. */
export function readDescriptor(cursor: Cursor): number {
  const form = cursor.octet();
  if (form === smallulong.code) return cursor.octet();
  if (form === sym8.code) return codeBySymbol.get(cursor.symbol(cursor.octet())) ?? -1;
  if (form === sym32.code) return codeBySymbol.get(cursor.symbol(cursor.long())) ?? -1;
  if (form === ulong.code) return smallOf(cursor.longlong());
  cursor.at -= cursor.fault ? 0 : 1;
  readValue(cursor);
  return -1;
}

const smallOf = (code: bigint): number => (code < 256n ? Number(code) : -1);

/** The composite that a number describes. */
export function compositeByCode(code: number): CompositeCodec | undefined {
  return codecByCode[code];
}

const { list0, list8, list32 } = primitives.list;

/** Reads the list of a composite, behind its descriptor. */
export function readComposite(cursor: Cursor, { name, keys, record }: CompositeCodec): Composite {
  const offset = cursor.at;
  const form = cursor.octet();
  if (form === list0.code) return record.read(cursor, 0) as unknown as Composite;
  if (form !== list8.code && form !== list32.code) wrongType(cursor, offset, form, `the list of ${name}`, 'compositeList');
  const count = enterCompound(cursor, form === list8.code ? list8.width : list32.width);
  if (count > keys.length) cursor.fail('fieldsTooMany', offset, `${count} fields, where ${name} has ${keys.length}`);
  const value = record.read(cursor, count) as unknown as Composite;
  cursor.leave('compoundSize');
  return value;
}

/** A field that holds a composite of an archetype, or any described value that the standard does not define. */
function nested(archetype: CompositeArchetype): FieldCodec {
  return {
    read(cursor) {
      const offset = cursor.at;
      const code = cursor.octet();
      if (code === primitives.null.null.code) return undefined;
      if (code !== describedCode || cursor.fault) return wrongType(cursor, offset, code, `a described value (${archetype})`);
      const codec = compositeByCode(readDescriptor(cursor));
      if (codec?.provides.has(archetype)) return readComposite(cursor, codec);
      if (!codec && archetype !== 'error') {
        cursor.at = cursor.fault ? cursor.end : offset;
        return readValue(cursor);
      }
      return cursor.fail('fieldType', offset, `${codec?.name ?? 'something unknown'} where ${archetype} is due`);
    },
    write(writer, value) {
      const { type } = value as Composite | Described;
      if (type === 'described') writeValue(writer, value as Described);
      else writeComposite(writer, value as Composite);
    },
  };
}

/** Writes a composite in its shortest form: numeric descriptor, no nulls at the end. */
export function writeComposite(writer: Writer, value: Composite): void {
  const { code, record } = compositeCodec(value.type);
  writer.octet(describedCode);
  writer.octet(smallulong.code);
  writer.octet(code);
  const count = record.count(value);
  if (count === 0) {
    writer.octet(list0.code);
    return;
  }
  const start = beginSized(writer);
  record.write(writer, value, count);
  endSized(writer, start, count, [list8.code, list32.code]);
}

/**
 * A composite of that name; fields left out are absent.
 * @example composite('open', { containerId: 'me' })
 */
export function composite<N extends CompositeName>(
  name: N,
  ...[fields]: Record<never, never> extends CompositeFields<N> ? [fields?: CompositeFields<N>] : [fields: CompositeFields<N>]
): Composite<N> {
  return { type: name, ...fields } as unknown as Composite<N>;
}

/** The composite with what the standard says of fields that are absent. */
export function withDefaults<N extends CompositeName>(value: Composite<N>): Composite<N> & DefaultedFields<N> {
  const { defaults } = compositeCodec(value.type);
  const given = Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
  return { ...defaults, ...given } as unknown as Composite<N> & DefaultedFields<N>;
}

/** The fields of a composite in wire order, by their names on the wire. */
export function compositeFields(name: CompositeName): CompositeRow['fields'] {
  return compositeCodec(name).fields;
}

/** Reads the composite that `bytes` begin with; a described value that is none of the standard's is a violation. */
export function decodeComposite(bytes: Uint8Array, offset = 0): Decoded<Composite> {
  const cursor = cursorOver(bytes, offset, bytes.length);
  const value = readAnyComposite(cursor);
  if (cursor.lacking > 0) return { kind: 'need-more', atLeast: cursor.lacking };
  if (cursor.fault) return cursor.fault;
  return { kind: 'value', value: value as Composite, end: cursor.offset };
}

/** Reads whatever composite comes next. */
export function readAnyComposite(cursor: Cursor): Composite | undefined {
  const offset = cursor.at;
  const code = cursor.octet();
  if (code !== describedCode || cursor.fault) return wrongType(cursor, offset, code, 'a composite');
  const codec = compositeByCode(readDescriptor(cursor));
  if (cursor.fault) return undefined;
  return codec ? readComposite(cursor, codec) : cursor.fail('fieldType', offset, 'a descriptor that the standard does not define');
}

/** A composite as octets in their shortest form. Throws a `RangeError` where a value does not fit its type. */
export function encodeComposite(value: Composite): Uint8Array {
  return octetsOf(writer => writeComposite(writer, value));
}

/** The composite that a described value is, as one in a map of unsettled deliveries or of node properties; undefined where it is none. */
export function compositeOf(value: AmqpValue): Composite | undefined {
  if (value.type !== 'described') return undefined;
  const decoded = decodeComposite(encodeValue(value));
  return decoded.kind === 'value' ? decoded.value : undefined;
}

/** A composite as the described list that it is on the wire. */
export function describedOf(value: Composite): AmqpValue {
  const octets = encodeComposite(value);
  return readValue(cursorOver(octets, 0, octets.length));
}
