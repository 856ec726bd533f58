import { dischargeStored } from './commands-discharge.ts';
import { addressed } from './commands-reply.ts';
import { commitStored } from './commands-transaction.ts';
import type { Core } from './core.ts';
import type { Exchange } from './exchange.ts';
import { holdIfFull } from './holding.ts';
import type { Copies, Message } from './message.ts';
import { accessRefused, noSuchExchange, noSuchQueue, notImplemented, preconditionFailed, quoted, resourceError } from './refusal.ts';
import { sendBack, takers } from './routing.ts';
import type { Channel } from './session.ts';
import { sharedTransaction } from './shared-transaction.ts';
import { costOf, type Dispatch, type Transaction } from './transaction.ts';
import type { CommandOf, Refusal, TransactionId } from './vocabulary.ts';

/** The exchange is judged and the queues are chosen at once, also in a transaction. */
export function publish(core: Core, channel: Channel, command: CommandOf<'publish'>): Refusal | undefined {
  const { message: published, mandatory, immediate, refused } = command;
  if (immediate && core.settings.readings.immediate === 'practice') return notImplemented('the immediate flag');
  const { connection, transaction } = channel;
  const exchange = connection.virtualHost.exchanges.get(published.exchange);
  if (exchange === undefined) return noSuchExchange(published.exchange);
  if (exchange.options.internal) return accessRefused(`exchange ${quoted(exchange.name)} is internal`);
  if (published.ttlMs !== undefined && Number.isNaN(published.ttlMs)) return preconditionFailed(`expiration ${quoted(published.expiration ?? '')} is no time`);
  if (published.userId !== undefined && published.userId !== connection.user)
    return preconditionFailed(`user-id ${quoted(published.userId)} is not that of the connection`);
  const { copies } = published;
  if (copies === 'malformed') return preconditionFailed('the headers CC and BCC are arrays of long strings');
  const message = addressed(channel, published);
  if ('code' in message) return message;
  const reached = routed(core, exchange, message, copies);
  const dispatch = { message: reached.message, queues: reached.queues, mandatory, immediate };
  if (transaction !== undefined) return publishLater(core, transaction, dispatch);
  if (command.transaction !== undefined) return publishShared(core, channel, command.transaction, dispatch);
  const confirms = channel.published !== undefined;
  const deliveryTag = (channel.published ?? 0) + 1;
  if (confirms) channel.published = deliveryTag;
  if (refused && confirms) {
    core.dispatcher.confirm(channel, deliveryTag, false);
    return undefined;
  }
  const queues = takers(dispatch);
  if (queues.length > 0) {
    core.dispatcher.enqueue(dispatch.message, queues, confirms ? channel : undefined, deliveryTag);
    holdIfFull(core, connection);
    return undefined;
  }
  sendBack(core, channel, dispatch);
  if (confirms) core.dispatcher.confirm(channel, deliveryTag, true);
  return undefined;
}

/** Nobody who gets the message sees its blind copies; its sender, to whom it may come back, knows them. */
function routed(core: Core, exchange: Exchange, message: Message, copies: Copies | undefined): Pick<Dispatch, 'message' | 'queues'> {
  if (copies === undefined) return { message, queues: core.reach.of(exchange, message) };
  const queues = core.reach.of(
    exchange,
    message,
    copies.keys.map(key => message.under(key)),
  );
  return { message: copies.blind && queues.length > 0 ? message.withoutBlindCopies() : message, queues };
}

/** Where its channel confirms, that the broker has it is confirmed at once: whether it ever gets anywhere is the discharge's to say. */
function publishShared(core: Core, channel: Channel, id: TransactionId, dispatch: Dispatch): Refusal | undefined {
  const transaction = sharedTransaction(channel, id);
  if ('code' in transaction) return transaction;
  const refusal = waiting(core, dispatch);
  if (refusal !== undefined) return refusal;
  transaction.publish(channel, dispatch);
  if (dispatch.queues.length === 0) sendBack(core, channel, dispatch);
  if (channel.published === undefined) return undefined;
  channel.published += 1;
  core.dispatcher.confirm(channel, channel.published, true);
  return undefined;
}

/** Holding its connection would keep the commit from coming that alone can end a transaction; so one too many is refused. */
function publishLater(core: Core, transaction: Transaction, dispatch: Dispatch): Refusal | undefined {
  const refusal = waiting(core, dispatch);
  if (refusal === undefined) transaction.publish(dispatch);
  return refusal;
}

/** Counts a message that waits for a commit, unless it is one too many. */
function waiting(core: Core, { message }: Dispatch): Refusal | undefined {
  const cost = costOf(message);
  if (core.transactionOctets + cost > core.settings.memoryOctets) return resourceError('more waits for commits than the broker can hold');
  core.transactionOctets += cost;
  return undefined;
}

/** Says of a message alone that it is not taken. */
export function refusePublish(core: Core, channel: Channel, refusal: Refusal): void {
  if (channel.published === undefined) return;
  channel.published += 1;
  core.dispatcher.confirm(channel, channel.published, false, refusal);
}

/** Judges beforehand what every publish to there would be judged by. */
export function beginPublishing(core: Core, channel: Channel, { exchange: name, queue: target }: CommandOf<'begin-publishing'>): Refusal | undefined {
  const exchange = channel.connection.virtualHost.exchanges.get(name);
  if (exchange === undefined) return noSuchExchange(name);
  if (exchange.options.internal) return accessRefused(`exchange ${quoted(name)} is internal`);
  if (target !== '') {
    const { queues, replyQueues } = channel.connection.virtualHost;
    const queue = replyQueues.get(target) ?? queues.get(target);
    if (queue === undefined) return noSuchQueue(target);
    channel.publishesTo = queue;
    queue.publishers.add(channel);
  }
  core.emit({ kind: 'publishing', connection: channel.connection.id, channel: channel.number });
  return undefined;
}

export function selectConfirm(core: Core, channel: Channel, { noWait }: CommandOf<'select-confirm'>): Refusal | undefined {
  if (channel.transaction !== undefined) return preconditionFailed('the channel is transacted');
  channel.published ??= 0;
  if (!noWait) core.emit({ kind: 'confirm-selected', connection: channel.connection.id, channel: channel.number });
  return undefined;
}

/** Confirms what the store has taken by now; what it lost is refused to its publisher. */
export function stored(core: Core, { upTo, failed }: CommandOf<'stored'>): void {
  core.pager.stored(upTo, failed);
  for (let next = core.awaitingStore.at(0); next !== undefined && next.ticket <= upTo; next = core.awaitingStore.at(0)) {
    core.awaitingStore.shift();
    if (next.transaction !== undefined) dischargeStored(core, next.channel, next.transaction, failed);
    else if (next.deliveryTag === undefined) commitStored(core, next.channel, failed);
    else confirmStored(core, next.channel, next.deliveryTag, failed);
  }
}

function confirmStored(core: Core, channel: Channel, deliveryTag: number, failed: boolean): void {
  channel.unconfirmed.shift();
  if (!channel.closed) core.dispatcher.confirm(channel, deliveryTag, !failed);
}
