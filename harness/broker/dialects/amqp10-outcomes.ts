import type { AmqpError, DeliveryState } from '../../wire/amqp10/codec.ts';
import type { Message } from '../message.ts';
import type { CommandOf, Modification } from '../vocabulary.ts';
import { Amqp10Message } from './amqp10-message.ts';
import { as10 } from './convert.ts';

/** What the core is asked to do of a terminal state; undefined: it is none. */
export function settlementFor(state: DeliveryState): Pick<CommandOf<'settle'>, 'outcome' | 'modification'> | undefined {
  switch (state.type) {
    case 'accepted':
      return { outcome: 'accept' };
    case 'rejected':
      return { outcome: 'discard', ...(state.error !== undefined && { modification: rejection(state.error) }) };
    case 'released':
      return { outcome: 'requeue' };
    case 'modified':
      return { outcome: 'requeue', modification: modificationOf(state) };
    default:
      return undefined;
  }
}

/** Whoever gets the message as a dead letter hears why it was rejected. One of 0-9-1 has no place for that. */
function rejection(error: AmqpError): Modification {
  const message = (rejected: Message) => (rejected instanceof Amqp10Message ? rejected.rejectedWith(error) : rejected);
  return { deliveryFailed: false, undeliverableHere: false, message };
}

function modificationOf({
  deliveryFailed = false,
  undeliverableHere = false,
  messageAnnotations = [],
}: Extract<DeliveryState, { readonly type: 'modified' }>): Modification {
  const annotated = messageAnnotations.length > 0 && { message: (message: Message) => as10(message).annotated(messageAnnotations) };
  return { deliveryFailed, undeliverableHere, ...annotated };
}
