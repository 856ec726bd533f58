import type { Core } from './core.ts';
import type { Resource } from './vocabulary.ts';

/** How a broker is at a moment. */
export interface Health {
  readonly connections: number;
  readonly channels: number;
  readonly consumers: number;
  readonly queues: number;
  /** Messages that wait for a consumer, and messages that were sent and not acknowledged. */
  readonly ready: number;
  readonly unacknowledged: number;
  /** Octets of the bodies of both. */
  readonly bodyOctets: number;
  readonly alarms: readonly Resource[];
}

/** Counts; its cost grows with the number of queues. */
export function healthOf(core: Core): Health {
  let ready = 0;
  let unacknowledged = 0;
  let consumers = 0;
  for (const host of core.virtualHosts.values()) {
    for (const queue of host.queues.values()) {
      ready += queue.ready;
      unacknowledged += queue.unacknowledged;
      consumers += queue.consumers.size;
    }
  }
  const { connections, openChannels: channels, heldOctets: bodyOctets } = core;
  const alarms = [...new Set([...core.alarms, ...(core.full ? (['memory'] as const) : [])])];
  return { connections: connections.size, channels, consumers, queues: core.queueCount, ready, unacknowledged, bodyOctets, alarms };
}
