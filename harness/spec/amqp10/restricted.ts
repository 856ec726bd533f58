import type { PrimitiveType } from './primitives.ts';

/** A role that a type may play for a field whose type is left open (`*`): the standard's `provides` and `requires`. */
export type Archetype =
  | 'frame'
  | 'sasl-frame'
  | 'section'
  | 'error-condition'
  | 'delivery-state'
  | 'outcome'
  | 'source'
  | 'target'
  | 'lifetime-policy'
  | 'distribution-mode'
  | 'message-id'
  | 'address'
  | 'txn-id'
  | 'global-tx-id'
  | 'txn-capability';

/** A type narrowed from another: its source, the choices it leaves, the types its keys may have where it is a map, and the archetypes it provides. */
export interface RestrictedRow {
  readonly source: PrimitiveType | 'sequence-no' | 'fields' | 'annotations' | '*';
  /** The value of each choice, by name. Unless `open`, there are no others. */
  readonly choices?: Readonly<Record<string, number | boolean | string>>;
  /** Other values than these choices are legal. */
  readonly open?: true;
  readonly keys?: readonly PrimitiveType[];
  readonly provides?: readonly Archetype[];
}

/** The restricted types of parts 2 to 5 that fields are of or that list the choices of a field; sections are in a table of their own. */
export const restricted = {
  role: { source: 'boolean', choices: { sender: false, receiver: true } },
  'sender-settle-mode': { source: 'ubyte', choices: { unsettled: 0, settled: 1, mixed: 2 } },
  'receiver-settle-mode': { source: 'ubyte', choices: { first: 0, second: 1 } },
  handle: { source: 'uint' },
  seconds: { source: 'uint' },
  milliseconds: { source: 'uint' },
  'delivery-tag': { source: 'binary' },
  'sequence-no': { source: 'uint' },
  'delivery-number': { source: 'sequence-no' },
  'transfer-number': { source: 'sequence-no' },
  'message-format': { source: 'uint' },
  'ietf-language-tag': { source: 'symbol' },
  fields: { source: 'map', keys: ['symbol'] },
  annotations: { source: 'map', keys: ['symbol', 'ulong'] },
  'amqp-error': {
    source: 'symbol',
    open: true,
    provides: ['error-condition'],
    choices: {
      'internal-error': 'amqp:internal-error',
      'not-found': 'amqp:not-found',
      'unauthorized-access': 'amqp:unauthorized-access',
      'decode-error': 'amqp:decode-error',
      'resource-limit-exceeded': 'amqp:resource-limit-exceeded',
      'not-allowed': 'amqp:not-allowed',
      'invalid-field': 'amqp:invalid-field',
      'not-implemented': 'amqp:not-implemented',
      'resource-locked': 'amqp:resource-locked',
      'precondition-failed': 'amqp:precondition-failed',
      'resource-deleted': 'amqp:resource-deleted',
      'illegal-state': 'amqp:illegal-state',
      'frame-size-too-small': 'amqp:frame-size-too-small',
    },
  },
  'connection-error': {
    source: 'symbol',
    open: true,
    provides: ['error-condition'],
    choices: {
      'connection-forced': 'amqp:connection:forced',
      'framing-error': 'amqp:connection:framing-error',
      redirect: 'amqp:connection:redirect',
    },
  },
  'session-error': {
    source: 'symbol',
    open: true,
    provides: ['error-condition'],
    choices: {
      'window-violation': 'amqp:session:window-violation',
      'errant-link': 'amqp:session:errant-link',
      'handle-in-use': 'amqp:session:handle-in-use',
      'unattached-handle': 'amqp:session:unattached-handle',
    },
  },
  'link-error': {
    source: 'symbol',
    open: true,
    provides: ['error-condition'],
    choices: {
      'detach-forced': 'amqp:link:detach-forced',
      'transfer-limit-exceeded': 'amqp:link:transfer-limit-exceeded',
      'message-size-exceeded': 'amqp:link:message-size-exceeded',
      redirect: 'amqp:link:redirect',
      stolen: 'amqp:link:stolen',
    },
  },
  'transaction-error': {
    source: 'symbol',
    open: true,
    provides: ['error-condition'],
    choices: {
      'unknown-id': 'amqp:transaction:unknown-id',
      'transaction-rollback': 'amqp:transaction:rollback',
      'transaction-timeout': 'amqp:transaction:timeout',
    },
  },
  'message-id-ulong': { source: 'ulong', provides: ['message-id'] },
  'message-id-uuid': { source: 'uuid', provides: ['message-id'] },
  'message-id-binary': { source: 'binary', provides: ['message-id'] },
  'message-id-string': { source: 'string', provides: ['message-id'] },
  'address-string': { source: 'string', provides: ['address'] },
  'terminus-durability': { source: 'uint', choices: { none: 0, configuration: 1, 'unsettled-state': 2 } },
  'terminus-expiry-policy': {
    source: 'symbol',
    choices: { 'link-detach': 'link-detach', 'session-end': 'session-end', 'connection-close': 'connection-close', never: 'never' },
  },
  'std-dist-mode': { source: 'symbol', open: true, provides: ['distribution-mode'], choices: { move: 'move', copy: 'copy' } },
  'filter-set': { source: 'map', keys: ['symbol'] },
  'node-properties': { source: 'fields', keys: ['symbol'] },
  'transaction-id': { source: 'binary', provides: ['txn-id'] },
  'txn-capability': {
    source: 'symbol',
    open: true,
    provides: ['txn-capability'],
    choices: {
      'local-transactions': 'amqp:local-transactions',
      'distributed-transactions': 'amqp:distributed-transactions',
      'promotable-transactions': 'amqp:promotable-transactions',
      'multi-txns-per-ssn': 'amqp:multi-txns-per-ssn',
      'multi-ssns-per-txn': 'amqp:multi-ssns-per-txn',
    },
  },
  'sasl-code': { source: 'ubyte', choices: { ok: 0, auth: 1, sys: 2, 'sys-perm': 3, 'sys-temp': 4 } },
} as const satisfies Readonly<Record<string, RestrictedRow>>;

export type RestrictedType = keyof typeof restricted;

/** The capabilities of a transaction coordinator that the standard names. */
export type TxnCapability = (typeof restricted)['txn-capability']['choices'][keyof (typeof restricted)['txn-capability']['choices']];
