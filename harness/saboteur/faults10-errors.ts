import type { ErrorCondition } from '../spec/amqp10/conditions.ts';
import { decodeMessage, isViolation } from '../wire/amqp10/codec.ts';
import { compositeAs, mapOf } from '../wire/amqp10/craft.ts';
import { misconditioned, rescoped, unpunished10 } from './departures10.ts';
import type { FrameSeam10 } from './fault10.ts';
import { published10 } from './messages10.ts';
import { pardoned, spoilt } from './pardons10.ts';
import { answer10 } from './rewrites10.ts';
import { type FaultTable, faultsIn } from './row.ts';

const failing = faultsIn('amqp10/error/**', 'amqp10/{attach,detach,end,close,disposition,source,target,types}/**');
const everywhere = ['amqp10/**'];

/** The condition of a rejected delivery is another, or none. */
function rejectedAs(from: ErrorCondition, to: ErrorCondition): FrameSeam10 {
  return answer10('disposition', draft => {
    const { state } = draft.fields;
    if (state?.type !== 'rejected' || state.error?.condition !== from) return false;
    return draft.with({ state: { ...state, error: { ...state.error, condition: to } } });
  });
}

/** Errors: their conditions, and which is told of what. */
export const errorFaults10 = {
  'amqp10/2.8.13.field-keys:emit': [
    failing(
      'keys its properties by strings',
      answer10('open', draft => draft.as({ fields: { properties: mapOf([Uint8Array.of(0xa1, 1, 0x61), Uint8Array.of(0xa1, 1, 0x62)]) } })),
      everywhere,
    ),
  ],
  'amqp10/2.8.13.field-keys:enforce': [
    failing('takes properties that are keyed by strings', pardoned(spoilt(['open', 'begin', 'attach', 'flow'], 'amqp10/2.8.13.field-keys')), everywhere),
  ],
  'amqp10/2.8.14.condition:emit': [
    failing(
      'tells errors without a condition',
      answer10(['close', 'end', 'detach'], draft => draft.fields.error !== undefined && draft.as({ fields: { error: compositeAs('error', {}) } })),
      everywhere,
    ),
  ],
  'amqp10/2.8.14.condition:enforce': [failing('takes errors without a condition', pardoned(spoilt(['close', 'end', 'detach', 'disposition'])), everywhere)],
  'amqp10/2.8.14.known-condition:emit': [
    failing(
      'tells errors of a condition that nobody knows',
      answer10(['close', 'end', 'detach'], draft => {
        const { error } = draft.fields;
        return error !== undefined && draft.with({ error: { ...error, condition: 'amqp:something-went-wrong' } });
      }),
      everywhere,
    ),
  ],
  'amqp10/2.8.15.unauthorized-access:enforce': [
    failing('lets in who lacks the right', unpunished10({ condition: 'amqp:unauthorized-access' }), everywhere),
    failing('tells not-found where a right is lacking', misconditioned('amqp:not-found', { condition: 'amqp:unauthorized-access' }), everywhere),
  ],
  'amqp10/2.8.15.unauthorized-publish:enforce': [
    failing('says not-found of messages that their sender may not send', rejectedAs('amqp:unauthorized-access', 'amqp:not-found'), everywhere),
    failing(
      'accepts messages that their sender may not send',
      answer10('disposition', draft => {
        const { state } = draft.fields;
        return state?.type === 'rejected' && state.error?.condition === 'amqp:unauthorized-access' && draft.with({ state: { type: 'accepted' } });
      }),
      everywhere,
    ),
  ],
  'amqp10/2.8.15.decode-error:enforce': [
    failing(
      'loses messages that it cannot decode, and says nothing',
      published10(({ payload, transfer }) => (transfer.messageFormat ?? 0) === 0 && isViolation(decodeMessage(payload)) && {}),
      everywhere,
    ),
  ],
  'amqp10/2.8.15.invalid-field:enforce': [
    failing(
      'says nothing of a terminus that means nothing',
      unpunished10({ scope: ['detach', 'end'], condition: ['amqp:invalid-field', 'amqp:not-found'] }),
      everywhere,
    ),
    failing(
      'tells not-implemented of a terminus that means nothing',
      misconditioned('amqp:not-implemented', { scope: ['detach', 'end'], condition: ['amqp:invalid-field', 'amqp:not-found'] }),
      everywhere,
    ),
  ],
  'amqp10/2.8.15.resource-locked:enforce': [
    failing(
      'says nothing of what another client has for itself',
      unpunished10({ condition: ['amqp:resource-locked', 'amqp:not-allowed'], scope: ['detach', 'end'] }),
      everywhere,
    ),
    failing(
      'tells not-found of what another client has for itself',
      misconditioned('amqp:not-found', { condition: ['amqp:resource-locked', 'amqp:not-allowed'], scope: ['detach', 'end'] }),
      everywhere,
    ),
  ],
  'amqp10/2.8.15.resource-deleted:emit': [
    failing('leaves links to a node that was deleted', unpunished10({ condition: 'amqp:resource-deleted' }), everywhere),
    failing('tells detach-forced where a node was deleted', misconditioned('amqp:link:detach-forced', { condition: 'amqp:resource-deleted' }), everywhere),
    failing('ends the session where a node was deleted', rescoped('end', { condition: 'amqp:resource-deleted' }), everywhere),
  ],
  'amqp10/2.8.16.connection-forced:emit': [
    failing('tells an internal error where it shuts down', misconditioned('amqp:internal-error', { condition: 'amqp:connection:forced' }), everywhere),
  ],
} as const satisfies FaultTable;
