import type { Broker } from '../broker/broker.ts';
import type { Amqp10Message } from '../broker/dialects/amqp10-message.ts';
import { as091, composeMessage } from '../broker/dialects/amqp091-message.ts';
import { whole } from '../broker/paging.ts';
import type { BasicProperties } from '../spec/amqp091/classes.ts';

/** A message that waits in a queue, as `RunningBroker.queue` shows it. */
export interface WaitingMessage {
  /** That its sender spoke. Properties and body of a message of 1.0 are those that a client of 0-9-1 would get; `sections` are its own. */
  readonly protocol: '0-9-1' | '1.0';
  readonly sections?: Pick<Amqp10Message, 'properties' | 'applicationProperties' | 'messageAnnotations' | 'content' | 'footer'> & {
    readonly header: Amqp10Message['sent'];
  };
  readonly exchange: string;
  readonly routingKey: string;
  readonly properties: BasicProperties;
  readonly body: Buffer;
  /** Whether it was delivered before and came back. */
  readonly redelivered: boolean;
}

export interface QueueView {
  readonly name: string;
  /** What waits for a consumer, in the order of delivery. Messages that were sent and not acknowledged are not among them. */
  readonly messages: readonly WaitingMessage[];
  readonly unacknowledgedCount: number;
  readonly consumerCount: number;
}

/** A message that the embedding program publishes, as if a client had. */
export interface OwnMessage {
  /** Defaults to the default exchange, where the routing key is the queue. */
  readonly exchange?: string;
  readonly routingKey?: string;
  readonly properties?: BasicProperties;
  readonly body: Uint8Array | string;
  readonly virtualHost?: string;
}

/** @throws {Error} where the virtual host has no such exchange. */
export function publish(broker: Broker, message: OwnMessage): void {
  const { exchange = '', routingKey = '', properties = {}, virtualHost = '/' } = message;
  const body = typeof message.body === 'string' ? Buffer.from(message.body) : message.body;
  if (!broker.core.virtualHosts.get(virtualHost)?.exchanges.has(exchange))
    throw new Error(`There is no exchange '${exchange}' in virtual host '${virtualHost}'.`);
  broker.submit({ kind: 'inject', virtualHost, message: composeMessage(exchange, routingKey, body, properties) });
}

function sectionsOf({ sent, properties, applicationProperties, messageAnnotations, content, footer }: Amqp10Message): NonNullable<WaitingMessage['sections']> {
  return { header: sent, properties, applicationProperties, messageAnnotations, content, footer };
}

/** @throws {Error} where there is no such queue. */
export function viewOf(broker: Broker, virtualHost: string, name: string): QueueView {
  const queue = broker.core.virtualHosts.get(virtualHost)?.queues.get(name);
  if (queue === undefined) throw new Error(`There is no queue '${name}' in virtual host '${virtualHost}'.`);
  const messages = [...queue.peek()].map((entry): WaitingMessage => {
    const native = whole(entry.message);
    const { exchange, routingKey, properties, body } = as091(native);
    const shown = { exchange, routingKey, properties, body: Buffer.concat(body), redelivered: entry.deliveries > 0 };
    return native.dialect === 'amqp10' ? { protocol: '1.0', sections: sectionsOf(native as Amqp10Message), ...shown } : { protocol: '0-9-1', ...shown };
  });
  return { name, messages, unacknowledgedCount: queue.unacknowledged, consumerCount: queue.consumers.size };
}
