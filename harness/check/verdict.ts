import type { Counterexample, Ending } from '../probe/stop.ts';
import type { TranscriptEntry } from '../probe/transcript.ts';
import type { DutyId, RuleId } from '../spec/catalogue.ts';
import type { Answer, Level, Reading } from '../spec/rule.ts';

export type { Counterexample, Ending } from '../probe/stop.ts';
export type { TranscriptEntry } from '../probe/transcript.ts';

export type Outcome = 'pass' | 'fail' | 'inconclusive' | 'unsupported' | 'not-applicable' | 'not-run';

/** Why a check could not be judged. */
export type InconclusiveReason = 'no-provisioner' | 'target-down' | 'peer-slow' | 'cut-while-writing' | 'harness';

/** What came of one check against one target. */
export interface Verdict {
  readonly check: string;
  readonly title: string;
  readonly outcome: Outcome;
  /** Present on `inconclusive`, and on `unsupported`, `not-applicable` and `not-run` as plain words. */
  readonly reason?: InconclusiveReason | string;
  readonly declared: 'conforms' | 'deviates';
  readonly surprise: boolean;
  /** The rule that decided; the check's first where none was broken. */
  readonly rule: RuleId;
  readonly duties: readonly DutyId[];
  readonly level: Level;
  /** What came back, in the standard's words: `connection.close 501 frame-error`, `eof without an answer`. */
  readonly reaction: string;
  /** One plain sentence for people: what was expected and what happened instead. Absent on a plain pass. */
  readonly message?: string;
  readonly ending: Ending;
  /** Whether a bystander connection still worked afterwards; null where nothing illegal was sent. */
  readonly alive: boolean | null;
  readonly legal: readonly Answer[];
  /** Which reading the answer followed, where the standard leaves several. */
  readonly reading?: Reading;
  /** The smallest case found, where a property failed. */
  readonly counterexample?: Counterexample;
  readonly transcript: readonly TranscriptEntry[];
  readonly durationMs: number;
  readonly replay: string;
}
