import fc, { type Arbitrary } from 'fast-check';
import { type CompositeName, composites, type FieldRow } from '../spec/amqp10/composites.ts';
import type { Described, Typed } from '../spec/amqp10/primitives.ts';
import { type RestrictedRow, type RestrictedType, restricted } from '../spec/amqp10/restricted.ts';
import type { ArchetypeValues, Composite, FieldValues, Performative, PerformativeName, SaslBody, SaslBodyName } from '../spec/amqp10/values.ts';
import { type CompositeFields, compositeFields, type Frame } from '../wire/amqp10/codec.ts';
import type { MessageDraft } from '../wire/amqp10/compose.ts';
import { camelCase } from '../wire/amqp10/composite.ts';
import type { MessageBody } from '../wire/amqp10/message.ts';
import {
  amqpValue,
  annotations,
  applicationProperties,
  arrayOf,
  ascii,
  type FlatType,
  flat,
  identity,
  octets,
  symbolMap,
  text,
  typed,
  unsigned,
  value,
} from './values-amqp10.ts';

/**
 * fast-check arbitraries of AMQP 1.0, derived from the same tables as the codec. Everything generated is legal on the wire and in the form in which the
 * decoder answers it; legal in a conversation only where it says so.
 */

export { amqpValue, annotations, applicationProperties, scalarValue, symbolMap } from './values-amqp10.ts';

const choicesOf = (type: RestrictedType): Arbitrary<string> => {
  const { choices = {}, source }: RestrictedRow = restricted[type];
  return fc.constantFrom(...(source === 'symbol' ? Object.values(choices).map(String) : Object.keys(choices)));
};

const chosen = <T extends RestrictedType>(type: T) => choicesOf(type) as unknown as Arbitrary<FieldValues[T]>;
const condition = fc.oneof(...(['amqp-error', 'connection-error', 'session-error', 'link-error', 'transaction-error'] as const).map(choicesOf), ascii);

/** By the type that a field is declared as. */
const fieldArbitraries: { readonly [T in RestrictedType | 'error' | 'list' | 'map' | 'array']: () => Arbitrary<FieldValues[T]> } = {
  role: () => chosen('role'),
  'sender-settle-mode': () => chosen('sender-settle-mode'),
  'receiver-settle-mode': () => chosen('receiver-settle-mode'),
  handle: () => flat.uint,
  seconds: () => flat.uint,
  milliseconds: () => flat.uint,
  'delivery-tag': () => fc.uint8Array({ maxLength: 32 }),
  'sequence-no': () => flat.uint,
  'delivery-number': () => flat.uint,
  'transfer-number': () => flat.uint,
  'message-format': () => flat.uint,
  'ietf-language-tag': () => fc.constantFrom('en-US', 'de', 'x-any'),
  fields: () => symbolMap,
  annotations: () => annotations,
  'amqp-error': () => condition,
  'connection-error': () => condition,
  'session-error': () => condition,
  'link-error': () => condition,
  'transaction-error': () => condition,
  'message-id-ulong': () => flat.ulong,
  'message-id-uuid': () => flat.uuid,
  'message-id-binary': () => flat.binary,
  'message-id-string': () => flat.string,
  'address-string': () => flat.string,
  'terminus-durability': () => chosen('terminus-durability'),
  'terminus-expiry-policy': () => chosen('terminus-expiry-policy'),
  'std-dist-mode': () => choicesOf('std-dist-mode'),
  'filter-set': () => symbolMap,
  'node-properties': () => symbolMap,
  'transaction-id': () => flat.binary,
  'txn-capability': () => choicesOf('txn-capability'),
  'sasl-code': () => chosen('sasl-code'),
  error: () => composite(['error']),
  list: () => fc.array(value, { maxLength: 4 }),
  map: () => fc.uniqueArray(fc.tuple(value, value), { maxLength: 4, selector: identity }),
  array: () => arrayOf(2).map(each => (each as Typed<'array'>).value),
};

const stranger = fc
  .tuple(fc.constantFrom('example:other:list', 'x'), value)
  .map(([by, inner]): Described => ({ type: 'described', descriptor: { type: 'symbol', value: by }, value: inner }));

const orStranger = <N extends CompositeName>(names: readonly N[]): Arbitrary<Composite<N> | Described> =>
  fc.oneof({ weight: 6, arbitrary: composite(names) }, stranger);

/** By the archetype that a field requires. */
const archetypes: { readonly [A in keyof ArchetypeValues]: () => Arbitrary<ArchetypeValues[A]> } = {
  'error-condition': () => condition,
  'delivery-state': () => orStranger(['received', 'accepted', 'rejected', 'released', 'modified', 'declared', 'transactional-state']),
  outcome: () => orStranger(['accepted', 'rejected', 'released', 'modified', 'declared']),
  source: () => orStranger(['source']),
  target: () => orStranger(['target', 'coordinator']),
  'distribution-mode': () => fc.oneof(choicesOf('std-dist-mode'), ascii),
  'message-id': () => fc.oneof(...(['ulong', 'uuid', 'binary', 'string'] as const).map(typed)) as Arbitrary<ArchetypeValues['message-id']>,
  address: () => text,
  'txn-id': () => octets,
  'global-tx-id': () => value.filter(({ type }) => type !== 'null'),
  'txn-capability': () => choicesOf('txn-capability'),
};

