import type { LinkEndpoint } from '../../endpoint/amqp10/vocabulary.ts';
import type { AmqpError, AmqpSource, CompositeFields, Outcome } from '../../wire/amqp10/codec.ts';
import type { Message } from '../message.ts';
import { destinationOf } from './amqp10-addresses.ts';
import { errorOf } from './amqp10-errors.ts';
import { filtersOf } from './amqp10-filters.ts';
import { type DynamicNode, dynamicNode, nodeFields } from './amqp10-nodes.ts';
import type { Port } from './amqp10-port.ts';
import { expiryFields } from './amqp10-suspended.ts';

/** Where a client receives from. */
export interface Source10 {
  readonly asked: AmqpSource;
  readonly queue: string;
  readonly node: DynamicNode | undefined;
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
  const node = dynamicNode(asked, name, port);
  if (node !== undefined && 'condition' in node) return node;
  const address = node?.queue ?? asked.address;
  if (address === undefined) return errorOf('amqp:invalid-field', 'a source without address that is not dynamic');
  const destination = destinationOf(address);
  if (destination === undefined) return errorOf('amqp:invalid-field', `'${address.slice(0, 80)}' is no address`);
  if (destination.queue === '') return errorOf('amqp:not-implemented', 'an exchange is no source');
  const filters = filtersOf(asked.filter);
  if ('condition' in filters) return filters;
  const { told: filter, noLocal, wants } = filters;
  return { asked, node, queue: destination.queue, browses: distributionMode === 'copy', noLocal, wants, filter, defaultOutcome };
}

/** What the attach says of a source and of the link that leads from it. */
export function acceptedSource({ asked, node, filter, browses, defaultOutcome }: Source10, { remoteAttach }: LinkEndpoint): Partial<CompositeFields<'attach'>> {
  return {
    source: {
      type: 'source',
      address: asked.address,
      ...(node !== undefined && nodeFields(node)),
      ...expiryFields(asked),
      distributionMode: browses ? 'copy' : 'move',
      ...(filter !== undefined && { filter }),
      ...(defaultOutcome !== undefined && { defaultOutcome }),
      outcomes: [...outcomes],
    },
    sndSettleMode: remoteAttach?.sndSettleMode === 'settled' ? 'settled' : (remoteAttach?.sndSettleMode ?? 'mixed'),
    rcvSettleMode: remoteAttach?.rcvSettleMode ?? 'first',
  };
}
