import fc, { type Arbitrary } from 'fast-check';
import type { BasicProperties } from '../spec/amqp091/classes.ts';
import { type FieldTable, type FieldType, type FieldValue, type FieldValues, tagDialects } from '../spec/amqp091/domains.ts';

/** A message without its body. */
export interface MessageShape {
  readonly properties: BasicProperties;
  /** Octets of the body: so many full body frames, and so many octets more or less. */
  readonly body: { readonly frames: number; readonly octets: number };
}

const seconds = fc.bigInt({ min: 0n, max: 2n ** 36n });
const integer = (bits: number, signed: boolean) => fc.integer(signed ? { min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 } : { min: 0, max: 2 ** bits - 1 });
const octets = fc.uint8Array({ maxLength: 40 });

/** UTF-8 without zero octets. */
const text = (most: number): Arbitrary<string> =>
  fc
    .oneof({ weight: 3, arbitrary: fc.string({ maxLength: 20 }) }, { arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }), weight: 1 })
    .filter(each => !each.includes('\0') && Buffer.byteLength(each) <= most);

type Plain = Exclude<FieldType, 'array' | 'table' | 'short-string' | 'byte-array' | 'short-int' | 'long-long-int' | 'long-long-uint'>;

const plain: { readonly [T in Plain]: Arbitrary<FieldValues[T]> } = {
  boolean: fc.boolean(),
  'short-short-int': integer(8, true),
  'short-short-uint': integer(8, false),
  'short-uint': integer(16, false),
  'long-int': integer(32, true),
  'long-uint': integer(32, false),
  float: fc.float({ noNaN: true, noDefaultInfinity: true }),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }),
  decimal: fc.record({ scale: fc.nat(9), value: integer(32, true) }, { noNullPrototype: true }),
  'long-string': octets,
  timestamp: seconds,
  void: fc.constant(null),
};

/** Types whose tag every dialect reads alike. */
const clear = (Object.keys(plain) as Plain[]).filter(type => tagDialects.text[type] === tagDialects.errata[type]);

/** Names that mean nothing to a server: routing reads `CC` and `BCC`, and servers keep names that begin with `x-` for themselves. */
const name = fc.stringMatching(/^[a-z][a-zA-Z0-9_]{0,12}$/);

function fieldValue(depth: number): Arbitrary<FieldValue> {
  const flat = clear.map(type => (plain[type] as Arbitrary<unknown>).map(value => ({ type, value }) as FieldValue));
  if (depth === 0) return fc.oneof(...flat);
  const array = fc.array(fieldValue(depth - 1), { maxLength: 3 }).map(value => ({ type: 'array', value }) as const);
  const table = headers(depth - 1).map(value => ({ type: 'table', value }) as const);
  return fc.oneof({ weight: 6, arbitrary: fc.oneof(...flat) }, { weight: 1, arbitrary: array }, { weight: 1, arbitrary: table });
}

function headers(depth: number): Arbitrary<FieldTable> {
  return fc.uniqueArray(fc.tuple(name, fieldValue(depth)), { maxLength: 4, selector: ([key]) => key });
}

/**
 * Messages that every server takes and must pass on as they are: no user-id, which is checked, no expiration, which each
 * reads in its own way, no ambiguous tag.
 * @example fc.sample(message(), 3)
 */
export function message(): Arbitrary<MessageShape> {
  const properties = fc.record(
    {
      contentType: text(255),
      contentEncoding: text(255),
      headers: headers(2),
      deliveryMode: fc.constantFrom(1, 2),
      priority: fc.nat(9),
      correlationId: text(255),
      replyTo: text(255),
      messageId: text(255),
      timestamp: seconds,
      type: text(255),
      appId: text(255),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  return fc.record({ properties, body: fc.record({ frames: fc.nat(3), octets: fc.oneof(fc.integer({ min: -1, max: 1 }), fc.nat(60)) }) });
}