function single({ type, requires }: FieldRow): Arbitrary<unknown> {
  if (requires !== undefined && requires in archetypes) return archetypes[requires as keyof ArchetypeValues]();
  if (type in fieldArbitraries) return fieldArbitraries[type as keyof typeof fieldArbitraries]();
  return type === '*' ? value : flat[type as FlatType];
}

function fieldArbitrary(row: FieldRow): Arbitrary<unknown> {
  return row.multiple ? fc.array(single(row), { minLength: 1, maxLength: 4 }) : single(row);
}

/** Composites with fields of their types, the optional ones there or not: of the given names, or of any. */
export function composite<N extends CompositeName = CompositeName>(names?: readonly N[]): Arbitrary<Composite<N>> {
  const each = (names ?? (Object.keys(composites) as N[])).map(name => {
    const rows = Object.entries(compositeFields(name));
    const model = Object.fromEntries(rows.map(([field, row]) => [camelCase(field), fieldArbitrary(row)]));
    const requiredKeys = rows.filter(([, { mandatory }]) => mandatory).map(([field]) => camelCase(field));
    return fc.record(model, { requiredKeys, noNullPrototype: true }).map(fields => ({ type: name, ...fields }) as unknown as Composite<N>);
  });
  return fc.oneof(...each);
}

const named = (archetype: string) =>
  Object.entries(composites).flatMap(([name, row]) => ('provides' in row && (row.provides as readonly string[]).includes(archetype) ? [name] : []));

/** Performatives: of the given names, or of any. */
export function performative(names?: readonly PerformativeName[]): Arbitrary<Performative> {
  return composite(names ?? (named('frame') as PerformativeName[]));
}

/** The bodies of SASL frames: of the given names, or of any. */
export function saslBody(names?: readonly SaslBodyName[]): Arbitrary<SaslBody> {
  return composite(names ?? (named('sasl-frame') as SaslBodyName[]));
}

const nothing = new Uint8Array(0);

/**
 * Single frames of each kind, legal on the wire, transfers with any octets for a payload.
 * @example fc.assert(fc.property(amqpFrames(), frame => decodeFrame(encodeFrame(frame)).kind === 'value'))
 */
export function amqpFrames(): Arbitrary<Frame> {
  const channel = unsigned(16);
  const plain = fc.tuple(channel, performative()).map(([on, body]): Frame => ({ type: 'amqp', channel: on, performative: body, payload: nothing }));
  const transfers = fc
    .tuple(channel, composite(['transfer']), octets)
    .map(([on, body, payload]): Frame => ({ type: 'amqp', channel: on, performative: body, payload }));
  const empty = channel.map((on): Frame => ({ type: 'amqp', channel: on, performative: undefined, payload: nothing }));
  const sasl = saslBody().map((body): Frame => ({ type: 'sasl', body }));
  return fc.oneof({ weight: 6, arbitrary: plain }, { weight: 3, arbitrary: transfers }, { weight: 2, arbitrary: sasl }, empty);
}

const bodies: Arbitrary<MessageBody> = fc.oneof(
  fc.array(octets, { minLength: 1, maxLength: 3 }).map(parts => ({ type: 'data', value: parts }) as const),
  fc.array(fc.array(value, { maxLength: 3 }), { minLength: 1, maxLength: 3 }).map(parts => ({ type: 'amqp-sequence', value: parts }) as const),
  amqpValue().map(each => ({ type: 'amqp-value', value: each }) as const),
);

const withoutType = <N extends CompositeName>(name: N) => composite([name]).map(({ type: _, ...fields }) => fields);

/** Bodies of each kind. */
export function messageBody(): Arbitrary<MessageBody> {
  return bodies;
}

/** The fields of the properties section, each there or not. */
export function properties(): Arbitrary<CompositeFields<'properties'>> {
  return withoutType('properties') as Arbitrary<CompositeFields<'properties'>>;
}

/** Messages of format 0 with any sections, in the form from which `encodeMessage` makes them. */
export function messageDraft(): Arbitrary<MessageDraft> {
  return fc.record(
    {
      header: withoutType('header'),
      deliveryAnnotations: annotations,
      messageAnnotations: annotations,
      properties: withoutType('properties'),
      applicationProperties,
      body: bodies,
      footer: annotations,
    },
    { requiredKeys: ['body'], noNullPrototype: true },
  ) as Arbitrary<MessageDraft>;
}
