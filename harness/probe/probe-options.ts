import type { Barriers } from './barriers.ts';
import type { Budgets } from './budgets.ts';
import type { Facilities } from './facilities.ts';
import type { Fence } from './fence.ts';
import type { Nodes } from './node-facts.ts';
import type { TakeDown } from './outage.ts';
import type { PropertyOptions } from './peer.ts';
import type { Rest } from './rest.ts';
import type { TranscriptEntry } from './transcript.ts';

export interface ProbeOptions {
  readonly budgets: Budgets;
  /** Same for a whole run; part of every name given out. */
  readonly runId: string;
  /** Whose attempt this is, for names and randomness. */
  readonly check: string;
  readonly attempt: number;
  readonly seed: number;
  readonly properties?: PropertyOptions;
  /** What would go in several pieces goes in one, and only when an answer is awaited. */
  readonly inOnePiece?: boolean;
  /** Holds back what would concern others on a shared target. */
  readonly fence?: Fence | undefined;
  /** Where a check of 1.0 gets its queues; left out: nowhere. */
  readonly nodes?: Nodes | undefined;
  /** Defaults to `echo`. */
  readonly barrier10?: Barriers;
  /** The hostname of an open of 1.0 that stands for a virtual host, `{virtualHost}` standing for its name. Defaults to `vhost:{virtualHost}`. */
  readonly hostname10?: string | undefined;
  /** Said of this probe in client-properties, for the logs of brokers. */
  readonly role?: string;
  /** Takes the broker down and brings it back; for checks that are about that. */
  readonly takeDown?: TakeDown;
  /** Hears of waits that last. */
  readonly rest?: Rest;
  /** Hears each piece of the wire log as it goes; decoding happens when the function is called. */
  readonly onPiece?: (entries: () => readonly TranscriptEntry[]) => void;
}

/** An alarm stops everybody. */
export function allowed({ alarm, ...others }: Facilities = {}, fence: Fence | undefined): Facilities {
  return alarm === undefined || fence !== undefined ? others : { ...others, alarm };
}
