import { Queue } from './queue.ts';
import type { Readings } from './readings.ts';
import { accessRefused, noQueueDeclared, noSuchQueue, preconditionFailed, quoted, resourceLocked } from './refusal.ts';
import type { Channel } from './session.ts';
import type { Refusal } from './vocabulary.ts';

const nameSyntax = /^[a-zA-Z0-9\-_.:]{1,127}$/;

/** Why nothing may be created under this name. */
export function refusedName(what: 'queue' | 'exchange', name: string, readings: Readings): Refusal | undefined {
  if (readings.names === 'text' && !nameSyntax.test(name)) {
    return preconditionFailed(`${what} name ${quoted(name)} is not made of 1 to 127 letters, digits, '-', '_', '.' or ':'`);
  }
  return name.startsWith('amq.') ? accessRefused(`names that begin with 'amq.' are reserved, as ${what} name ${quoted(name)} is`) : undefined;
}

/**
 * The queue that a channel names, where an empty name is the one it declared last. Whether another connection owns it is asked before all else
 * (errata item 8).
 */
export function findQueue(channel: Channel, name: string): Queue | Refusal {
  const wanted = name === '' ? channel.currentQueue : name;
  if (wanted === '') return noQueueDeclared();
  const queue = channel.connection.virtualHost.queues.get(wanted);
  if (queue === undefined) return noSuchQueue(wanted);
  const { owner } = queue.options;
  return owner === undefined || owner === channel.connection.id ? queue : resourceLocked(wanted);
}

export function isRefusal(value: Queue | Refusal): value is Refusal {
  return !(value instanceof Queue);
}
