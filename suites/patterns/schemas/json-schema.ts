import { Ajv2020, type SchemaObject } from 'ajv/dist/2020.js';
import { type Order, order, states } from './order.ts';
import type { SchemaKit } from './schema-kit.ts';

/** Integers of 64 bits and octets travel as text, since JSON has no others. */
const schema: SchemaObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://schemas.amqpspec.example/order.schema.json',
  type: 'object',
  required: ['id', 'placedAt', 'state', 'customer', 'lines', 'labels', 'payment', 'signature', 'gift'],
  additionalProperties: false,
  properties: {
    id: { $ref: '#/$defs/long' },
    placedAt: { $ref: '#/$defs/long' },
    state: { enum: states },
    customer: {
      type: 'object',
      required: ['name', 'email'],
      additionalProperties: false,
      properties: { name: { type: 'string' }, email: { type: ['string', 'null'] } },
    },
    lines: { type: 'array', items: { $ref: '#/$defs/line' } },
    labels: { type: 'object', propertyNames: { pattern: '^label-' }, additionalProperties: { type: 'string' } },
    payment: { oneOf: [{ $ref: '#/$defs/card' }, { $ref: '#/$defs/transfer' }] },
    signature: { type: 'string', pattern: '^[0-9a-f]*$' },
    gift: { type: 'boolean' },
  },
  $defs: {
    long: { type: 'string', pattern: '^-?[0-9]{1,19}$' },
    line: {
      type: 'object',
      required: ['sku', 'quantity', 'price'],
      additionalProperties: false,
      properties: { sku: { type: 'string' }, quantity: { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }, price: { type: 'number' } },
    },
    card: {
      type: 'object',
      required: ['kind', 'last4'],
      additionalProperties: false,
      properties: { kind: { const: 'card' }, last4: { type: 'string', pattern: '^[0-9]{4}$' } },
    },
    transfer: {
      type: 'object',
      required: ['kind', 'iban', 'fee'],
      additionalProperties: false,
      properties: { kind: { const: 'transfer' }, iban: { type: 'string' }, fee: { type: 'number', minimum: 0 } },
    },
  },
};

function written(value: Order): Uint8Array {
  const plain = { ...value, id: `${value.id}`, placedAt: `${value.placedAt}`, signature: Buffer.from(value.signature).toString('hex') };
  return new TextEncoder().encode(JSON.stringify(plain));
}

/** JSON Schema, draft 2020-12. */
export function jsonKit(): SchemaKit {
  const validate = new Ajv2020({ allErrors: false }).compile(schema);
  const check = (body: Uint8Array): string | undefined => {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (validate(value)) return undefined;
    const [first] = validate.errors ?? [];
    return `${first?.instancePath ?? ''} ${first?.message ?? 'is no value of the schema'}`;
  };
  return {
    contentType: 'application/json',
    headers: { 'schema-format': 'JSON Schema', 'schema-id': String(schema.$id), 'schema-version': '3' },
    body: (random, records) => written(order(random, records)),
    smallest: () => written({ ...order(() => 0, 0), signature: new Uint8Array() }),
    refuses: body => orWhy(() => check(body)),
  };
}

/** What went wrong where a library throws. */
export function orWhy(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
