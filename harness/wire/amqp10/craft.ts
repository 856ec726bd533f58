import { type CompositeName, composites } from '../../spec/amqp10/composites.ts';
import { dataOffsetMin, frameHead, frameTypes } from '../../spec/amqp10/constants.ts';
import {
  type AmqpValue,
  describedCode,
  type EncodingName,
  type EncodingRow,
  type PrimitiveType,
  primitives,
  type Typed,
} from '../../spec/amqp10/primitives.ts';
import type { Composite } from '../../spec/amqp10/values.ts';
import { compositeCodec } from './composite.ts';
import { type ScalarEncoding, type ScalarType, scalarEncodings } from './scalars.ts';
import { encodeValue } from './value-writer.ts';
import { octetsOf } from './writer.ts';

/*
 * Well-named ways to be wrong, and ways to be right that an encoder would not choose. All answer octets of their own; what a receiver makes of them is for
 * the rule to say.
 */

/** The same octets, one behind the other. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return octetsOf(writer => {
    for (const part of parts) writer.raw(part);
  });
}

/** The parts of a frame; what is left out is legal. */
export interface FrameOctets {
  readonly type?: number;
  readonly channel?: number;
  /** Declared, where that is not the true one. */
  readonly size?: number;
  /** In words of four octets, where that is not the true one. */
  readonly dataOffset?: number;
  /** Octets between head and body, by rights a multiple of four. */
  readonly extendedHeader?: Uint8Array;
}

/** A frame of any type, size and data offset, with any octets for a body. */
export function frameOf(
  body: Uint8Array,
  { type = frameTypes.amqp, channel = 0, size, dataOffset, extendedHeader = new Uint8Array(0) }: FrameOctets = {},
): Uint8Array {
  return octetsOf(writer => {
    writer.long(size ?? frameHead + extendedHeader.length + body.length);
    writer.octet(dataOffset ?? dataOffsetMin + extendedHeader.length / 4);
    writer.octet(type);
    writer.short(channel);
    writer.raw(extendedHeader);
    writer.raw(body);
  });
}

/** Only the first octets: `size` of them or, where negative, all but so many. */
export function truncated(octets: Uint8Array, size: number): Uint8Array {
  return new Uint8Array(octets.subarray(0, size < 0 ? octets.length + size : size));
}

/** The octets with other ones in place of those from `at` on. */
export function replaced(octets: Uint8Array, at: number, ...others: readonly number[]): Uint8Array {
  const changed = new Uint8Array(octets);
  changed.set(others, at);
  return changed;
}

/** The constructor octet of an encoding. */
export function codeOf<T extends PrimitiveType>(type: T, name: EncodingName<T>): number {
  return (primitives[type] as Readonly<Record<string, EncodingRow>>)[name]?.code ?? 0;
}

/**
 * A value without elements in an encoding of one's choice, as a uint of 1 in four octets.
 * @throws {RangeError} where the value does not fit the encoding.
 * @example valueAs({ type: 'uint', value: 0 }, 'smalluint') // 52 00
 */
export function valueAs<T extends ScalarType>(value: Typed<T>, encoding: EncodingName<T>): Uint8Array {
  const type = value.type as T;
  const codec = scalarEncodings[type][encoding] as unknown as ScalarEncoding<T>;
  if (!codec.fits(value.value as never)) throw new RangeError(`the value does not fit ${encoding}`);
  return octetsOf(writer => {
    writer.octet(codeOf(type, encoding));
    codec.write(writer, value.value as never);
  });
}

/** Every encoding in which a value without elements can be written, by name, the shortest first. */
export function encodingsOf<T extends ScalarType>(value: Typed<T>): readonly { readonly name: EncodingName<T>; readonly octets: Uint8Array }[] {
  const type = value.type as T;
  const codecs = scalarEncodings[type] as unknown as Readonly<Record<string, ScalarEncoding<T>>>;
  return (Object.keys(primitives[type]) as EncodingName<T>[])
    .filter(name => codecs[name]?.fits(value.value as never))
    .map(name => ({ name, octets: valueAs(value, name) }));
}

/** What a list, map or array declares, where that is not the true thing, and whether in one octet or four. */
export interface Declared {
  /** In four octets each, although one would do. */
  readonly wide?: boolean;
  readonly size?: number;
  readonly count?: number;
}

function sized(
  short: number,
  long: number,
  items: Uint8Array,
  trueCount: number,
  { wide = items.length > 254 || trueCount > 255, size, count = trueCount }: Declared,
): Uint8Array {
  return octetsOf(writer => {
    writer.octet(wide ? long : short);
    if (wide) writer.long(size ?? items.length + 4);
    else writer.octet(size ?? items.length + 1);
    if (wide) writer.long(count);
    else writer.octet(count);
    writer.raw(items);
  });
}

