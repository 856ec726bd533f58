import type { Method } from '../../spec/amqp091/classes.ts';
import { method } from '../../wire/amqp091/method.ts';
import type { ConnectionEffect, EffectOf } from '../vocabulary.ts';

type Replies = { readonly [K in ConnectionEffect['kind']]?: (effect: EffectOf<K>) => Method };

/** The method without content by which a client learns of an effect. */
const replies: Replies = {
  'channel-opened': () => method('channel.open-ok'),
  'flow-set': ({ active }) => method('channel.flow-ok', { active }),
  'exchange-declared': () => method('exchange.declare-ok'),
  'exchange-deleted': () => method('exchange.delete-ok'),
  'exchange-bound': () => method('exchange.bind-ok'),
  'exchange-unbound': () => method('exchange.unbind-ok'),
  'queue-declared': ({ queue, messageCount, consumerCount }) => method('queue.declare-ok', { queue, messageCount, consumerCount }),
  'queue-bound': () => method('queue.bind-ok'),
  'queue-unbound': () => method('queue.unbind-ok'),
  'queue-purged': ({ messageCount }) => method('queue.purge-ok', { messageCount }),
  'queue-deleted': ({ messageCount }) => method('queue.delete-ok', { messageCount }),
  'prefetch-limited': () => method('basic.qos-ok'),
  consuming: ({ consumerTag }) => method('basic.consume-ok', { consumerTag }),
  cancelled: ({ consumerTag }) => method('basic.cancel-ok', { consumerTag }),
  'got-nothing': () => method('basic.get-empty'),
  recovered: () => method('basic.recover-ok'),
  'confirm-selected': () => method('confirm.select-ok'),
  'transaction-selected': () => method('tx.select-ok'),
  committed: () => method('tx.commit-ok'),
  'rolled-back': () => method('tx.rollback-ok'),
  'consumer-lost': ({ consumerTag }) => method('basic.cancel', { consumerTag, noWait: true }),
};

/** The method that says so; undefined for effects that are more, or other, than one method. */
export function replyOf(effect: ConnectionEffect): Method | undefined {
  const reply = replies[effect.kind] as ((effect: ConnectionEffect) => Method) | undefined;
  return reply?.(effect);
}

/** The method that stands before the content of a message that was got. */
export function gotOk({ deliveryTag, redelivered, messageCount, message: { exchange, routingKey } }: EffectOf<'got'>): Method<'basic.get-ok'> {
  return method('basic.get-ok', { deliveryTag: BigInt(deliveryTag), redelivered, messageCount, exchange, routingKey });
}

/** The method that stands before the content of a message that goes back. */
export function returned({ code, text, message: { exchange, routingKey } }: EffectOf<'return'>): Method<'basic.return'> {
  return method('basic.return', { replyCode: code, replyText: text, exchange, routingKey });
}
