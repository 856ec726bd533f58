import protobuf from 'protobufjs';
import { orWhy } from './json-schema.ts';
import { order, states } from './order.ts';
import type { SchemaKit } from './schema-kit.ts';

const schema = `
syntax = "proto3";
package example.amqpspec;

enum State { NEW = 0; PAID = 1; SHIPPED = 2; CANCELLED = 3; }
message Timestamp { int64 seconds = 1; int32 nanos = 2; }
message Customer { string name = 1; optional string email = 2; }
message Line { string sku = 1; sint32 quantity = 2; double price = 3; }
message Card { string last4 = 1; }
message Transfer { string iban = 1; float fee = 2; }

message Order {
  fixed64 id = 1;
  Timestamp placed_at = 2;
  State state = 3;
  Customer customer = 4;
  repeated Line lines = 5;
  map<string, string> labels = 6;
  oneof payment { Card card = 7; Transfer transfer = 8; }
  bytes signature = 9;
  bool gift = 10;
}
`;

/** The two halves of 64 bits, as the library takes them where no other representation is at hand. */
function halves(value: bigint): { readonly low: number; readonly high: number; readonly unsigned: boolean } {
  const bits = BigInt.asUintN(64, value);
  return { low: Number(BigInt.asIntN(32, bits)), high: Number(BigInt.asIntN(32, bits >> 32n)), unsigned: true };
}

/** Protocol Buffers, proto3, one message without a length in front. */
export function protobufKit(): SchemaKit {
  const type = protobuf.parse(schema).root.lookupType('example.amqpspec.Order');
  const encoded = (random: () => number, records: number): Uint8Array => {
    const { id, placedAt, state, payment, ...rest } = order(random, records);
    const placed = { seconds: halves(placedAt / 1_000_000n), nanos: Number(placedAt % 1_000_000n) * 1000 };
    const { kind, ...details } = payment;
    const customer = { name: rest.customer.name, ...(rest.customer.email !== null && { email: rest.customer.email }) };
    const value = { ...rest, customer, id: halves(id), placedAt: placed, state: states.indexOf(state), [kind]: details };
    return type.encode(type.create(value)).finish();
  };
  return {
    contentType: 'application/x-protobuf',
    headers: { 'schema-format': 'Protobuf', 'schema-id': 'example/amqpspec/order.proto', 'message-type': 'example.amqpspec.Order' },
    body: encoded,
    smallest: () => new Uint8Array(),
    refuses: body =>
      orWhy(() => {
        const value = type.decode(body);
        const wrong = type.verify(value);
        if (wrong !== null) return wrong;
        return Buffer.compare(type.encode(value).finish(), body) === 0 ? undefined : 'the message that it decodes to is encoded otherwise';
      }),
  };
}
