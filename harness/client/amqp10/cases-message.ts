import { encodeMessage } from '../../wire/amqp10/codec.ts';
import { joined, listOf, sectionOf, variableOf } from '../../wire/amqp10/craft.ts';
import { carrying, delivered, nothing } from './delivering.ts';
import { compounds, decimals, described, mapOfAll, moments, numbers, oddArrays, reservedDescriptor, texts } from './octets.ts';
import { alone, case10, givesUp, goesOn } from './words.ts';

const text = (octets: string): Uint8Array => new TextEncoder().encode(octets);
const header = 0x70;
const deliveryAnnotations = 0x71;
const messageAnnotations = 0x72;
const applicationProperties = 0x74;
const data = 0x75;
const sequence = 0x76;
const value = 0x77;
const footer = 0x78;
const hello = sectionOf(data, variableOf('binary', text('hello')));
const properties = encodeMessage({ properties: { messageId: { type: 'string', value: 'm' } } });

/** A message that is legal is taken. */
const taken = (id: string, title: string, duties: Parameters<typeof case10>[0]['duties'], payload: Uint8Array) =>
  case10({ id: `message/${id}`, title, duties, needs: 'consume', legal: [goesOn], seam: carrying(payload) });
/** One that is not is refused. */
const refused = (id: string, title: string, duty: Parameters<typeof case10>[0]['duties'][0], payload: Uint8Array) =>
  case10({ id: `message/${id}`, title, duties: [duty], needs: 'consume', seam: carrying(payload, alone()) });
const inValue = (values: readonly Uint8Array[]): Uint8Array => sectionOf(value, listOf(values, { wide: true }));

