import { createHash } from 'node:crypto';
import type { AmqpError, AmqpSource } from '../../wire/amqp10/codec.ts';
import type { Destination } from './amqp10-addresses.ts';
import { errorOf } from './amqp10-errors.ts';
import { bearsName } from './amqp10-names.ts';
import type { Port } from './amqp10-port.ts';

/** What a terminus says that makes of a plain address the name of a topic. */
export const topicCapability = 'topic';

/** The exchange whose routing keys are the names of topics. */
const topics = 'amq.topic';

/** What a link from a topic receives from: a queue of its own, or of all links that share it. */
export interface Subscription {
  readonly queue: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly shared: boolean;
  /** It stays when its links are detached, until one of them is closed as the last. */
  readonly durable: boolean;
  /** What the answer repeats of what was asked for. */
  readonly capabilities: readonly string[];
}

/** Where a topic is published to. */
export function topicOf(name: string): Destination {
  return { exchange: topics, routingKey: name, queue: '' };
}

/**
 * The subscription that a link from an exchange or a topic stands for. Its name is that of the link up to the first bar, so that several links of a container can
 * share one.
 */
export function subscriptionOf(asked: AmqpSource, { exchange, routingKey }: Destination, linkName: string, port: Port): Subscription | AmqpError {
  const wanted = new Set(asked.capabilities ?? []);
  const capabilities = [topicCapability, 'shared', 'global'].filter(each => wanted.has(each));
  const shared = wanted.has('shared');
  const owner = shared && wanted.has('global') ? '' : JSON.stringify([port.user, port.containerId]);
  const durable = asked.expiryPolicy === 'never';
  const [name = ''] = linkName.split('|');
  const kind = `${durable ? 'durable' : 'volatile'}.${shared ? 'shared' : 'own'}`;
  const queue = `subscription.${kind}.${createHash('sha256').update(`${owner}\0${name}`).digest('base64url')}`;
  const used = port.broker.core.virtualHosts.get(port.virtualHost)?.queues.get(queue)?.consumers.size ?? 0;
  if (!shared && used > 0 && !bearsName(port, 'receiver', linkName)) return errorOf('amqp:resource-locked', 'the subscription is in use');
  return { queue, exchange, routingKey, shared, durable, capabilities };
}

/** Has the queue of a subscription made and bound on the channel of its link. */
export function subscribe({ connection, submit }: Port, channel: number, { queue, exchange, routingKey, durable }: Subscription): void {
  const flags = { passive: false, durable, exclusive: false, autoDelete: !durable, arguments: [], noWait: true };
  submit({ kind: 'declare-queue', connection, channel, queue, ...flags });
  submit({ kind: 'bind-queue', connection, channel, queue, exchange, routingKey, arguments: [], noWait: true });
}

/** A link of the subscription is closed: with the last of them a durable one goes. */
export function unsubscribe({ connection, submit, broker, virtualHost }: Port, channel: number, consumerTag: string, { queue, durable }: Subscription): void {
  if (!durable) return;
  submit({ kind: 'cancel', connection, channel, consumerTag, noWait: true });
  const users = broker.core.virtualHosts.get(virtualHost)?.queues.get(queue)?.consumers.size ?? 0;
  if (users === 0) submit({ kind: 'delete-queue', connection, channel, queue, ifUnused: true, ifEmpty: false, noWait: true });
}
