import type { LinkEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import type { AmqpError, AmqpTarget, CompositeFields, Message as WireMessage } from '../../wire/amqp10/codec.ts';
import { type Destination, destinationOf } from './amqp10-addresses.ts';
import { errorOf } from './amqp10-errors.ts';

/** Where a client sends. */
export interface Target10 {
  readonly asked: AmqpTarget;
  /** Undefined: each message says by itself. */
  readonly destination: Destination | undefined;
}

/** What a target means, or why it means nothing. */
export function targetOf(asked: AmqpTarget): Target10 | AmqpError {
  const { address } = asked;
  if (address === undefined) return { asked, destination: undefined };
  const destination = destinationOf(address);
  return destination === undefined ? errorOf('amqp:invalid-field', `'${address.slice(0, 80)}' is no address`) : { asked, destination };
}

/** What the attach says of a target and of the link that leads to it. */
export function acceptedTarget({ asked }: Target10, { remoteAttach }: LinkEndpoint): Partial<CompositeFields<'attach'>> {
  const { address } = asked;
  return {
    target: { type: 'target', ...(address !== undefined && { address }) },
    rcvSettleMode: remoteAttach?.rcvSettleMode ?? 'first',
  };
}

/** Where a message goes that says so by itself. */
export function routeOf(message: WireMessage): Destination | AmqpError {
  const to = message.properties?.to;
  if (to === undefined) return errorOf('amqp:precondition-failed', 'a message on a link without target address says in to where it goes');
  return destinationOf(to) ?? errorOf('amqp:invalid-field', `'${to.slice(0, 80)}' is no address`);
}
