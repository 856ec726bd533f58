import type { LinkEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import type { AmqpError, AmqpSource, CompositeFields, Outcome } from '../../wire/amqp10/codec.ts';
import { replyName } from '../commands-reply.ts';
import type { Message } from '../message.ts';
import { type Destination, destinationOf } from './amqp10-addresses.ts';
import { errorOf } from './amqp10-errors.ts';
import { filtersOf } from './amqp10-filters.ts';
import { type DynamicNode, dynamicNode, nodeFields, volatileQueue, wantsReplies } from './amqp10-nodes.ts';
import type { Port } from './amqp10-port.ts';
import { type Subscription, subscriptionOf, topicCapability, topicOf } from './amqp10-subscriptions.ts';
import { expiryFields } from './amqp10-suspended.ts';

/** Where a client receives from. */
export interface Source10 {
  readonly asked: AmqpSource;
  readonly queue: string;
  readonly node: DynamicNode | undefined;
  readonly subscription: Subscription | undefined;
  /** Answers come straight to the link; its address is known once that stands. */
  readonly replies: boolean;
  readonly browses: boolean;
  readonly noLocal: boolean;
  readonly wants: ((message: Message) => boolean) | undefined;
  /** The filters that are in place. */
  readonly filter: AmqpSource['filter'];
  readonly defaultOutcome: Outcome | undefined;
}

/** The outcomes that a client can choose. */
const outcomes = ['amqp:accepted:list', 'amqp:rejected:list', 'amqp:released:list', 'amqp:modified:list'] as const;

/** What a source means, or why it means nothing. */
export function sourceOf(asked: AmqpSource, name: string, port: Port): Source10 | AmqpError {
  const { distributionMode, defaultOutcome } = asked;
  const replies = wantsReplies(asked);
  const node = replies ? undefined : dynamicNode(asked, name, port);
  if (node !== undefined && 'condition' in node) return node;
  const destination = replies ? toReplies : fromAddress(node?.queue ?? asked.address, asked.capabilities?.includes(topicCapability) === true);
  if ('condition' in destination) return destination;
  const subscription = destination.queue === '' ? subscriptionOf(asked, destination, name, port) : undefined;
  if (subscription !== undefined && 'condition' in subscription) return subscription;
  const filters = filtersOf(asked.filter);
  if ('condition' in filters) return filters;
  const { told: filter, noLocal, wants } = filters;
  const queue = subscription?.queue ?? destination.queue;
  return { asked, node, subscription, replies, queue, browses: distributionMode === 'copy', noLocal, wants, filter, defaultOutcome };
}

const toReplies: Destination = { exchange: '', routingKey: '', queue: replyName };

/** What a source's address leads to. */
function fromAddress(address: string | undefined, isTopic: boolean): Destination | AmqpError {
  if (address === undefined) return errorOf('amqp:invalid-field', 'a source without address that is not dynamic');
  if (isTopic && address !== '' && !address.startsWith('/')) return topicOf(address);
  return destinationOf(address) ?? errorOf('amqp:invalid-field', `'${address.slice(0, 80)}' is no address`);
}

/** What the attach says of a source and of the link that leads from it. */
export function acceptedSource(
  { asked, node, subscription, replies, filter, browses, defaultOutcome }: Source10,
  { remoteAttach }: LinkEndpoint,
  repliesTo = '',
): Partial<CompositeFields<'attach'>> {
  return {
    source: {
      type: 'source',
      address: asked.address,
      ...(replies && { address: `/queues/${repliesTo}`, dynamic: true, capabilities: [volatileQueue] }),
      ...(subscription !== undefined && subscription.capabilities.length > 0 && { capabilities: subscription.capabilities }),
      ...(node !== undefined && nodeFields(node)),
      ...expiryFields(asked),
      distributionMode: browses ? 'copy' : 'move',
      ...(filter !== undefined && { filter }),
      ...(defaultOutcome !== undefined && { defaultOutcome }),
      outcomes: [...outcomes],
    },
    sndSettleMode: replies || remoteAttach?.sndSettleMode === 'settled' ? 'settled' : (remoteAttach?.sndSettleMode ?? 'mixed'),
    rcvSettleMode: remoteAttach?.rcvSettleMode ?? 'first',
  };
}
