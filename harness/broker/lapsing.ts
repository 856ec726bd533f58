import type { Core } from './core.ts';
import { deleteQueue } from './lifecycle.ts';
import type { Queue } from './queue.ts';
import type { Channel } from './session.ts';

/** What has to be gone before a queue goes that was made for a channel, besides that channel. */
export type Lapse = 'close' | 'no-links' | 'no-messages' | 'no-links-or-messages';

/** For which channel a queue was made, and when it goes. */
export interface Lifetime {
  readonly creator: Channel;
  readonly lapse: Lapse;
}

/** Deletes queues whose time is over, at the end of a command that may have ended it. */
export function lapse(core: Core): void {
  for (const queue of core.lapsing) if (!queue.deleted && isOver(queue)) deleteQueue(core, queue);
  core.lapsing.clear();
}

function isOver({ lifetime, consumers, publishers, ready, unacknowledged }: Queue): boolean {
  if (lifetime === undefined || !lifetime.creator.closed) return false;
  const linked = consumers.size + publishers.size > 0;
  const filled = ready + unacknowledged > 0;
  return !(linked && lifetime.lapse.includes('links')) && !(filled && lifetime.lapse.includes('messages'));
}
