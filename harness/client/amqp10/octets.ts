import { type PrimitiveType, primitives } from '../../spec/amqp10/primitives.ts';
import type { CompositeFields, CompositeName } from '../../wire/amqp10/codec.ts';
import {
  arrayOf,
  type CompositeOctets,
  codeOf,
  compositeAs,
  describedAs,
  encodingsOf,
  frameOf,
  listOf,
  mapOf,
  valueAs,
  variableOf,
} from '../../wire/amqp10/craft.ts';

const text = (octets: string): Uint8Array => new TextEncoder().encode(octets);

/** A frame with a composite in it, legal or not; mandatory fields may be left out. */
export function compositeFrame<N extends CompositeName>(name: N, fields: Partial<CompositeFields<N>>, channel = 0, how: CompositeOctets = {}): Uint8Array {
  return frameOf(compositeAs(name, fields as never, how), { channel });
}

const uuid = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
const decimal = (width: number): Uint8Array => Uint8Array.of(0x22, ...new Uint8Array(width - 2), 1);

/** Values of every type that has no elements, those at the ends of what it can say among them. */
const scalars = [
  { type: 'null', value: null },
  { type: 'boolean', value: true },
  { type: 'boolean', value: false },
  { type: 'ubyte', value: 255 },
  { type: 'ushort', value: 65535 },
  { type: 'uint', value: 0 },
  { type: 'uint', value: 0xffffffff },
  { type: 'ulong', value: 0n },
  { type: 'ulong', value: 2n ** 53n },
  { type: 'byte', value: -128 },
  { type: 'short', value: -32768 },
  { type: 'int', value: -1 },
  { type: 'int', value: -(2 ** 31) },
  { type: 'long', value: -1n },
  { type: 'long', value: -(2n ** 53n) },
  { type: 'float', value: 1.5 },
  { type: 'double', value: -0.1 },
  { type: 'decimal32', value: decimal(4) },
  { type: 'decimal64', value: decimal(8) },
  { type: 'decimal128', value: decimal(16) },
  { type: 'char', value: '€' },
  { type: 'timestamp', value: 1_700_000_000_000n },
  { type: 'uuid', value: uuid },
  { type: 'binary', value: Uint8Array.of(0, 255) },
  { type: 'string', value: '' },
  { type: 'string', value: 'grüße' },
  { type: 'symbol', value: 'x-symbol' },
] as const;

/** One value of each encoding of these types. */
function written(...types: readonly PrimitiveType[]): readonly Uint8Array[] {
  return scalars.filter(({ type }) => types.length === 0 || types.includes(type)).flatMap(value => encodingsOf(value as never).map(({ octets }) => octets));
}

/** Every encoding of every type without elements. */
export const everyScalar = written();
export const numbers = written('boolean', 'ubyte', 'ushort', 'uint', 'ulong', 'byte', 'short', 'int', 'long', 'float', 'double');
export const decimals = written('decimal32', 'decimal64', 'decimal128', 'char');
export const moments = written('timestamp', 'uuid');
export const texts = written('binary', 'string', 'symbol', 'null');

const one = Uint8Array.of(0x54, 1);
const key = variableOf('string', text('k'));
const fixed = (type: PrimitiveType): number => Object.values(primitives[type])[0]?.code ?? 0;

/** Lists, maps and arrays in each of their encodings, the empty ones too, and one in another. */
export const compounds = [
  Uint8Array.of(primitives.list.list0.code),
  listOf([]),
  listOf([one, key]),
  listOf([one, listOf([one])], { wide: true }),
  mapOf([]),
  mapOf([key, one]),
  mapOf([key, mapOf([key, one])], { wide: true }),
  arrayOf(0x71, [Uint8Array.of(0, 0, 0, 1), Uint8Array.of(255, 255, 255, 255)]),
  arrayOf(codeOf('symbol', 'sym32'), [valueAs({ type: 'symbol', value: 'a' }, 'sym32').subarray(1)], { wide: true }),
] as const;
/** Arrays of none, of arrays, and of elements without octets. */
export const oddArrays = [
  arrayOf(fixed('uuid'), []),
  arrayOf(0xe0, [arrayOf(0x50, [Uint8Array.of(1)]).subarray(1)]),
  arrayOf(0x41, [new Uint8Array(0), new Uint8Array(0)]),
] as const;
/** Described by a symbol and a number that nobody knows, and by a value that is neither. */
export const described = [
  describedAs(valueAs({ type: 'symbol', value: 'x:never:heard-of' }, 'sym8'), one),
  describedAs(valueAs({ type: 'ulong', value: 0xbeefn }, 'ulong'), listOf([one])),
] as const;
export const reservedDescriptor = describedAs(key, one);

/** A map with these values under keys of one type. */
export function mapOfAll(values: readonly Uint8Array[], keys: 'string' | 'symbol', prefix = 'x-opt-'): Uint8Array {
  return mapOf(
    values.flatMap((value, at) => [variableOf(keys, text(`${prefix}${at}`)), value]),
    { wide: true },
  );
}
