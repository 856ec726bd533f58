import type { PrimitiveType } from './primitives.ts';
import type { Archetype, RestrictedType } from './restricted.ts';

/** A field of a composite. `*` leaves the type open to whatever provides the archetype that the field `requires`. */
export interface FieldRow {
  readonly type: PrimitiveType | RestrictedType | 'error' | '*';
  readonly mandatory?: true;
  /** What an absent value stands for; of a type with choices, the name of one (for symbols, the symbol). */
  readonly default?: boolean | number | string;
  /** One value, or an array of them. */
  readonly multiple?: true;
  readonly requires?: Archetype;
}

/** A described list: its descriptors, the archetypes it provides, and its fields in wire order. */
export interface CompositeRow {
  readonly code: number;
  readonly symbol: string;
  readonly provides?: readonly Archetype[];
  readonly fields: Readonly<Record<string, FieldRow>>;
}

const capabilities = { type: 'symbol', multiple: true } as const;
const endsWithError = { error: { type: 'error' } } as const;
const flag = { type: 'boolean', default: false } as const;
const outcome = ['delivery-state', 'outcome'] as const;
const terminus = {
  address: { type: '*', requires: 'address' },
  durable: { type: 'terminus-durability', default: 'none' },
  'expiry-policy': { type: 'terminus-expiry-policy', default: 'session-end' },
  timeout: { type: 'seconds', default: 0 },
  dynamic: flag,
  'dynamic-node-properties': { type: 'node-properties' },
} as const;

