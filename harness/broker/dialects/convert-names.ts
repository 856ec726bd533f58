/** The type of a 0-9-1 message whose body is sections of 1.0. */
export const sectionsType = 'amqp-1.0';
/** Headers that stand for properties which only 1.0 has, by the names of those. */
export const propertyHeaders = {
  to: 'x-opt-to',
  subject: 'x-opt-subject',
  absoluteExpiryTime: 'x-opt-absolute-expiry-time',
  groupSequence: 'x-opt-group-sequence',
  replyToGroupId: 'x-opt-reply-to-group-id',
} as const;
/** Where headers go that application properties have no type for. */
export const complexPrefix = 'x-opt-header-';
/** Headers for ids that are no short text: octets, and what is too long. */
export const idHeaders = { messageId: 'x-message-id', correlationId: 'x-correlation-id' } as const;
/** Headers that say that an id was a number. */
export const idTypes = { messageId: 'x-message-id-type', correlationId: 'x-correlation-id-type' } as const;
