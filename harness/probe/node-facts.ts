import type { Node10 } from './amqp10-links.ts';
import { Stop } from './stop.ts';

/** The ways to a queue, in the order in which they are tried where nothing is known of the target. */
export const provisioners = ['address', 'attach', 'dynamic', 'amqp091'] as const;

export type Provisioner = (typeof provisioners)[number];

/** What is known of how a target comes by its queues. */
export interface NodeFacts {
  /** Tried in this order; left out: all there are. */
  readonly provisioners?: readonly Provisioner[];
  /** What the address of a queue looks like, `{queue}` standing for its name, percent-encoded. Left out: several are tried. */
  readonly address?: string;
  /** Queues that were made beforehand, of which each check gets one for itself. */
  readonly given?: readonly string[];
}

/** A queue, and what ends it where that does not happen by itself. */
export interface Provided {
  readonly node: Node10;
  readonly release: () => Promise<void>;
}

/** Where checks get their queues from. */
export interface Nodes {
  /** Rejects with a Stop where there are none. */
  provide(): Promise<Provided>;
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
  provide: () => Promise.reject(noNodes('nobody has looked for one')),
  addressOf: () => Promise.reject(noNodes('nobody has looked for one')),
  address: () => Promise.reject(noNodes('nobody has looked for one')),
};
