import { addressed } from './commands-reply.ts';
import type { Core } from './core.ts';
import { accessRefused, noSuchExchange, notImplemented, quoted } from './refusal.ts';
import type { Channel } from './session.ts';
import type { CommandOf, Refusal } from './vocabulary.ts';

export function publish(core: Core, channel: Channel, { message: published, mandatory, immediate }: CommandOf<'publish'>): Refusal | undefined {
  if (immediate) return notImplemented('the immediate flag');
  const { connection } = channel;
  const exchange = connection.virtualHost.exchanges.get(published.exchange);
  if (exchange === undefined) return noSuchExchange(published.exchange);
  if (exchange.options.internal) return accessRefused(`exchange ${quoted(exchange.name)} is internal`);
  const message = addressed(channel, published);
  if ('code' in message) return message;
  const confirms = channel.published !== undefined;
  const deliveryTag = (channel.published ?? 0) + 1;
  if (confirms) channel.published = deliveryTag;
  const queues = core.reach.of(exchange, message);
  if (queues.length > 0) {
    core.dispatcher.enqueue(message, queues, confirms ? channel : undefined, deliveryTag);
    core.dispatcher.holdIfFull(connection);
    return undefined;
  }
  if (mandatory) core.emit({ kind: 'return', connection: connection.id, channel: channel.number, code: 312, text: 'no queue takes this message', message });
  if (confirms) core.dispatcher.confirm(channel, deliveryTag, true);
  return undefined;
}

export function selectConfirm(core: Core, channel: Channel, { noWait }: CommandOf<'select-confirm'>): undefined {
  channel.published ??= 0;
  if (!noWait) core.emit({ kind: 'confirm-selected', connection: channel.connection.id, channel: channel.number });
}

/** Confirms what the store has taken by now; what it lost is refused to its publisher. */
export function stored(core: Core, { upTo, failed }: CommandOf<'stored'>): void {
  for (let next = core.awaitingStore.at(0); next !== undefined && next.ticket <= upTo; next = core.awaitingStore.at(0)) {
    core.awaitingStore.shift();
    next.channel.unconfirmed.shift();
    if (!next.channel.closed) core.dispatcher.confirm(next.channel, next.deliveryTag, !failed);
  }
}
