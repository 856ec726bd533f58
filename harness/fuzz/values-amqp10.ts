import fc, { type Arbitrary } from 'fast-check';
import type { AmqpValue, Described, PrimitiveType, PrimitiveValues, Typed } from '../spec/amqp10/primitives.ts';
import type { Annotations, SymbolMap } from '../spec/amqp10/values.ts';
import { encodeValue } from '../wire/amqp10/codec.ts';

const signed = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
/** Integers without sign of so many bits, the ends of their range among them. */
export const unsigned = (bits: number) =>
  fc.oneof(fc.integer({ min: 0, max: 2 ** bits - 1 }), fc.constantFrom(0, 1, 127, 128, 255, Math.min(256, 2 ** bits - 1), 2 ** bits - 1));
const signed64 = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -130n, max: 130n }));
const unsigned64 = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 260n }));
const exactly = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
export const octets = fc.oneof({ weight: 6, arbitrary: fc.uint8Array({ maxLength: 40 }) }, fc.uint8Array({ minLength: 250, maxLength: 300 }));
export const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 24 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 80, maxLength: 300, unit: 'grapheme' }) },
);
export const ascii = fc.string({ unit: 'binary-ascii', maxLength: 24 });
const symbol = fc.oneof({ weight: 8, arbitrary: ascii }, fc.string({ unit: 'binary-ascii', minLength: 250, maxLength: 260 }));

/** Types without elements. */
export type FlatType = Exclude<PrimitiveType, 'list' | 'map' | 'array'>;

export const flat: { readonly [T in FlatType]: Arbitrary<PrimitiveValues[T]> } = {
  null: fc.constant(null),
  boolean: fc.boolean(),
  ubyte: unsigned(8),
  ushort: unsigned(16),
  uint: unsigned(32),
  ulong: unsigned64,
  byte: signed(8),
  short: signed(16),
  int: fc.oneof(signed(32), signed(9)),
  long: signed64,
  float: fc.float(),
  double: fc.double(),
  decimal32: exactly(4),
  decimal64: exactly(8),
  decimal128: exactly(16),
  char: fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff })),
  timestamp: signed64,
  uuid: exactly(16),
  binary: octets,
  string: text,
  symbol,
};

const oddNan = fc
  .tuple(fc.constantFrom('float' as const, 'double' as const), fc.boolean(), fc.integer({ min: 1, max: 0x3ffff }))
  .map(([type, negative, payload]): AmqpValue => {
    const bits = new Uint8Array(type === 'float' ? 4 : 8);
    const view = new DataView(bits.buffer);
    view.setUint32(bits.length - 4, payload);
    view.setUint16(0, view.getUint16(0) | (negative ? 0x8000 : 0) | (type === 'float' ? 0x7f80 : 0x7ff0));
    return { type, value: Number.NaN, bits };
  });

export const typed = <T extends FlatType>(type: T): Arbitrary<AmqpValue> => (flat[type] as Arbitrary<unknown>).map(value => ({ type, value }) as AmqpValue);

/** Values without elements, of every type. */
export const scalarValue: Arbitrary<AmqpValue> = fc.oneof(...(Object.keys(flat) as FlatType[]).map(typed), oddNan);

export const identity = ([key]: readonly [AmqpValue | string | bigint, unknown]): string =>
  typeof key === 'object' ? Buffer.from(encodeValue(key)).toString('latin1') : `${typeof key} ${key}`;

/** Of nobody's registered domain: the numbers of domain 0 are the standard's own, and who finds one before something else may refuse it. */
const ownDomain = 0xa3b9n << 32n;

const descriptor: Arbitrary<AmqpValue> = fc
  .oneof(typed('symbol'), typed('ulong'), scalarValue)
  .map(by => (by.type === 'ulong' && by.value < 1n << 32n ? { type: 'ulong', value: by.value + ownDomain } : by));

/**
 * Values of every type, no deeper than `depth` levels; 3 unless given.
 * @example fc.assert(fc.property(amqpValue(), value => decodeValue(encodeValue(value)).kind === 'value'))
 */
export function amqpValue(depth = 3): Arbitrary<AmqpValue> {
  if (depth <= 1) return scalarValue;
  const inner = amqpValue(depth - 1);
  return fc.oneof({ weight: 6, arbitrary: scalarValue }, listOf(inner), mapOf(inner), arrayOf(depth), described(inner));
}

const listOf = (inner: Arbitrary<AmqpValue>): Arbitrary<Typed<'list'>> => fc.array(inner, { maxLength: 5 }).map(value => ({ type: 'list', value }));

const mapOf = (inner: Arbitrary<AmqpValue>): Arbitrary<Typed<'map'>> =>
  fc.uniqueArray(fc.tuple(inner, inner), { maxLength: 12, selector: identity }).map(value => ({ type: 'map', value }));

const described = (inner: Arbitrary<AmqpValue>): Arbitrary<Described> =>
  fc.tuple(descriptor, inner).map(([by, value]) => ({ type: 'described', descriptor: by, value }));

export function arrayOf(depth: number): Arbitrary<AmqpValue> {
  const inner = amqpValue(depth - 1);
  const elements: readonly Arbitrary<AmqpValue>[] = [
    ...(Object.keys(flat) as FlatType[]).map(typed),
    listOf(inner),
    mapOf(inner),
    ...(depth > 2 ? [arrayOf(depth - 1)] : []),
  ];
  const descriptors = fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(descriptor, { maxLength: 2 }));
  const filled = fc.oneof(...elements.map(element => fc.array(element, { minLength: 1, maxLength: 5 })));
  const items = fc.oneof({ weight: 8, arbitrary: filled }, fc.constant<AmqpValue[]>([]));
  return fc.tuple(descriptors, items, fc.constantFrom(...(Object.keys(flat) as FlatType[]))).map(([by, values, type]) => ({
    type: 'array',
    value: { of: (values[0]?.type as PrimitiveType | undefined) ?? type, descriptors: by, items: values },
  }));
}

export const value = amqpValue(2);

const pairs = <K extends string | bigint>(key: Arbitrary<K>) => fc.uniqueArray(fc.tuple(key, value), { maxLength: 5, selector: identity });

/** Maps whose keys are symbols. */
export const symbolMap: Arbitrary<SymbolMap> = pairs(ascii);

/** Annotations, some with the ulongs that the standard reserves. */
export const annotations: Arbitrary<Annotations> = pairs<string | bigint>(fc.oneof({ weight: 5, arbitrary: ascii }, unsigned64));

/** Names and values of application properties. */
export const applicationProperties: Arbitrary<readonly (readonly [string, AmqpValue])[]> = fc.uniqueArray(fc.tuple(text, scalarValue), {
  maxLength: 5,
  selector: identity,
});
