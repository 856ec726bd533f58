import type { Counterexample, Ending } from '../probe/stop.ts';
import type { RuleId } from '../spec/catalogue.ts';
import type { Answer, Level } from '../spec/rule.ts';
import type { Plan } from './attempt.ts';
import type { InconclusiveReason, Outcome } from './verdict.ts';

/** What is known of the run besides the attempt itself. */
export interface Circumstances {
  /** The target can be started again when it has died. */
  readonly restarts: boolean;
  /** So many silences were run again that no more are. */
  readonly silencesSpent: boolean;
  /** What ran before this check may have harmed the target only now: its end is not yet this check's. */
  readonly inherited: boolean;
  /** Whether a verdict is what was declared. */
  foretold(verdict: Pick<Judgement, 'outcome' | 'reaction'>): boolean;
}

/** The part of a verdict that an attempt decides. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly reason?: InconclusiveReason | string;
  readonly rule: RuleId;
  readonly level: Level;
  readonly reaction: string;
  readonly message?: string;
  readonly ending: Ending;
  readonly alive: boolean | null;
  readonly legal: readonly Answer[];
  readonly counterexample?: Counterexample;
}

/** An attempt is either the last word, or asks for another one, alone. `died`: the target has to be brought back first. */
export type Decision =
  | { readonly kind: 'judged'; readonly judgement: Judgement; readonly died: boolean }
  | { readonly kind: 'again'; readonly plan: Plan; readonly why: 'silence' | 'cut' | 'slow' | 'late' | 'harm'; readonly died: boolean };
