import type { Clock, Transport } from '../endpoint/transport.ts';
import type { DutyId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import type { Barriers } from './barriers.ts';
import type { Budgets } from './budgets.ts';
import type { Facilities } from './facilities.ts';
import type { Fence } from './fence.ts';
import type { Names } from './names.ts';
import type { Rest } from './rest.ts';
import type { Ending, Stop } from './stop.ts';
import type { Transcript } from './transcript.ts';

/** Where to log in. */
export interface Login {
  readonly user: string;
  readonly password: string;
  readonly virtualHost: string;
  /** In 1.0; left out: PLAIN. In 0-9-1 the first that the server offers and we know. */
  readonly mechanism?: 'ANONYMOUS';
}

/** What is probed: no more of a target than a peer on the network knows. */
export interface Probed {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly credentials: Login;
  /** What was arranged there besides the login; left out: nothing. */
  readonly facilities?: Facilities;
}

/** The outcome of the last departure that was answered legally. */
export interface Observation {
  readonly duty: DutyId;
  readonly answer: Answer;
  readonly reaction: string;
  readonly ending: Ending;
  readonly legal: readonly Answer[];
}

/** What the connections of one attempt at a check have in common. */
export interface ProbeContext extends Probed {
  readonly facilities: Facilities;
  readonly budgets: Budgets;
  readonly names: Names;
  readonly transcript: Transcript;
  readonly startedAt: number;
  /** What would go in several pieces goes in one, and only when an answer is awaited. */
  readonly inOnePiece: boolean;
  /** Holds back what would concern others; left out: nothing. */
  readonly fence: Fence | undefined;
  /** How a session of 1.0 is asked how far it has come. */
  readonly barrier10: Barriers;
  /** The hostname of an open of 1.0 that stands for a virtual host, `{virtualHost}` standing for its name. */
  readonly hostname10: string;
  /** Told of waits that last; left out: nobody minds. */
  readonly rest: Rest | undefined;
  /** Said of ourselves in client-properties. */
  readonly role: string;
  /** Set when the attempt was stopped from outside. */
  stopped: Stop | undefined;
  observation: Observation | undefined;
}

/** Milliseconds since the attempt began, to a tenth. */
export function elapsed(context: Pick<ProbeContext, 'clock' | 'startedAt'>): number {
  return Math.round((context.clock.now() - context.startedAt) * 10) / 10;
}
