import type { Core } from './core.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';
import type { Channel } from './session.ts';
import type { Dispatch } from './transaction.ts';

/** The queues that take the message: with `immediate` only those that can hand it to a consumer at once. */
export function takers({ message, queues, immediate }: Dispatch): readonly Queue[] {
  const [only] = queues;
  if (only?.straight === true && !hasCredit(only)) return [];
  return immediate ? queues.filter(queue => servesAtOnce(queue, message)) : queues;
}

function hasCredit(queue: Queue): boolean {
  for (const { gate } of queue.consumers) if (gate.credit > 0) return true;
  return false;
}

/** Whether a message would go to a consumer without waiting: nothing is before it, and somebody may be sent it now. */
function servesAtOnce(queue: Queue, message: Message): boolean {
  if (queue.ready > 0) return false;
  for (const line of [queue.available, queue.awaitingSmaller]) {
    for (const consumer of line) {
      if (consumer.likes(message) && consumer.stoppedBy(message.size) === undefined) return true;
    }
  }
  return false;
}

/**
 * Whether the only queue of a message hands it at once to a consumer that does not acknowledge: it is settled when it is sent, before it could be stored.
 * True only where the next in line is certain to take it.
 */
export function passesThrough(queues: readonly Queue[], { size, ttlMs }: Message): boolean {
  const [queue] = queues;
  if (queue === undefined || queues.length > 1 || queue.ready > 0 || queue.awaitingSmaller.size > 0) return false;
  if (queue.expiring || ttlMs !== undefined || queue.policy.messageTtlMs < Number.POSITIVE_INFINITY) return false;
  const next = queue.available.head();
  return next?.options.noAck === true && !next.selective && !next.channel.connection.waits && next.stoppedBy(size) === undefined;
}

/** Puts a message that waited for its transaction into those of its queues that are still there, and adds them to `queues`. */
export function place(core: Core, channel: Channel, dispatch: Dispatch, queues: Set<Queue>): void {
  const takes = takers({ ...dispatch, queues: dispatch.queues.filter(queue => !queue.deleted) });
  if (takes.length === 0) sendBack(core, channel, dispatch);
  else core.dispatcher.place(dispatch.message, takes, undefined, 0);
  for (const queue of takes) queues.add(queue);
}

/** Nobody took the message: it goes back where its publisher asked for that, else it is dropped. */
export function sendBack(core: Core, channel: Channel, { message, queues, mandatory, immediate }: Dispatch): void {
  const at = { connection: channel.connection.id, channel: channel.number };
  const unroutable = mandatory && queues.every(queue => queue.deleted);
  if (unroutable) core.emit({ kind: 'return', ...at, code: 312, text: 'no queue takes this message', message });
  else if (immediate) core.emit({ kind: 'return', ...at, code: 313, text: 'no consumer can take this message at once', message });
}
