import type { Outage } from '../probe/outage.ts';
import type { Peer } from '../probe/peer.ts';
import type { DutyId } from '../spec/catalogue.ts';

/** `shared` checks run side by side, `exclusive` ones alone, `destructive` ones last and alone. */
export type Isolation = 'shared' | 'exclusive' | 'destructive';

/** What a check says of itself besides its script. */
export interface CheckSpec {
  /** One line, what a broker must do, as a reader of the report should see it. */
  readonly title: string;
  /** The duties that this check owns; the first decides the level where no other does. */
  readonly duties: readonly [DutyId, ...DutyId[]];
  /** Capabilities in server-properties that must be advertised, as `publisher_confirms`; without them the check is `unsupported`. */
  readonly capabilities?: readonly string[];
  /** The standard names what this is about optional, so that 540 not-implemented is `unsupported` and no failure. */
  readonly optional?: true;
  /**
   * The script takes the broker down this way, once, by `peer.outage`. Checks of one kind do what comes before side by side, share one outage, and do what comes
   * behind side by side again; they are `destructive`.
   */
  readonly outage?: Outage;
  /** Defaults to `shared`. */
  readonly isolation?: Isolation;
  /** Worst-case duration on a healthy target, for ordering; defaults to 500. */
  readonly worstMs?: number;
  /** It sends or measures by its own clock: what fails while this process was late itself is no word against the peer, and is run again alone. */
  readonly keepsTime?: true;
  /** Runs with `--thorough` only. */
  readonly thorough?: true;
  /** Sends something illegal or heavy: a bystander connection is opened before and used after. */
  readonly departs?: true;
  /** The script speaks both protocols: a target that speaks one alone is not judged by it. */
  readonly crosses?: true;
  /** It is a property, of which so many random cases are played unless others are asked for. */
  readonly runs?: number;
  /** Loads what only this script needs; done before its time begins. */
  readonly prepare?: () => Promise<unknown>;
  /** Former ids, still understood on the command line and in expectation files. */
  readonly aliases?: readonly string[];
  run(peer: Peer): Promise<void>;
}

/** A check is a value: it knows a probe, and nothing of who runs it against what. */
export interface Check extends CheckSpec {
  readonly id: string;
  readonly isolation: Isolation;
  readonly worstMs: number;
}

/** Ids look like `amqp091/queue/declare/passive-missing`: protocol, area, and slugs; never a position. */
export function check(id: string, spec: CheckSpec): Check {
  if (!/^amqp(091|10)(\/[a-z0-9][a-z0-9.-]*){2,}$/.test(id)) throw new Error(`check id ${id}: want protocol/area/slug`);
  return { isolation: spec.outage === undefined ? 'shared' : 'destructive', worstMs: 500, ...spec, id };
}
