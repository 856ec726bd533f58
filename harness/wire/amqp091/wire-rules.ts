import type { RuleId } from '../../spec/catalogue.ts';

/** The rules that octets alone can break, by what the decoders call them. */
export const wireRules = {
  protocolHeader: 'amqp091/4.2.2.unknown-protocol',
  frameType: 'amqp091/4.2.3.frame-type',
  frameMax: 'amqp091/4.2.3.frame-max',
  frameEnd: 'amqp091/4.2.3.frame-end',
  heartbeatPayload: 'amqp091/4.2.7.heartbeat-format',
  methodIdentifiers: 'amqp091/4.2.4.method-identifiers',
  classUnknown: 'amqp091/4.2.4.class-unknown',
  methodUnknown: 'amqp091/4.2.4.method-unknown',
  argumentsTruncated: 'amqp091/4.2.4.arguments-truncated',
  argumentsTrailing: 'amqp091/4.2.4.arguments-trailing',
  zeroInShortString: 'amqp091/4.2.5.3.short-string-zero',
  tableTruncated: 'amqp091/4.2.5.5.table-truncated',
  arrayTruncated: 'amqp091/4.2.5.5.array-truncated',
  valueTruncated: 'amqp091/4.2.5.5.value-truncated',
  fieldTag: 'amqp091/4.2.5.5.field-type-unknown',
  nesting: 'amqp091/4.2.5.5.nesting-limit',
  contentHeader: 'amqp091/4.2.6.1.content-header',
  contentClass: 'amqp091/4.2.6.1.class-id',
  contentWeight: 'amqp091/4.2.6.1.weight',
  propertyFlags: 'amqp091/4.2.6.1.property-flags',
  propertyList: 'amqp091/4.2.6.1.property-list',
} as const satisfies Readonly<Record<string, RuleId>>;

/** Names one way in which octets are malformed. */
export type WireRule = keyof typeof wireRules;
