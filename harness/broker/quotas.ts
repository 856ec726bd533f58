import type { Core } from './core.ts';
import type { Connection } from './session.ts';
import type { VirtualHost } from './virtual-host.ts';

/** How many of a kind single users and virtual hosts may have at a time, besides what the whole broker takes; left out: no less than that. */
export interface Quotas {
  /** One connection more is refused by 530 when it opens, one channel more closes its connection by 530. */
  readonly users: Readonly<Record<string, { readonly connections?: number; readonly channels?: number }>>;
  /** The same for connections; one queue more closes its channel by 406, and those that a store brings back are never refused. */
  readonly virtualHosts: Readonly<Record<string, { readonly connections?: number; readonly queues?: number }>>;
}

export const noQuotas: Quotas = { users: {}, virtualHosts: {} };

function quotaOf<Q>(table: Readonly<Record<string, Q>>, name: string): Q | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function count(core: Core, counts: (connection: Connection) => number): number {
  let sum = 0;
  for (const connection of core.connections.values()) sum += counts(connection);
  return sum;
}

/** Which of them takes no more connections; undefined: neither. */
export function fullFor(core: Core, user: string, virtualHost: string): 'user-full' | 'virtual-host-full' | undefined {
  const { users, virtualHosts } = core.settings.quotas;
  const ofUser = quotaOf(users, user)?.connections;
  if (ofUser !== undefined && count(core, each => (each.user === user ? 1 : 0)) >= ofUser) return 'user-full';
  const ofHost = quotaOf(virtualHosts, virtualHost)?.connections;
  return ofHost !== undefined && count(core, each => (each.virtualHost.name === virtualHost ? 1 : 0)) >= ofHost ? 'virtual-host-full' : undefined;
}

/** How many channels a user may have, where it has them all; undefined: there may be one more. */
export function channelsUsedUp(core: Core, user: string): number | undefined {
  const most = quotaOf(core.settings.quotas.users, user)?.channels;
  return most !== undefined && count(core, each => (each.user === user ? each.channels.size : 0)) >= most ? most : undefined;
}

/** How many queues a virtual host may have, where it has them all; undefined: there may be one more. */
export function queuesUsedUp(core: Core, { name, queues }: VirtualHost): number | undefined {
  const most = quotaOf(core.settings.quotas.virtualHosts, name)?.queues;
  return most !== undefined && queues.size >= most ? most : undefined;
}
