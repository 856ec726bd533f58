import { isReplies, openReplies, replyQueue } from './commands-reply.ts';
import { Consumer } from './consumer.ts';
import type { Core } from './core.ts';
import { argument, integerOf, refusedArgument } from './extension-arguments.ts';
import { removeConsumer } from './lifecycle.ts';
import { findQueue, isRefusal } from './names.ts';
import { accessRefused, notAllowed, notImplemented, quoted } from './refusal.ts';
import type { Channel } from './session.ts';
import type { CommandOf, Refusal } from './vocabulary.ts';

export function consume(core: Core, channel: Channel, command: CommandOf<'consume'>): Refusal | undefined {
  const queue = isReplies(command.queue) ? replyQueue(core, channel, command) : findQueue(channel, command.queue);
  if (isRefusal(queue)) return queue;
  const { consumerTag, noAck, exclusive } = command;
  const noLocal = command.noLocal && core.settings.readings.noLocal === 'text';
  if (channel.consumers.has(consumerTag)) return notAllowed(`there is a consumer ${quoted(consumerTag)} on this channel already`);
  if (exclusive && queue.singleActive) return accessRefused(`queue ${quoted(queue.name)} has a single active consumer, so none can be exclusive`);
  if (queue.hasExclusiveConsumer) return accessRefused(`queue ${quoted(queue.name)} has an exclusive consumer`);
  if (exclusive && queue.consumers.size > 0) return accessRefused(`queue ${quoted(queue.name)} has consumers, so none can be exclusive`);
  const refusal = refusedArgument('consumer', command.arguments);
  if (refusal !== undefined) return refusal;
  const tag = consumerTag === '' ? freeTag(core, channel) : consumerTag;
  const priority = integerOf(argument(command.arguments, 'x-priority')) ?? 0;
  const consumer = new Consumer(tag, queue, channel, { noLocal, noAck, exclusive, priority, browses: command.browses ?? false, wants: command.wants });
  consumer.gate.credit = command.credit ?? Number.POSITIVE_INFINITY;
  consumer.gate.countLimit = channel.consumerLimits.count;
  consumer.gate.sizeLimit = channel.consumerLimits.size;
  if (isReplies(command.queue)) openReplies(channel, queue);
  channel.consumers.set(tag, consumer);
  channel.forgetLost(tag);
  if (!command.noWait) core.emit({ kind: 'consuming', connection: channel.connection.id, channel: channel.number, consumerTag: tag });
  queue.admit(consumer);
  core.dispatcher.dispatch(queue);
  return undefined;
}

function freeTag(core: Core, channel: Channel): string {
  for (;;) {
    const tag = `amq.ctag-${core.settings.uniqueName()}`;
    if (!channel.consumers.has(tag)) return tag;
  }
}

/**
 * A tag that no consumer bears, or one whose consumer the broker ended, is cancelled already. A tag that only another channel of the
 * connection knows is not this channel's to use.
 */
export function cancel(core: Core, channel: Channel, { consumerTag, noWait }: CommandOf<'cancel'>): Refusal | undefined {
  const consumer = channel.consumers.get(consumerTag);
  if (consumer === undefined && !channel.forgetLost(consumerTag) && core.settings.readings.foreignTag === 'text') {
    for (const other of channel.connection.channels.values()) {
      if (other.consumers.has(consumerTag)) return notAllowed(`consumer ${quoted(consumerTag)} belongs to another channel`);
    }
  }
  if (!noWait) core.emit({ kind: 'cancelled', connection: channel.connection.id, channel: channel.number, consumerTag });
  if (consumer !== undefined) removeConsumer(core, consumer);
  return undefined;
}

/** A consumer that the broker has ended meanwhile has nothing to be granted. */
export function grantCredit(core: Core, channel: Channel, { consumerTag, credit, drain }: CommandOf<'grant-credit'>): Refusal | undefined {
  const consumer = channel.consumers.get(consumerTag);
  if (consumer === undefined) return undefined;
  consumer.gate.credit = credit;
  consumer.draining = drain;
  consumer.gate.wake(core.dispatcher.retry);
  tellCredit(core, consumer);
  return undefined;
}

/** Says how a consumer stands. One that drains has got all that there is for it, unless something else than its credit holds deliveries back. */
export function tellCredit(core: Core, consumer: Consumer): void {
  const { channel, gate, queue, tag: consumerTag } = consumer;
  const { connection } = channel;
  const heldBack = gate.credit > 0 && (connection.gate.closed || channel.gate.closed);
  const drained = consumer.draining && !heldBack;
  if (drained) {
    gate.credit = 0;
    consumer.draining = false;
  }
  if (consumer.draining) connection.draining.add(consumer);
  else connection.draining.delete(consumer);
  core.emit({ kind: 'credited', connection: connection.id, channel: channel.number, consumerTag, credit: gate.credit, available: queue.ready, drained });
}

export function limitPrefetch(core: Core, channel: Channel, command: CommandOf<'limit-prefetch'>): Refusal | undefined {
  const { prefetchCount: count, prefetchSize: size } = command;
  const { prefetch, prefetchSize, globalPrefetch } = core.settings.readings;
  const global = command.global && globalPrefetch === 'text';
  if (size > 0 && prefetchSize === 'practice') return notImplemented('a prefetch size');
  core.emit({ kind: 'prefetch-limited', connection: channel.connection.id, channel: channel.number });
  if (prefetch === 'practice' && !global) {
    channel.consumerLimits = { count, size };
    return undefined;
  }
  const wide = prefetch === 'text' && global;
  const gate = wide ? channel.connection.gate : channel.gate;
  gate.countLimit = count;
  gate.sizeLimit = size;
  gate.wake(core.dispatcher.retry);
  return undefined;
}

export function flow(core: Core, channel: Channel, { active }: CommandOf<'flow'>): Refusal | undefined {
  if (!active && core.settings.readings.pause === 'practice') return notImplemented('a pause of deliveries; basic.qos limits them');
  core.emit({ kind: 'flow-set', connection: channel.connection.id, channel: channel.number, active });
  if (active) channel.gate.open(core.dispatcher.retry);
  else channel.gate.close();
  return undefined;
}
