import type { DutyId, RuleId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import type { WaitKind } from './peer.ts';

/** How the conversation that decided a verdict ended. */
export type Ending =
  | { readonly kind: 'open' | 'eof' | 'reset' | 'silence' | 'peer-died' }
  | { readonly kind: 'channel-closed' | 'connection-closed'; readonly code: number; readonly text: string }
  | { readonly kind: 'link-detached' | 'session-ended' | 'connection-closed'; readonly condition: string };

/** The smallest case found by which a property fails, as people read it. */
export interface Counterexample {
  /** Of the run: with it, and with `path` where there is one, the same case is played again. */
  readonly seed: number;
  /** Cases played until the first that failed, that one included. */
  readonly runs: number;
  /** How often it was made smaller. */
  readonly shrinks: number;
  /** One line for each step, the last of which says what was expected and what came. */
  readonly steps: readonly string[];
  /** Left out where the case fails only behind those that were played before it. */
  readonly path?: string;
}

/** What a failed expectation knows about itself. */
export interface Finding {
  /** The rule that was broken, where it is not the one of `duty` or the check's first. */
  readonly rule?: RuleId;
  readonly duty?: DutyId;
  /** What came back, in the standard's words, without anything that changes from run to run. */
  readonly reaction: string;
  /** One plain sentence: what was expected and what happened instead. */
  readonly sentence: string;
  readonly ending: Ending;
  readonly legal?: readonly Answer[];
  /** The peer took a stream and ended it before it said anything on it, though nothing but a protocol header had been sent. */
  readonly unopened?: true;
  readonly counterexample?: Counterexample;
}

/** Why a script stopped before its end. */
export type StopCause =
  /** The peer broke a rule. */
  | ({ readonly kind: 'failed' } & Finding)
  /** Nothing came within the budget of this kind of wait. */
  | ({ readonly kind: 'silent'; readonly wait: WaitKind; readonly waitedMs: number } & Finding)
  /** A reset without an answer while octets of ours were under way: the peer's last words may be lost. */
  | ({ readonly kind: 'cut' } & Finding)
  /** No stream could be opened. */
  | { readonly kind: 'undialled'; readonly sentence: string }
  /** No queue could be had for the script. */
  | { readonly kind: 'no-provisioner'; readonly sentence: string }
  /** The target was taken down and did not come back. */
  | { readonly kind: 'gone'; readonly sentence: string }
  /** Nothing to judge: the limits leave nothing to break, the peer gave evidence that it lacks an optional feature, or the target lacks what the check needs. */
  | { readonly kind: 'not-applicable' | 'unsupported' | 'not-run'; readonly why: string }
  /** The run was cancelled. */
  | { readonly kind: 'aborted' };

/** Ends a check's script. Anything else that a script throws is a mistake of ours. */
export class Stop extends Error {
  override readonly name = 'Stop';
  readonly why: StopCause;

  constructor(why: StopCause) {
    super('sentence' in why ? why.sentence : why.kind);
    this.why = why;
  }
}
