import type { ErrorCondition } from '../../spec/amqp10/conditions.ts';
import type { ReplyCode } from '../../spec/amqp091/constants.ts';
import type { AmqpError, Composite, SymbolMap } from '../../wire/amqp10/codec.ts';

/** What 1.0 calls the reasons by which the broker refuses things. Left out: an internal error. */
const conditions: { readonly [C in ReplyCode]?: ErrorCondition } = {
  311: 'amqp:link:message-size-exceeded',
  312: 'amqp:not-found',
  313: 'amqp:not-found',
  320: 'amqp:connection:forced',
  402: 'amqp:not-found',
  403: 'amqp:unauthorized-access',
  404: 'amqp:not-found',
  405: 'amqp:resource-locked',
  406: 'amqp:precondition-failed',
  501: 'amqp:connection:framing-error',
  502: 'amqp:invalid-field',
  503: 'amqp:invalid-field',
  504: 'amqp:illegal-state',
  505: 'amqp:not-allowed',
  506: 'amqp:resource-limit-exceeded',
  530: 'amqp:not-allowed',
  540: 'amqp:not-implemented',
  541: 'amqp:internal-error',
};

export function errorOf(condition: ErrorCondition, description: string, info?: SymbolMap): AmqpError {
  return { type: 'error', condition, description, ...(info !== undefined && { info }) };
}

/** A refusal of the broker in the words of 1.0. */
export function errorFor({ code, text }: { readonly code: ReplyCode; readonly text: string }): AmqpError {
  return errorOf(conditions[code] ?? 'amqp:internal-error', text);
}

export function rejected(error: AmqpError): Composite<'rejected'> {
  return { type: 'rejected', error };
}

export const accepted: Composite<'accepted'> = { type: 'accepted' };
export const released: Composite<'released'> = { type: 'released' };
