import { type SectionName, type SectionRow, sections } from '../../spec/amqp10/composites.ts';
import { describedCode, primitives } from '../../spec/amqp10/primitives.ts';
import type { Annotations, CompositeFields } from '../../spec/amqp10/values.ts';
import { writeComposite } from './composite.ts';
import { keyedMap } from './fields.ts';
import type { ApplicationProperties, Message, MessageBody } from './message.ts';
import { writeScalar, writeValue } from './value-writer.ts';
import { octetsOf, type Writer, writer } from './writer.ts';

/** What a message is made from; what is left out is not in it. */
export interface MessageDraft extends Envelope {
  readonly properties?: CompositeFields<'properties'> | undefined;
  readonly applicationProperties?: ApplicationProperties | undefined;
  readonly body?: MessageBody | undefined;
  readonly footer?: Annotations | undefined;
}

/** The sections in front of the bare message, which intermediaries may change. */
export interface Envelope {
  readonly header?: CompositeFields<'header'> | undefined;
  readonly deliveryAnnotations?: Annotations | undefined;
  readonly messageAnnotations?: Annotations | undefined;
}

const annotations = keyedMap(['symbol', 'ulong'], 'annotationKeys');
const named = keyedMap(['string'], 'propertyNames');
const { smallulong } = primitives.ulong;

function describe(to: Writer, name: SectionName): void {
  to.octet(describedCode);
  to.octet(smallulong.code);
  to.octet((sections[name] as SectionRow).code);
}

function writeMap(to: Writer, name: SectionName, codec: typeof annotations, value: unknown): void {
  if (value === undefined) return;
  describe(to, name);
  codec.write(to, value);
}

function writeEnvelope(to: Writer, { header, deliveryAnnotations, messageAnnotations }: Envelope): void {
  if (header) writeComposite(to, { type: 'header', ...header });
  writeMap(to, 'delivery-annotations', annotations, deliveryAnnotations);
  writeMap(to, 'message-annotations', annotations, messageAnnotations);
}

function writeBody(to: Writer, body: MessageBody): void {
  if (body.type === 'amqp-value') {
    describe(to, body.type);
    writeValue(to, body.value);
    return;
  }
  for (const part of body.value) {
    describe(to, body.type);
    if (body.type === 'data') writeScalar(to, 'binary', part);
    else writeValue(to, { type: 'list', value: part as never });
  }
}

function writeMessage(to: Writer, draft: MessageDraft): void {
  const { properties, applicationProperties, body, footer } = draft;
  writeEnvelope(to, draft);
  if (properties) writeComposite(to, { type: 'properties', ...properties });
  writeMap(to, 'application-properties', named, applicationProperties);
  if (body) writeBody(to, body);
  writeMap(to, 'footer', annotations, footer);
}

/**
 * A message in its shortest form, as an array of its own. Throws a `RangeError` where a value does not fit its type.
 * @example encodeMessage({ properties: { to: 'queue' }, body: { type: 'data', value: [Buffer.from('hello')] } })
 */
export function encodeMessage(draft: MessageDraft): Uint8Array {
  return octetsOf(to => writeMessage(to, draft));
}

/**
 * A message with other sections in front of the bare message, which stays as it came, octet by octet, as does the footer. Answers two pieces that are to be sent
 * one behind the other; the second is a view.
 */
export function withEnvelope(message: Message, envelope: Envelope): readonly [front: Uint8Array, tail: Uint8Array] {
  writer.begin();
  writeEnvelope(writer, envelope);
  return [writer.done(), message.tail];
}
