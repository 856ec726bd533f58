import type { Core } from './core.ts';
import type { Message } from './message.ts';
import { Queue } from './queue.ts';
import { noSuchQueue, preconditionFailed } from './refusal.ts';
import type { Channel } from './session.ts';
import type { CommandOf, Refusal } from './vocabulary.ts';

/** What a client that asks says in place of a queue: it consumes answers from there, and gives it as the place to answer to. */
export const replyName = 'amq.rabbitmq.reply-to';

export function isReplies(queue: string): boolean {
  return queue === replyName;
}

/**
 * What a channel's answers pass through: no queue for anybody but its one consumer, and gone with it. The name that others answer to is bound to the
 * default exchange, so that an answer is routed as any message.
 */
export function replyQueue(core: Core, channel: Channel, { noAck }: CommandOf<'consume'>): Queue | Refusal {
  if (!noAck) return preconditionFailed('answers cannot be acknowledged, since no queue keeps them');
  if (channel.replies?.deleted === false) return preconditionFailed('this channel has a consumer of answers already');
  const { name } = channel.connection.virtualHost;
  const queue = new Queue(name, `${replyName}.${core.settings.uniqueName()}`, { durable: false, autoDelete: true, owner: undefined, arguments: [] });
  queue.straight = true;
  return queue;
}

export function openReplies(channel: Channel, queue: Queue): void {
  const host = channel.connection.virtualHost;
  channel.replies = queue;
  host.replyQueues.set(queue.name, queue);
  host.defaultExchange.bind(queue, queue.name, []);
}

/** A request that wants its answers on the channel gets the name to answer to. Anything else stays as it is. */
export function addressed(channel: Channel, message: Message): Message | Refusal {
  if (message.replyTo !== replyName) return message;
  if (channel.replies === undefined || channel.replies.deleted) return preconditionFailed('this channel has no consumer of answers');
  return message.answerTo(channel.replies.name);
}

/** Whoever declares such a name asks whether there is still somebody to answer; none comes into being by it. Undefined: it is no such name. */
export function declareReplies(core: Core, channel: Channel, { queue, noWait }: CommandOf<'declare-queue'>): Refusal | 'declared' | undefined {
  if (!isReplies(queue) && !queue.startsWith(`${replyName}.`)) return undefined;
  if (!isReplies(queue) && !channel.connection.virtualHost.replyQueues.has(queue)) return noSuchQueue(queue);
  if (noWait) return 'declared';
  core.emit({ kind: 'queue-declared', connection: channel.connection.id, channel: channel.number, queue, messageCount: 0, consumerCount: 1 });
  return 'declared';
}
