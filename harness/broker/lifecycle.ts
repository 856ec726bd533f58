import type { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import { deletionOf, isKept } from './durable.ts';
import type { Binding, Exchange } from './exchange.ts';
import { Queue } from './queue.ts';
import { asRead } from './readings.ts';
import type { Channel, Connection } from './session.ts';
import type { VirtualHost } from './virtual-host.ts';
import type { Refusal } from './vocabulary.ts';

/** Ends a connection: its channels, then the queues it owned. Nothing that goes back to a queue is sent to it again. */
export function closeConnection(core: Core, connection: Connection): void {
  if (!core.connections.delete(connection.id)) return;
  core.holding.delete(connection);
  const freed = new Set<Queue>();
  for (const channel of connection.channels.values()) leaveChannel(core, channel, freed);
  for (const queue of connection.owned) deleteQueue(core, queue);
  for (const queue of freed) if (!queue.deleted) core.dispatcher.dispatch(queue);
}

/** Says why a command is not carried out, and ends its channel or its connection. */
export function refuse(core: Core, channel: Channel, refusal: Refusal): void {
  const { scope, code, text } = asRead(core.settings.readings, refusal);
  core.emit({ kind: 'refused', connection: channel.connection.id, channel: channel.number, scope, code, text });
  if (scope === 'connection') closeConnection(core, channel.connection);
  else closeChannel(core, channel);
}

/** Ends a channel: its transaction, its consumers, and what they had not settled goes back. */
export function closeChannel(core: Core, channel: Channel): void {
  if (!channel.closed) closeChannels(core, [channel]);
}

/** Ends several channels: what goes back from one does not come to another. */
export function closeChannels(core: Core, channels: readonly Channel[]): void {
  const freed = new Set<Queue>();
  for (const channel of channels) if (!channel.closed) leaveChannel(core, channel, freed);
  for (const queue of freed) if (!queue.deleted) core.dispatcher.dispatch(queue);
  for (const channel of channels) core.dispatcher.wake(channel);
}

function leaveChannel(core: Core, channel: Channel, freed: Set<Queue>): void {
  channel.closed = true;
  core.transactionOctets -= channel.transaction?.octets ?? 0;
  leaveTransactions(core, channel, freed);
  if (channel.connection.channels.delete(channel.number)) core.openChannels -= 1;
  channel.publishesTo?.publishers.delete(channel);
  for (const node of channel.publishesTo === undefined ? channel.nodes : [channel.publishesTo, ...channel.nodes]) core.lapsing.add(node);
  const consumers = [...channel.consumers.values()];
  for (const consumer of consumers) if (leaveQueue(core, consumer)) freed.add(consumer.queue);
  for (const entry of channel.ledger.takeThrough(Number.POSITIVE_INFINITY)) {
    if (core.dispatcher.release(entry, 'requeue')) freed.add(entry.queue);
  }
  for (const consumer of consumers) deleteIfDone(core, consumer.queue);
}

/** Rolls back what the channel controls; what it enlisted with others stays with those, but for those that end with their connection. */
function leaveTransactions(core: Core, channel: Channel, freed: Set<Queue>): void {
  const { transactions } = channel.connection;
  for (const [id, transaction] of transactions) {
    transaction.adopt(channel);
    if (transaction.controller !== channel && core.connections.has(channel.connection.id)) continue;
    transactions.delete(id);
    core.transactionOctets -= transaction.octets;
    for (const entry of transaction.adopted()) if (core.dispatcher.release(entry, 'requeue')) freed.add(entry.queue);
  }
}

/** Ends one consumer. What it was sent stays with its channel. */
export function removeConsumer(core: Core, consumer: Consumer): void {
  const succeeded = leaveQueue(core, consumer);
  deleteIfDone(core, consumer.queue);
  if (succeeded && core.settings.readings.takeover === 'text') core.dispatcher.dispatch(consumer.queue);
}

/** Says whether another consumer took its place. */
function leaveQueue(core: Core, consumer: Consumer): boolean {
  consumer.channel.consumers.delete(consumer.tag);
  consumer.channel.connection.draining.delete(consumer);
  core.expiry.renew(consumer.queue);
  if (consumer.queue.lifetime !== undefined) core.lapsing.add(consumer.queue);
  return consumer.queue.forget(consumer);
}

function deleteIfDone(core: Core, queue: Queue): void {
  if (queue.options.autoDelete && !queue.deleted && queue.consumers.size === 0) deleteQueue(core, queue);
}

/** Deletes a queue with its bindings and consumers, and says how many ready messages went with it. */
export function deleteQueue(core: Core, queue: Queue): number {
  const host = core.virtualHosts.get(queue.virtualHost);
  if (!host?.replyQueues.delete(queue.name)) host?.queues.delete(queue.name);
  queue.deleted = true;
  if (queue.options.owner !== undefined) core.connections.get(queue.options.owner)?.owned.delete(queue);
  for (const consumer of [...queue.consumers]) loseConsumer(core, consumer);
  for (const { connection, number } of queue.publishers) core.emit({ kind: 'target-lost', connection: connection.id, channel: number });
  const count = core.dispatcher.drop(queue);
  for (const binding of [...queue.incoming]) removeBinding(core, host, binding);
  if (queue.durable) core.persist({ change: 'delete', key: { kind: 'queue', virtualHost: queue.virtualHost, name: queue.name } });
  return count;
}

function loseConsumer(core: Core, consumer: Consumer): void {
  const { channel, tag } = consumer;
  leaveQueue(core, consumer);
  channel.lost(tag);
  if (!channel.connection.cancelNotify) return;
  core.emit({ kind: 'consumer-lost', connection: channel.connection.id, channel: channel.number, consumerTag: tag });
}

/** Removes a binding; an auto-delete exchange goes with the last by which it passes messages on. */
export function removeBinding(core: Core, host: VirtualHost | undefined, binding: Binding): void {
  detach(core, binding);
  if (host !== undefined) deleteEmptied(core, host, [binding.exchange]);
}

/** Deletes an exchange with the bindings at either end of it. */
export function deleteExchange(core: Core, host: VirtualHost, exchange: Exchange): void {
  deleteEmptied(core, host, takeAway(core, host, exchange));
}

/** One auto-delete exchange that goes may be the last that another was bound to: no recursion, since clients say how long such chains are. */
function deleteEmptied(core: Core, host: VirtualHost, candidates: Exchange[]): void {
  for (let next = candidates.pop(); next !== undefined; next = candidates.pop()) {
    if (next.options.autoDelete && !next.used && host.exchanges.get(next.name) === next) candidates.push(...takeAway(core, host, next));
  }
}

/** Takes an exchange and its bindings away and gives the exchanges that passed messages on to it. */
function takeAway(core: Core, host: VirtualHost, exchange: Exchange): Exchange[] {
  host.exchanges.delete(exchange.name);
  const sources: Exchange[] = [];
  for (const binding of new Set([...exchange.bindings(), ...exchange.incoming])) {
    detach(core, binding);
    if (binding.exchange !== exchange) sources.push(binding.exchange);
  }
  if (isKept(exchange, core)) core.persist({ change: 'delete', key: { kind: 'exchange', virtualHost: host.name, name: exchange.name } });
  return sources;
}

function detach(core: Core, binding: Binding): void {
  binding.exchange.unbind(binding);
  if (isDurable(binding)) core.persist({ change: 'delete', key: deletionOf(binding) });
}

/** Whether a binding outlives the broker: both its ends do, and it is not the one that every queue has by itself. */
export function isDurable(binding: Binding): boolean {
  const { exchange, destination } = binding;
  if (!(destination instanceof Queue)) return exchange.options.durable && destination.options.durable;
  return exchange.options.durable && destination.durable && !isAutomatic(binding);
}

/** Whether this is the binding that every queue has by itself: to the default exchange, by its own name. */
export function isAutomatic({ exchange, destination, routingKey, arguments: args }: Binding): boolean {
  return exchange.name === '' && destination instanceof Queue && routingKey === destination.name && args.length === 0;
}
