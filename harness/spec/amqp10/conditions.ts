/** Where an error condition is told: the frame that ends what it is about, the rejected outcome, or any of them. */
export type ConditionScope = 'any' | 'connection' | 'session' | 'link' | 'transaction';

/** Every error condition of the standard and of its companions, by its symbol. `section` is of the OASIS Standard, or names the companion. */
export const errorConditions = {
  'amqp:internal-error': { scope: 'any', section: '2.8.15' },
  'amqp:not-found': { scope: 'any', section: '2.8.15' },
  'amqp:unauthorized-access': { scope: 'any', section: '2.8.15' },
  'amqp:decode-error': { scope: 'any', section: '2.8.15' },
  'amqp:resource-limit-exceeded': { scope: 'any', section: '2.8.15' },
  'amqp:not-allowed': { scope: 'any', section: '2.8.15' },
  'amqp:invalid-field': { scope: 'any', section: '2.8.15' },
  'amqp:not-implemented': { scope: 'any', section: '2.8.15' },
  'amqp:resource-locked': { scope: 'any', section: '2.8.15' },
  'amqp:precondition-failed': { scope: 'any', section: '2.8.15' },
  'amqp:resource-deleted': { scope: 'any', section: '2.8.15' },
  'amqp:illegal-state': { scope: 'any', section: '2.8.15' },
  'amqp:frame-size-too-small': { scope: 'any', section: '2.8.15' },
  'amqp:connection:forced': { scope: 'connection', section: '2.8.16' },
  'amqp:connection:framing-error': { scope: 'connection', section: '2.8.16' },
  'amqp:connection:redirect': { scope: 'connection', section: '2.8.16' },
  'amqp:session:window-violation': { scope: 'session', section: '2.8.17' },
  'amqp:session:errant-link': { scope: 'session', section: '2.8.17' },
  'amqp:session:handle-in-use': { scope: 'session', section: '2.8.17' },
  'amqp:session:unattached-handle': { scope: 'session', section: '2.8.17' },
  'amqp:link:detach-forced': { scope: 'link', section: '2.8.18' },
  'amqp:link:transfer-limit-exceeded': { scope: 'link', section: '2.8.18' },
  'amqp:link:message-size-exceeded': { scope: 'link', section: '2.8.18' },
  'amqp:link:redirect': { scope: 'link', section: '2.8.18' },
  'amqp:link:stolen': { scope: 'link', section: '2.8.18' },
  'amqp:transaction:unknown-id': { scope: 'transaction', section: '4.5.8' },
  'amqp:transaction:rollback': { scope: 'transaction', section: '4.5.8' },
  'amqp:transaction:timeout': { scope: 'transaction', section: '4.5.8' },
} as const satisfies Readonly<Record<string, { readonly scope: ConditionScope; readonly section: string }>>;

export type ErrorCondition = keyof typeof errorConditions;

/** Reply codes of sasl-outcome by their names in section 5.3.3.6. */
export const saslCodes = { ok: 0, auth: 1, sys: 2, 'sys-perm': 3, 'sys-temp': 4 } as const;

export type SaslCode = keyof typeof saslCodes;

/** The frame bodies of section 2.7. */
export const performativeNames = ['open', 'begin', 'attach', 'flow', 'transfer', 'disposition', 'detach', 'end', 'close'] as const;

export type PerformativeName = (typeof performativeNames)[number];

/** The terminal delivery states of section 3.4, and the one that answers a declare (4.5.5). */
export const outcomeNames = ['accepted', 'rejected', 'released', 'modified', 'declared'] as const;

export type OutcomeName = (typeof outcomeNames)[number];