/** Every composite type of parts 2 to 5. Source: the XML of the standard; the defaults of header are those of section 3.2.1. */
export const composites = {
  open: {
    code: 0x10,
    symbol: 'amqp:open:list',
    provides: ['frame'],
    fields: {
      'container-id': { type: 'string', mandatory: true },
      hostname: { type: 'string' },
      'max-frame-size': { type: 'uint', default: 4294967295 },
      'channel-max': { type: 'ushort', default: 65535 },
      'idle-time-out': { type: 'milliseconds' },
      'outgoing-locales': { type: 'ietf-language-tag', multiple: true },
      'incoming-locales': { type: 'ietf-language-tag', multiple: true },
      'offered-capabilities': capabilities,
      'desired-capabilities': capabilities,
      properties: { type: 'fields' },
    },
  },
  begin: {
    code: 0x11,
    symbol: 'amqp:begin:list',
    provides: ['frame'],
    fields: {
      'remote-channel': { type: 'ushort' },
      'next-outgoing-id': { type: 'transfer-number', mandatory: true },
      'incoming-window': { type: 'uint', mandatory: true },
      'outgoing-window': { type: 'uint', mandatory: true },
      'handle-max': { type: 'handle', default: 4294967295 },
      'offered-capabilities': capabilities,
      'desired-capabilities': capabilities,
      properties: { type: 'fields' },
    },
  },
  attach: {
    code: 0x12,
    symbol: 'amqp:attach:list',
    provides: ['frame'],
    fields: {
      name: { type: 'string', mandatory: true },
      handle: { type: 'handle', mandatory: true },
      role: { type: 'role', mandatory: true },
      'snd-settle-mode': { type: 'sender-settle-mode', default: 'mixed' },
      'rcv-settle-mode': { type: 'receiver-settle-mode', default: 'first' },
      source: { type: '*', requires: 'source' },
      target: { type: '*', requires: 'target' },
      unsettled: { type: 'map' },
      'incomplete-unsettled': flag,
      'initial-delivery-count': { type: 'sequence-no' },
      'max-message-size': { type: 'ulong' },
      'offered-capabilities': capabilities,
      'desired-capabilities': capabilities,
      properties: { type: 'fields' },
    },
  },
  flow: {
    code: 0x13,
    symbol: 'amqp:flow:list',
    provides: ['frame'],
    fields: {
      'next-incoming-id': { type: 'transfer-number' },
      'incoming-window': { type: 'uint', mandatory: true },
      'next-outgoing-id': { type: 'transfer-number', mandatory: true },
      'outgoing-window': { type: 'uint', mandatory: true },
      handle: { type: 'handle' },
      'delivery-count': { type: 'sequence-no' },
      'link-credit': { type: 'uint' },
      available: { type: 'uint' },
      drain: flag,
      echo: flag,
      properties: { type: 'fields' },
    },
  },
  transfer: {
    code: 0x14,
    symbol: 'amqp:transfer:list',
    provides: ['frame'],
    fields: {
      handle: { type: 'handle', mandatory: true },
      'delivery-id': { type: 'delivery-number' },
      'delivery-tag': { type: 'delivery-tag' },
      'message-format': { type: 'message-format' },
      settled: { type: 'boolean' },
      more: flag,
      'rcv-settle-mode': { type: 'receiver-settle-mode' },
      state: { type: '*', requires: 'delivery-state' },
      resume: flag,
      aborted: flag,
      batchable: flag,
    },
  },
  disposition: {
    code: 0x15,
    symbol: 'amqp:disposition:list',
    provides: ['frame'],
    fields: {
      role: { type: 'role', mandatory: true },
      first: { type: 'delivery-number', mandatory: true },
      last: { type: 'delivery-number' },
      settled: flag,
      state: { type: '*', requires: 'delivery-state' },
      batchable: flag,
    },
  },
  detach: {
    code: 0x16,
    symbol: 'amqp:detach:list',
    provides: ['frame'],
    fields: { handle: { type: 'handle', mandatory: true }, closed: flag, ...endsWithError },
  },
  end: { code: 0x17, symbol: 'amqp:end:list', provides: ['frame'], fields: endsWithError },
  close: { code: 0x18, symbol: 'amqp:close:list', provides: ['frame'], fields: endsWithError },
  error: {
    code: 0x1d,
    symbol: 'amqp:error:list',
    fields: {
      condition: { type: 'symbol', requires: 'error-condition', mandatory: true },
      description: { type: 'string' },
      info: { type: 'fields' },
    },
  },
  'sasl-mechanisms': {
    code: 0x40,
    symbol: 'amqp:sasl-mechanisms:list',
    provides: ['sasl-frame'],
    fields: { 'sasl-server-mechanisms': { type: 'symbol', multiple: true, mandatory: true } },
  },
  'sasl-init': {
    code: 0x41,
    symbol: 'amqp:sasl-init:list',
    provides: ['sasl-frame'],
    fields: { mechanism: { type: 'symbol', mandatory: true }, 'initial-response': { type: 'binary' }, hostname: { type: 'string' } },
  },
  'sasl-challenge': {
    code: 0x42,
    symbol: 'amqp:sasl-challenge:list',
    provides: ['sasl-frame'],
    fields: { challenge: { type: 'binary', mandatory: true } },
  },
  'sasl-response': {
    code: 0x43,
    symbol: 'amqp:sasl-response:list',
    provides: ['sasl-frame'],
    fields: { response: { type: 'binary', mandatory: true } },
  },
  'sasl-outcome': {
    code: 0x44,
    symbol: 'amqp:sasl-outcome:list',
    provides: ['sasl-frame'],
    fields: { code: { type: 'sasl-code', mandatory: true }, 'additional-data': { type: 'binary' } },
  },
  header: {
    code: 0x70,
    symbol: 'amqp:header:list',
    provides: ['section'],
    fields: {
      durable: flag,
      priority: { type: 'ubyte', default: 4 },
      ttl: { type: 'milliseconds' },
      'first-acquirer': flag,
      'delivery-count': { type: 'uint', default: 0 },
    },
  },
  properties: {
    code: 0x73,
    symbol: 'amqp:properties:list',
    provides: ['section'],
    fields: {
      'message-id': { type: '*', requires: 'message-id' },
      'user-id': { type: 'binary' },
      to: { type: '*', requires: 'address' },
      subject: { type: 'string' },
      'reply-to': { type: '*', requires: 'address' },
      'correlation-id': { type: '*', requires: 'message-id' },
      'content-type': { type: 'symbol' },
      'content-encoding': { type: 'symbol' },
      'absolute-expiry-time': { type: 'timestamp' },
      'creation-time': { type: 'timestamp' },
      'group-id': { type: 'string' },
      'group-sequence': { type: 'sequence-no' },
      'reply-to-group-id': { type: 'string' },
    },
  },
  received: {
    code: 0x23,
    symbol: 'amqp:received:list',
    provides: ['delivery-state'],
    fields: { 'section-number': { type: 'uint', mandatory: true }, 'section-offset': { type: 'ulong', mandatory: true } },
  },
  accepted: { code: 0x24, symbol: 'amqp:accepted:list', provides: outcome, fields: {} },
  rejected: { code: 0x25, symbol: 'amqp:rejected:list', provides: outcome, fields: endsWithError },
  released: { code: 0x26, symbol: 'amqp:released:list', provides: outcome, fields: {} },
  modified: {
    code: 0x27,
    symbol: 'amqp:modified:list',
    provides: outcome,
    fields: { 'delivery-failed': { type: 'boolean' }, 'undeliverable-here': { type: 'boolean' }, 'message-annotations': { type: 'fields' } },
  },
  source: {
    code: 0x28,
    symbol: 'amqp:source:list',
    provides: ['source'],
    fields: {
      ...terminus,
      'distribution-mode': { type: 'symbol', requires: 'distribution-mode' },
      filter: { type: 'filter-set' },
      'default-outcome': { type: '*', requires: 'outcome' },
      outcomes: { type: 'symbol', multiple: true },
      capabilities,
    },
  },
  target: { code: 0x29, symbol: 'amqp:target:list', provides: ['target'], fields: { ...terminus, capabilities } },
  'delete-on-close': { code: 0x2b, symbol: 'amqp:delete-on-close:list', provides: ['lifetime-policy'], fields: {} },
  'delete-on-no-links': { code: 0x2c, symbol: 'amqp:delete-on-no-links:list', provides: ['lifetime-policy'], fields: {} },
  'delete-on-no-messages': { code: 0x2d, symbol: 'amqp:delete-on-no-messages:list', provides: ['lifetime-policy'], fields: {} },
  'delete-on-no-links-or-messages': { code: 0x2e, symbol: 'amqp:delete-on-no-links-or-messages:list', provides: ['lifetime-policy'], fields: {} },
  coordinator: {
    code: 0x30,
    symbol: 'amqp:coordinator:list',
    provides: ['target'],
    fields: { capabilities: { type: 'symbol', requires: 'txn-capability', multiple: true } },
  },
  declare: { code: 0x31, symbol: 'amqp:declare:list', fields: { 'global-id': { type: '*', requires: 'global-tx-id' } } },
  discharge: {
    code: 0x32,
    symbol: 'amqp:discharge:list',
    fields: { 'txn-id': { type: '*', requires: 'txn-id', mandatory: true }, fail: { type: 'boolean' } },
  },
  declared: {
    code: 0x33,
    symbol: 'amqp:declared:list',
    provides: outcome,
    fields: { 'txn-id': { type: '*', requires: 'txn-id', mandatory: true } },
  },
  'transactional-state': {
    code: 0x34,
    symbol: 'amqp:transactional-state:list',
    provides: ['delivery-state'],
    fields: { 'txn-id': { type: '*', requires: 'txn-id', mandatory: true }, outcome: { type: '*', requires: 'outcome' } },
  },
} as const satisfies Readonly<Record<string, CompositeRow>>;

