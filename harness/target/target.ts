import type { Clock, Transport } from '../endpoint/transport.ts';
import type { Login } from '../probe/context.ts';
import type { Facilities } from '../probe/facilities.ts';
import type { Outage } from '../probe/outage.ts';
import type { Profile } from './profile.ts';

export type TargetKind = 'reference' | 'simulated' | 'url' | 'container';

/** Where to log in. The password never leaves this object but into SASL. */
export type Credentials = Login;

/** What is judged. Checks see only its transport, clock and credentials. */
export interface Target extends AsyncDisposable {
  readonly kind: TargetKind;
  /** For people and records: no secret in it. */
  readonly url: string;
  /** How the command line names it, where that is not its URL: `reference`, `rabbitmq@4.0`. */
  readonly name?: string;
  readonly credentials: Credentials;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Present only where the user named it or the target is its container. */
  readonly profile?: Profile;
  /** The broker's version for the ranges of that profile, where the user named one; else the peer's own word counts. */
  readonly profileVersion?: string;
  /** What is arranged there besides the login, for checks that need it. */
  readonly facilities?: Facilities;
  /** Present where the target can be stopped and started with its data. `kill`: without warning. */
  restart?(how: Outage): Promise<void>;
  /** Present where time does not pass by itself: drives work until it settles. All use of the target happens within. */
  run?<T>(work: () => Promise<T>): Promise<T>;
  /** Its process on this machine, where we know it. */
  readonly pid?: () => number | undefined;
  /** Whether the process is still there, where we can know. */
  alive?(): Promise<boolean>;
}

/** A target could not be reached or used; `sentence` says what happened, where and what to do. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
}
