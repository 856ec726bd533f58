import type { Barrier, Barriers } from '../probe/barriers.ts';
import type { NodeFacts } from '../probe/node-facts.ts';

/** Parts of AMQP 1.0 and of its companions that a broker may lack. A `dynamic` node is one that the broker makes and names for a link. */
export type Part10 =
  | 'anonymous-terminus'
  | 'dynamic-source'
  | 'dynamic-target'
  | 'transactions'
  | 'settle-second'
  | 'copy'
  | 'drain'
  | 'selector-filter'
  | 'no-local-filter'
  | 'management';

/**
 * How a broker speaks AMQP 1.0: what a client must know of it beforehand, and what was seen there. It judges nothing: checks ask the peer itself. `provisioners` and
 * `address` say how its queues come to be and how it wants them addressed.
 */
export interface Amqp10Facts extends Omit<NodeFacts, 'given' | 'hook'> {
  /** Semver range; left out: all versions that no row before this one names. */
  readonly versions?: string;
  /** By what it shows how far it has come on a session. */
  readonly barrier?: Barrier | Barriers;
  /** The address of what hands each message to all who receive from it, `{topic}` standing for its name; `capability` is what source and target ask for besides. */
  readonly topics?: { readonly address: string; readonly capability?: string };
  /** The open's hostname that stands for a virtual host, `{virtualHost}` standing for its name; left out: there is one virtual host, whatever the open says. */
  readonly hostname?: string;
  /** Offered on the usual port, in the broker's order. */
  readonly mechanisms: readonly string[];
  /** Offered by its open. */
  readonly capabilities: readonly string[];
  /** Seen to be refused there, or to be left without effect. */
  readonly lacks: readonly Part10[];
}