/** Messages and their sections: part 3, and the types of part 1 in them. */
export const messageCases = [
  taken(
    'body-data',
    'A body of several data sections, an empty one too, is taken',
    ['amqp10/3.2.6.data:client-emit'],
    joined(hello, sectionOf(data, variableOf('binary', nothing)), hello),
  ),
  taken(
    'body-sequence',
    'A body of several sequences is taken',
    ['amqp10/3.2.7.amqp-sequence:client-emit'],
    joined(sectionOf(sequence, listOf(numbers.slice(0, 4))), sectionOf(sequence, listOf([]))),
  ),
  taken(
    'body-null',
    'A body that is null is taken',
    ['amqp10/3.2.8.amqp-value:client-emit', 'amqp10/1.6.1.null:client-emit'],
    sectionOf(value, Uint8Array.of(0x40)),
  ),
  taken(
    'body-described',
    'A body that is described by something unknown is taken',
    ['amqp10/1.1.2.described:client-emit', 'amqp10/3.2.8.amqp-value:client-emit'],
    inValue(described),
  ),
  taken(
    'body-reserved-descriptor',
    'A body whose descriptor is of a reserved type is taken',
    ['amqp10/1.5.reserved-descriptor:client-emit'],
    sectionOf(value, reservedDescriptor),
  ),
  taken(
    'numbers',
    'Numbers of every type, in every encoding, are taken',
    [
      'amqp10/1.2.any-encoding:client-emit',
      'amqp10/1.6.5.uint:client-emit',
      'amqp10/1.6.6.ulong:client-emit',
      'amqp10/1.6.9.int:client-emit',
      'amqp10/1.6.10.long:client-emit',
    ],
    joined(sectionOf(applicationProperties, mapOfAll(numbers, 'string')), inValue(numbers)),
  ),
  taken('decimals', 'Decimals and characters are taken', ['amqp10/1.6.13.decimal:client-emit', 'amqp10/1.6.16.char:client-emit'], inValue(decimals)),
  taken(
    'decimals-in-properties',
    'Decimals and characters are taken as application properties',
    ['amqp10/1.6.13.decimal:client-emit', 'amqp10/1.6.16.char:client-emit'],
    joined(sectionOf(applicationProperties, mapOfAll(decimals, 'string')), hello),
  ),
  taken(
    'moments',
    'Timestamps and uuids are taken',
    ['amqp10/1.6.17.timestamp:client-emit', 'amqp10/1.6.18.uuid:client-emit'],
    joined(sectionOf(applicationProperties, mapOfAll(moments, 'string')), inValue(moments)),
  ),
  taken(
    'texts',
    'Strings, symbols and octets, in both of their sizes, are taken',
    ['amqp10/1.6.20.string:client-emit', 'amqp10/1.6.21.symbol:client-emit', 'amqp10/1.6.19.binary:client-emit'],
    joined(sectionOf(applicationProperties, mapOfAll(texts, 'string')), inValue(texts)),
  ),
  taken(
    'compounds',
    'Lists, maps and arrays, in each of their encodings, are taken',
    ['amqp10/1.6.22.list:client-emit', 'amqp10/1.6.23.map:client-emit', 'amqp10/1.6.24.array:client-emit'],
    inValue(compounds),
  ),
  taken('odd-arrays', 'Arrays of none, of arrays, and of elements without octets, are taken', ['amqp10/1.6.24.array:client-emit'], inValue(oddArrays)),
  taken(
    'every-section',
    'A message with all of its sections, annotations that nobody knows among them, is taken',
    [
      'amqp10/3.2.10.optional-annotations:client-emit',
      'amqp10/3.2.2.delivery-annotations:client-emit',
      'amqp10/3.2.9.footer:client-emit',
      'amqp10/3.2.1.header-defaults:client-emit',
    ],
    joined(
      sectionOf(header, listOf([])),
      sectionOf(deliveryAnnotations, mapOfAll(numbers.slice(0, 3), 'symbol')),
      sectionOf(messageAnnotations, mapOfAll([...texts, ...described], 'symbol')),
      properties,
      sectionOf(applicationProperties, mapOfAll(numbers, 'string')),
      hello,
      sectionOf(footer, mapOfAll(numbers.slice(0, 3), 'symbol')),
    ),
  ),
  taken(
    'id-types',
    'A message-id may be a ulong, and a correlation-id a uuid',
    ['amqp10/3.2.4.message-id-types:client-emit'],
    joined(
      encodeMessage({ properties: { messageId: { type: 'ulong', value: 2n ** 60n }, correlationId: { type: 'uuid', value: new Uint8Array(16).fill(7) } } }),
      hello,
    ),
  ),
  refused('section-order', 'A message with a section out of order is refused', 'amqp10/3.2.section-order:client-enforce', joined(hello, properties)),
  refused('section-twice', 'A message with properties twice is refused', 'amqp10/3.2.section-once:client-enforce', joined(properties, properties, hello)),
  refused(
    'body-mixed',
    'A message with data and a value in its body is refused',
    'amqp10/3.2.body-kinds:client-enforce',
    joined(hello, sectionOf(value, Uint8Array.of(0x41))),
  ),
  refused(
    'section-unknown',
    'A message with a section that there is not is refused',
    'amqp10/3.2.section-type:client-enforce',
    joined(sectionOf(0x6f, listOf([])), hello),
  ),
  refused(
    'annotation-keys',
    'An annotation whose key is a number of another type is refused',
    'amqp10/3.2.10.annotation-keys:client-enforce',
    joined(sectionOf(messageAnnotations, Uint8Array.of(0xc1, 5, 2, 0x54, 1, 0x54, 1)), hello),
  ),
  case10({
    id: 'message/annotation-reserved',
    title: 'An annotation that is not known, and does not begin with x-opt-, detaches the link with not-implemented',
    duties: ['amqp10/3.2.10.reserved-annotations:client-enforce'],
    needs: 'consume',
    seam: carrying(joined(sectionOf(messageAnnotations, Uint8Array.of(0xc1, 13, 2, 0xa3, 8, ...text('reserved'), 0x54, 1)), hello), alone()),
  }),
  case10({
    id: 'message/none',
    title: 'A delivery without any octets is taken or refused',
    duties: ['amqp10/3.2.body-kinds:client-enforce'],
    needs: 'consume',
    legal: [goesOn, { kind: 'says', name: 'disposition' }, ...givesUp],
    seam: delivered(message => message.carrying(nothing)),
  }),
  case10({
    id: 'message/format-unknown',
    title: 'A message of a format that nobody knows is taken or refused',
    duties: ['amqp10/3.2.16.message-format:client-emit'],
    needs: 'consume',
    legal: [goesOn, { kind: 'says', name: 'disposition' }, ...givesUp],
    seam: delivered(message => message.with({ messageFormat: 0xabcdef01 }).carrying(text('whatever'))),
  }),
];
