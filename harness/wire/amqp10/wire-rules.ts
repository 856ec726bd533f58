import type { RuleId } from '../../spec/catalogue.ts';

/** A rule that the catalogue does not hold yet. */
const pending = (id: string): RuleId => id as RuleId;

/** The rules that octets alone can break, by what the decoders call them. */
export const wireRules = {
  protocolHeader: 'amqp10/2.2.unreadable-header',
  frameSize: 'amqp10/2.3.1.size-minimum',
  frameMax: 'amqp10/2.7.1.frame-too-large',
  dataOffset: 'amqp10/2.3.1.doff',
  dataOffsetBeyond: 'amqp10/2.3.1.doff-beyond',
  frameType: 'amqp10/2.3.1.type',
  frameBody: 'amqp10/2.3.2.performative',
  saslBody: pending('amqp10/5.3.1.body'),
  saslEmpty: pending('amqp10/5.3.1.empty'),
  constructor: 'amqp10/1.2.format-code',
  truncated: 'amqp10/1.2.truncated',
  variableSize: 'amqp10/1.2.2.variable-size',
  compoundSize: 'amqp10/1.2.3.compound-size',
  compoundCount: 'amqp10/1.2.3.compound-count',
  arraySize: 'amqp10/1.2.4.array-size',
  bounds: 'amqp10/1.2.bounds',
  boolean: 'amqp10/1.6.2.boolean-octet',
  char: 'amqp10/1.6.16.char-range',
  utf8: 'amqp10/1.6.20.string-utf8',
  symbolAscii: 'amqp10/1.6.21.symbol-ascii',
  mapOdd: 'amqp10/1.6.23.map-even',
  mapDuplicate: 'amqp10/1.6.23.map-distinct-keys',
  fieldKeys: pending('amqp10/2.8.13.field-keys'),
  annotationKeys: pending('amqp10/3.2.10.annotation-keys'),
  propertyNames: pending('amqp10/3.2.5.application-properties'),
  filterKeys: pending('amqp10/3.5.8.filter-set'),
  compositeList: 'amqp10/1.4.list',
  fieldType: 'amqp10/1.4.field-type',
  multiple: 'amqp10/1.3.4.multiple',
  fieldsTooMany: 'amqp10/1.4.too-many-fields',
  mandatoryField: 'amqp10/1.3.4.mandatory',
  mandatoryMultiple: 'amqp10/1.3.4.multiple-mandatory',
  choice: 'amqp10/1.3.5.choice',
  sectionType: pending('amqp10/3.2.section-type'),
  sectionOrder: pending('amqp10/3.2.section-order'),
  sectionTwice: pending('amqp10/3.2.section-once'),
  bodyMixed: pending('amqp10/3.2.body-kinds'),
} as const satisfies Readonly<Record<string, RuleId>>;

/** Names one way in which octets are malformed. */
export type WireRule = keyof typeof wireRules;
