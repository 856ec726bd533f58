import type { Level } from '../spec/rule.ts';

/** A client library that played a part, or was to. */
export interface InteropClient {
  readonly name: string;
  /** As it says itself; null where it could not be started. */
  readonly version: string | null;
  readonly protocol: '0-9-1' | '1.0';
  readonly language: string;
  /** Why it was not run: what is missing, and how to get it. */
  readonly missing?: string;
}

/** `observed`: other than it was sent, where neither standard says how it has to be. `client`: fails by a known fault of one of the two clients. */
export type InteropOutcome = 'pass' | 'fail' | 'client' | 'observed' | 'unsupported' | 'not-run';

/** What one client publishes and another consumes, shown on the broker. */
export interface InteropResult {
  /** As `settle/released`. */
  readonly case: string;
  readonly publisher: string;
  readonly consumer: string;
  readonly outcome: InteropOutcome;
  /** Of the rule that decides; MAY where no standard says anything. */
  readonly level: Level;
  /** One sentence for people; absent on a pass, but for one that was declared to fail. */
  readonly message?: string;
  /** A failure: where else the case failed on this broker, so that one sees whose fault it may be. */
  readonly where?: string;
  /** Why a failure was expected: the broker's profile, or the client's known faults, with their source. */
  readonly declared?: { readonly reason: string; readonly source: string };
  /** It disagrees with what was declared, and gates. */
  readonly surprise: boolean;
}

export interface InteropCase {
  readonly id: string;
  readonly title: string;
  /** The rule that decides in each kind of pair; `observed`, where no standard says anything; `consumer`: the rule of pairs of the consumer's protocol. */
  readonly rules: readonly { readonly pairs: '0-9-1' | '1.0' | 'across'; readonly rule: string }[];
}

/**
 * Exchanges that were said to fail, all of them. `met`: those that were judged did. `stale`: one passed. `unseen`: a client's fault, which shows on some brokers alone, did not.
 * `unjudged`: none was judged.
 */
export interface InteropDeclaration {
  /** A glob of ids of the broker's; of case ids of a client's. */
  readonly cases: string;
  /** The client that has this fault, and in which part; left out: the broker's profile declares it. */
  readonly client?: { readonly name: string; readonly as: 'publisher' | 'consumer' };
  readonly reason: string;
  readonly source: string;
  readonly versions?: string;
  readonly state: 'met' | 'stale' | 'unseen' | 'unjudged';
  /** How many exchanges that it speaks of were judged, and how many of them failed. */
  readonly judged: number;
  readonly failed: number;
}

/** Pairs of clients on the broker: who publishes, who consumes, and what came of each case. */
export interface InteropRecord {
  readonly clients: readonly InteropClient[];
  readonly cases: readonly InteropCase[];
  readonly results: readonly InteropResult[];
  /** What was declared of exchanges that were asked for. */
  readonly declarations: readonly InteropDeclaration[];
}

/** The id by which a result is chosen and declared: `interop/settle/released/pika/amqplib`. */
export const interopId = ({ case: name, publisher, consumer }: Pick<InteropResult, 'case' | 'publisher' | 'consumer'>): string =>
  `interop/${name}/${publisher}/${consumer}`;
