import type { Node10 } from './amqp10-links.ts';
import { Stop } from './stop.ts';

/**
 * The ways to a queue, in the order in which they are tried where nothing is known of the target: made beforehand; by a link to it; a dynamic node; the node `$management`; HTTP
 * to the node `/management`; declared in 0-9-1 on the same port; programs of the user's. What the user offers
 * is tried before the others.
 */
export const provisioners = ['address', 'attach', 'dynamic', 'management', 'http-management', 'amqp091', 'hook'] as const;

export type Provisioner = (typeof provisioners)[number];

/** How the user has a queue made and removed. */
export interface QueueHook {
  /** Rejects with an error that says why there is none. */
  readonly create: (name: string) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  /** What its address looks like, `{queue}` standing for its name; left out: as elsewhere on the target. */
  readonly address?: string;
}

/** What is known of how a target comes by its queues. */
export interface NodeFacts {
  /** Tried in this order; left out: all there are. */
  readonly provisioners?: readonly Provisioner[];
  /** What the address of a queue looks like, `{queue}` standing for its name, percent-encoded. Left out: several are tried. */
  readonly address?: string;
  /** What a target asks for besides where a link is to make a queue of it. */
  readonly capability?: string;
  /** Queues that were made beforehand, of which each check gets one for itself. */
  readonly given?: readonly string[];
  readonly hook?: QueueHook;
}

/** A queue, and what ends it where that does not happen by itself. */
export interface Provided {
  readonly node: Node10;
  readonly release: () => Promise<void>;
}

/** Where checks get their queues from. */
export interface Nodes {
  /** Rejects with a Stop where there are none. `holder`: who is to have it, and may have others already. */
  provide(holder?: object): Promise<Provided>;
  /** The same, for who holds it as long as the run lasts. */
  provideForGood(): Promise<Provided>;
  /** The address of a queue that was made over 0-9-1. Rejects with a Stop where none leads there. */
  addressOf(queue: string): Promise<string>;
  /** The address of a queue of this name, whether there is one or not. Rejects with a Stop where no way to a queue is known. */
  address(queue: string): Promise<string>;
}

/** The check ends: there is no queue for it. */
export function noNodes(why: string): Stop {
  return new Stop({ kind: 'no-provisioner', sentence: `No queue could be had for this check: ${why}.` });
}

/** Where nobody has looked for queues. */
export const nobody: Nodes = {
  provideForGood: () => Promise.reject(noNodes('nobody has looked for one')),
  provide: () => Promise.reject(noNodes('nobody has looked for one')),
  addressOf: () => Promise.reject(noNodes('nobody has looked for one')),
  address: () => Promise.reject(noNodes('nobody has looked for one')),
};