const { list8, list32 } = primitives.list;
const { map8, map32 } = primitives.map;
const { array8, array32 } = primitives.array;

/** A list of any octets for items, in list8 or list32, also where list0 would do. */
export function listOf(items: readonly Uint8Array[], declared: Declared = {}): Uint8Array {
  return sized(list8.code, list32.code, joined(...items), items.length, declared);
}

/** A map of any octets for keys and values by turns, an odd number of them or keys that are the same included. */
export function mapOf(items: readonly Uint8Array[], declared: Declared = {}): Uint8Array {
  return sized(map8.code, map32.code, joined(...items), items.length, declared);
}

/** An array of any octets for its element constructor and its elements, so of elements without octets too. */
export function arrayOf(elementConstructor: Uint8Array | number, elements: readonly Uint8Array[], declared: Declared = {}): Uint8Array {
  const head = typeof elementConstructor === 'number' ? Uint8Array.of(elementConstructor) : elementConstructor;
  return sized(array8.code, array32.code, joined(head, ...elements), elements.length, declared);
}

/** A binary, string or symbol of any octets, broken UTF-8 included, that declares its true size or another. */
export function variableOf(
  type: 'binary' | 'string' | 'symbol',
  octets: Uint8Array,
  { wide = octets.length > 255, size = octets.length }: Omit<Declared, 'count'> = {},
): Uint8Array {
  const [short, long] = Object.values(primitives[type]).map(({ code }) => code);
  return octetsOf(writer => {
    writer.octet((wide ? long : short) as number);
    if (wide) writer.long(size);
    else writer.octet(size);
    writer.raw(octets);
  });
}

/** Any octets described by any others. */
export function describedAs(descriptor: Uint8Array, value: Uint8Array): Uint8Array {
  return joined(Uint8Array.of(describedCode), descriptor, value);
}

/** A value nested in so many lists, each the only item of the one around it. */
export function nestedLists(depth: number, innermost: Uint8Array = Uint8Array.of(primitives.list.list0.code)): Uint8Array {
  let octets = innermost;
  for (let level = 0; level < depth; level += 1) octets = listOf([octets]);
  return octets;
}

/** A composite as it might be sent, legally or not. */
export interface CompositeOctets extends Declared {
  /** How it is described: by its number in one or eight octets, by its symbol, or by any octets. */
  readonly descriptor?: 'smallulong' | 'ulong' | 'sym8' | 'sym32' | Uint8Array;
  /** Octets in place of those of some fields, by the names that stand for them in values. */
  readonly fields?: Readonly<Record<string, Uint8Array>>;
  /** Nulls at the end are written, as many as the type has fields; or so many fields are written in all, more of them than there are included. */
  readonly trailing?: 'nulls' | number;
}

function descriptorOf(name: CompositeName, form: CompositeOctets['descriptor'] = 'smallulong'): Uint8Array {
  const { code, symbol } = composites[name];
  if (form instanceof Uint8Array) return form;
  if (form === 'smallulong' || form === 'ulong') return valueAs({ type: 'ulong', value: BigInt(code) }, form);
  return valueAs({ type: 'symbol', value: symbol }, form);
}

const nullOctets = Uint8Array.of(primitives.null.null.code);

/**
 * A composite in a form of one's choice; a mandatory field without a value is null.
 * @example compositeAs('open', { containerId: 'me' }, { descriptor: 'sym8', wide: true, trailing: 'nulls' })
 */
export function compositeAs<N extends CompositeName>(name: N, values: Partial<Omit<Composite<N>, 'type'>>, how: CompositeOctets = {}): Uint8Array {
  const { keys, codecs } = compositeCodec(name);
  const items = keys.map((key, index) => {
    const value = (values as Readonly<Record<string, unknown>>)[key];
    if (how.fields?.[key]) return how.fields[key];
    return value === undefined ? nullOctets : octetsOf(writer => codecs[index]?.write(writer, value));
  });
  const last = items.findLastIndex(item => item !== nullOctets) + 1;
  const length = how.trailing === 'nulls' ? keys.length : (how.trailing ?? last);
  const written = Array.from({ length }, (_, index) => items[index] ?? nullOctets);
  return describedAs(descriptorOf(name, how.descriptor), listOf(written, how));
}

/** A section of a message: any value, described by any number. */
export function sectionOf(code: number, value: AmqpValue | Uint8Array): Uint8Array {
  return describedAs(valueAs({ type: 'ulong', value: BigInt(code) }, 'smallulong'), value instanceof Uint8Array ? value : encodeValue(value));
}
