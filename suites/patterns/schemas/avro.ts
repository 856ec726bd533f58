import avro from 'avsc';
import { orWhy } from './json-schema.ts';
import { order, states } from './order.ts';
import type { SchemaKit } from './schema-kit.ts';

const schema = {
  type: 'record',
  name: 'Order',
  namespace: 'example.amqpspec',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'placedAt', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'state', type: { type: 'enum', name: 'State', symbols: [...states] } },
    {
      name: 'customer',
      type: {
        type: 'record',
        name: 'Customer',
        fields: [
          { name: 'name', type: 'string' },
          { name: 'email', type: ['null', 'string'], default: null },
        ],
      },
    },
    {
      name: 'lines',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Line',
          fields: [
            { name: 'sku', type: 'string' },
            { name: 'quantity', type: 'int' },
            { name: 'price', type: 'double' },
          ],
        },
      },
    },
    { name: 'labels', type: { type: 'map', values: 'string' } },
    {
      name: 'payment',
      type: [
        { type: 'record', name: 'Card', fields: [{ name: 'last4', type: 'string' }] },
        {
          type: 'record',
          name: 'Transfer',
          fields: [
            { name: 'iban', type: 'string' },
            { name: 'fee', type: 'float' },
          ],
        },
      ],
    },
    { name: 'signature', type: 'bytes' },
    { name: 'gift', type: 'boolean' },
  ],
} as const;

/** Integers of 64 bits as bigints, on eight octets, lowest first, once unpacked. Logical types keep the library's own, exact up to 2^53. */
const long = avro.types.LongType.__with({
  fromBuffer: (octets: Buffer) => octets.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const octets = Buffer.alloc(8);
    octets.writeBigInt64LE(value);
    return octets;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  compare: (one: bigint, other: bigint) => (one < other ? -1 : one > other ? 1 : 0),
});

/** Avro's binary encoding of one record, without a container. */
export function avroKit(): SchemaKit {
  const type = avro.Type.forSchema(schema as unknown as avro.Schema, { registry: { long }, wrapUnions: 'always' } as Partial<avro.ForSchemaOptions>);
  const recordOf = (random: () => number, records: number) => {
    const { customer, payment, signature, placedAt, ...rest } = order(random, records);
    const { kind, ...details } = payment;
    const email = customer.email === null ? null : { string: customer.email };
    const paid = { [kind === 'card' ? 'example.amqpspec.Card' : 'example.amqpspec.Transfer']: details };
    return { ...rest, placedAt: Number(placedAt), customer: { ...customer, email }, payment: paid, signature: Buffer.from(signature) };
  };
  return {
    contentType: 'avro/binary',
    headers: { 'schema-format': 'Avro', 'schema-id': 'example.amqpspec.Order', 'schema-fingerprint': type.fingerprint('md5').toString('hex') },
    body: (random, records) => type.toBuffer(recordOf(random, records)),
    smallest: () => type.toBuffer(recordOf(() => 0, 0)),
    refuses: body =>
      orWhy(() => {
        const value: unknown = type.fromBuffer(Buffer.from(body));
        return Buffer.compare(type.toBuffer(value), body) === 0 ? undefined : 'the value that it decodes to is encoded otherwise';
      }),
  };
}