export type CompositeName = keyof typeof composites;

/** A section of a message: its descriptors, the type of what they describe, and where it may stand. */
export interface SectionRow {
  readonly code: number;
  readonly symbol: string;
  readonly of: 'header' | 'properties' | 'annotations' | 'map' | 'binary' | 'list' | '*';
  /** The types that keys may have where the section is a map. */
  readonly keys?: readonly PrimitiveType[];
  /** It is of the bare message, which nobody may change on the way. */
  readonly bare?: true;
  /** It is of the body, which consists of one kind of section. */
  readonly body?: true;
  /** It may come again and again. */
  readonly repeats?: true;
}

/** The sections of a message in the order in which they stand (section 3.2). */
export const sections = {
  header: { code: 0x70, symbol: 'amqp:header:list', of: 'header' },
  'delivery-annotations': { code: 0x71, symbol: 'amqp:delivery-annotations:map', of: 'annotations', keys: ['symbol', 'ulong'] },
  'message-annotations': { code: 0x72, symbol: 'amqp:message-annotations:map', of: 'annotations', keys: ['symbol', 'ulong'] },
  properties: { code: 0x73, symbol: 'amqp:properties:list', of: 'properties', bare: true },
  'application-properties': { code: 0x74, symbol: 'amqp:application-properties:map', of: 'map', keys: ['string'], bare: true },
  data: { code: 0x75, symbol: 'amqp:data:binary', of: 'binary', bare: true, body: true, repeats: true },
  'amqp-sequence': { code: 0x76, symbol: 'amqp:amqp-sequence:list', of: 'list', bare: true, body: true, repeats: true },
  'amqp-value': { code: 0x77, symbol: 'amqp:amqp-value:*', of: '*', bare: true, body: true },
  footer: { code: 0x78, symbol: 'amqp:footer:map', of: 'annotations', keys: ['symbol', 'ulong'] },
} as const satisfies Readonly<Record<string, SectionRow>>;

export type SectionName = keyof typeof sections;
