import type { RuleId } from '../../spec/catalogue.ts';

/** A rule that the catalogue does not hold yet. */
const pending = (id: string): RuleId => id as RuleId;

/** The rules that octets alone can break, by what the decoders call them. */
export const wireRules = {
  protocolHeader: pending('amqp10/2.2.protocol-header'),
  frameSize: pending('amqp10/2.3.1.size-too-small'),
  frameMax: pending('amqp10/2.7.1.max-frame-size'),
  dataOffset: pending('amqp10/2.3.1.doff'),
  frameType: pending('amqp10/2.3.1.type-unknown'),
  frameBody: pending('amqp10/2.3.2.performative'),
  saslBody: pending('amqp10/5.3.1.sasl-frame-body'),
  constructor: pending('amqp10/1.2.constructor-unknown'),
  truncated: pending('amqp10/1.2.truncated'),
  compoundSize: pending('amqp10/1.2.3.compound-size'),
  compoundCount: pending('amqp10/1.2.3.compound-count'),
  arraySize: pending('amqp10/1.2.4.array-size'),
  nesting: pending('amqp10/1.2.nesting-limit'),
  zeroWidth: pending('amqp10/1.2.4.zero-width-limit'),
  boolean: pending('amqp10/1.6.2.boolean-octet'),
  char: pending('amqp10/1.6.16.char'),
  utf8: pending('amqp10/1.6.20.utf8'),
  symbolAscii: pending('amqp10/1.6.21.ascii'),
  mapOdd: pending('amqp10/1.6.23.odd-count'),
  mapDuplicate: pending('amqp10/1.6.23.duplicate-key'),
  mapKey: pending('amqp10/1.6.23.key-type'),
  fieldType: pending('amqp10/1.4.field-type'),
  fieldsTooMany: pending('amqp10/1.4.too-many-fields'),
  mandatoryField: pending('amqp10/1.4.mandatory'),
  mandatoryMultiple: pending('amqp10/1.4.mandatory-multiple'),
  choice: pending('amqp10/1.5.choice'),
  sectionUnknown: pending('amqp10/3.2.section'),
  sectionType: pending('amqp10/3.2.section-type'),
  sectionOrder: pending('amqp10/3.2.section-order'),
  sectionDuplicate: pending('amqp10/3.2.section-duplicate'),
  bodyMixed: pending('amqp10/3.2.body-mixed'),
  bodyMissing: pending('amqp10/3.2.body-missing'),
} as const satisfies Readonly<Record<string, RuleId>>;

/** Names one way in which octets are malformed. */
export type WireRule = keyof typeof wireRules;
