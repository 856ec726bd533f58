import type { DutyId, RuleId } from '../spec/catalogue.ts';
import type { Answer, Level, Reading } from '../spec/rule.ts';

export type Outcome = 'pass' | 'fail' | 'inconclusive' | 'unsupported' | 'not-applicable' | 'not-run';

/** Why a check could not be judged. */
export type InconclusiveReason = 'no-provisioner' | 'target-down' | 'peer-slow' | 'cut-while-writing' | 'harness';

/** How the conversation that decided the verdict ended. */
export type Ending =
  | { readonly kind: 'open' | 'eof' | 'reset' | 'silence' | 'peer-died' }
  | { readonly kind: 'channel-closed' | 'connection-closed'; readonly code: number; readonly text: string }
  | { readonly kind: 'link-detached' | 'session-ended' | 'connection-closed'; readonly condition: string };

/** One piece of the wire log: octets as they went, with the connection they belong to. */
export interface TranscriptEntry {
  /** Connections of one check are numbered from 1 in the order they were dialled. */
  readonly connection: number;
  readonly direction: 'sent' | 'received' | 'note';
  /** Milliseconds since the check began. */
  readonly atMs: number;
  /** Hexadecimal, no spaces. Empty for a note. */
  readonly hex: string;
  /** One line per frame, or the note's text. */
  readonly decoded: readonly string[];
}

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
  readonly transcript: readonly TranscriptEntry[];
  readonly durationMs: number;
  readonly replay: string;
}
