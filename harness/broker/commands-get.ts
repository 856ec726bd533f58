import type { Core } from './core.ts';
import { modify } from './modification.ts';
import { findQueue, isRefusal } from './names.ts';
import { whole } from './paging.ts';
import type { Entry } from './queue.ts';
import { notImplemented, unknownDeliveryTag } from './refusal.ts';
import type { Channel } from './session.ts';
import { sharedTransaction } from './shared-transaction.ts';
import type { Transaction } from './transaction.ts';
import type { CommandOf, Refusal, TransactionId } from './vocabulary.ts';

/** Prefetch limits do not count what is got: it is not sent in advance. */
export function get(core: Core, channel: Channel, command: CommandOf<'get'>): Refusal | undefined {
  const queue = findQueue(channel, command.queue);
  if (isRefusal(queue)) return queue;
  const at = { connection: channel.connection.id, channel: channel.number };
  core.expiry.renew(queue);
  core.expiry.sweep(queue);
  const entry = queue.take();
  if (entry === undefined) {
    core.emit({ kind: 'got-nothing', ...at });
    return undefined;
  }
  const message = whole(entry.message);
  channel.lastDeliveryTag += 1;
  const deliveryTag = channel.lastDeliveryTag;
  if (command.noAck) core.dispatcher.finish(entry);
  else {
    core.dispatcher.noteSent(entry);
    channel.ledger.add(deliveryTag, entry);
  }
  core.emit({ kind: 'got', ...at, deliveryTag, redelivered: entry.deliveries > 1, messageCount: queue.ready, message });
  core.dispatcher.dispatch(queue);
  return undefined;
}

export function acknowledge(core: Core, channel: Channel, command: CommandOf<'settle'>): Refusal | undefined {
  const { ledger, transaction } = channel;
  const { deliveryTag, multiple, outcome, modification } = command;
  if (transaction !== undefined) return acknowledgeLater(channel, transaction, command);
  if (command.transaction !== undefined) return acknowledgeShared(channel, command.transaction, command);
  if (!multiple) {
    const entry = ledger.take(deliveryTag);
    if (entry === undefined) return unknownDeliveryTag(deliveryTag);
    if (modification !== undefined) modify(entry, modification);
    core.dispatcher.settleOne(channel, entry, outcome);
    return undefined;
  }
  if (deliveryTag !== 0 && !ledger.has(deliveryTag)) return unknownDeliveryTag(deliveryTag);
  core.dispatcher.settleMany(channel, ledger.takeThrough(deliveryTag === 0 ? Number.POSITIVE_INFINITY : deliveryTag), outcome);
  return undefined;
}

/** One delivery alone; it stays outstanding until the discharge. */
function acknowledgeShared(channel: Channel, id: TransactionId, { deliveryTag, outcome, modification }: CommandOf<'settle'>): Refusal | undefined {
  const transaction = sharedTransaction(channel, id);
  if ('code' in transaction) return transaction;
  for (const each of channel.connection.transactions.values()) if (each.settles(channel, deliveryTag)) return unknownDeliveryTag(deliveryTag);
  if (!channel.ledger.has(deliveryTag)) return unknownDeliveryTag(deliveryTag);
  transaction.settle(channel, deliveryTag, outcome, modification);
  return undefined;
}

/** In a transaction the tag is judged at once, and the delivery stays outstanding until the commit. */
function acknowledgeLater({ ledger }: Channel, transaction: Transaction, { deliveryTag, multiple, outcome }: CommandOf<'settle'>): Refusal | undefined {
  const everything = multiple && deliveryTag === 0;
  if (!everything && (!ledger.has(deliveryTag) || transaction.settles(deliveryTag))) return unknownDeliveryTag(deliveryTag);
  if (!multiple) {
    transaction.settle([deliveryTag], outcome);
    return undefined;
  }
  const tags = ledger.tags(transaction.through, everything ? Number.POSITIVE_INFINITY : deliveryTag).filter(tag => !transaction.settles(tag));
  transaction.settle(tags, outcome, tags.at(-1));
  return undefined;
}

/**
 * Without requeue, what a consumer was sent is sent to it again. What it cannot get now (it was cancelled, its flow is stopped, its window is
 * used up) and what came by get has no recipient to go to and is put back to its queue (errata item 2).
 */
export function recover(core: Core, channel: Channel, { requeue, noWait }: CommandOf<'recover'>): Refusal | undefined {
  if (!requeue && core.settings.readings.redelivery === 'practice') return notImplemented('recovery without requeue');
  const entries = unsettled(channel);
  if (!noWait) core.emit({ kind: 'recovered', connection: channel.connection.id, channel: channel.number });
  const rest: Entry[] = [];
  for (const entry of entries) if (requeue || !core.dispatcher.redeliver(entry)) rest.push(entry);
  core.dispatcher.settleMany(channel, rest, 'requeue');
  return undefined;
}

/** Takes out what is outstanding; what waits for a commit to be settled is not. */
function unsettled({ ledger, transaction }: Channel): readonly Entry[] {
  const everything = Number.POSITIVE_INFINITY;
  if (transaction === undefined) return ledger.takeThrough(everything);
  const tags = ledger.tags(transaction.through, everything).filter(tag => !transaction.settles(tag));
  return tags.map(tag => ledger.take(tag)).filter(entry => entry !== undefined);
}
