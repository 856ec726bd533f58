import { whole } from './paging.ts';
import type { Entry } from './queue.ts';
import type { Modification } from './vocabulary.ts';

/** Changes what is about to go back to its queue. */
export function modify(entry: Entry, { deliveryFailed, undeliverableHere, message }: Modification): void {
  if (deliveryFailed) entry.failures += 1;
  if (message !== undefined) entry.message = message(whole(entry.message));
  if (!undeliverableHere || entry.consumer === undefined) return;
  entry.declinedBy ??= new WeakSet();
  entry.declinedBy.add(entry.consumer);
  entry.consumer.selective = true;
}
