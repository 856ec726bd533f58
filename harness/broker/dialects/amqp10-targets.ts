import type { LinkEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import type { AmqpError, AmqpTarget, CompositeFields, Message as WireMessage } from '../../wire/amqp10/codec.ts';
import { type Destination, destinationOf } from './amqp10-addresses.ts';
import { errorOf } from './amqp10-errors.ts';
import { type DynamicNode, dynamicNode, nodeFields } from './amqp10-nodes.ts';
import type { Port } from './amqp10-port.ts';
import { topicCapability, topicOf } from './amqp10-subscriptions.ts';
import { expiryFields } from './amqp10-suspended.ts';

/** Where a client sends. */
export interface Target10 {
  readonly asked: AmqpTarget;
  /** Undefined: each message says by itself. */
  readonly destination: Destination | undefined;
  readonly node: DynamicNode | undefined;
  /** Who is subscribed gets the message, be it nobody. */
  readonly topic?: true;
}

/** What a target means, or why it means nothing. */
export function targetOf(asked: AmqpTarget, name: string, port: Port): Target10 | AmqpError {
  const { address } = asked;
  const node = dynamicNode(asked, name, port);
  if (node !== undefined) return 'condition' in node ? node : { asked, node, destination: { exchange: '', routingKey: node.queue, queue: node.queue } };
  if (address === undefined) return { asked, destination: undefined, node };
  if (asked.capabilities?.includes(topicCapability) === true && !address.startsWith('/') && address !== '')
    return { asked, destination: topicOf(address), node, topic: true };
  const destination = destinationOf(address);
  return destination === undefined ? errorOf('amqp:invalid-field', `'${address.slice(0, 80)}' is no address`) : { asked, destination, node };
}

/** What the attach says of a target and of the link that leads to it. */
export function acceptedTarget({ asked, node, topic }: Target10, { remoteAttach }: LinkEndpoint): Partial<CompositeFields<'attach'>> {
  const { address } = asked;
  return {
    target: {
      type: 'target',
      ...(address !== undefined && { address }),
      ...expiryFields(asked),
      ...(topic && { capabilities: [topicCapability] }),
      ...(node !== undefined && nodeFields(node)),
    },
    rcvSettleMode: remoteAttach?.rcvSettleMode ?? 'first',
  };
}

/** Where a message goes that says so by itself. */
export function routeOf(message: WireMessage): Destination | AmqpError {
  const to = message.properties?.to;
  if (to === undefined) return errorOf('amqp:precondition-failed', 'a message on a link without target address says in to where it goes');
  return destinationOf(to) ?? errorOf('amqp:invalid-field', `'${to.slice(0, 80)}' is no address`);
}
