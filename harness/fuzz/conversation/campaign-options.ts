import type { FuzzCase } from '../case-text.ts';
import type { FuzzFinding, FuzzProtocol } from '../finding.ts';
import type { CoverageRow } from './coverage.ts';
import type { SpokenProtocol } from './grounds.ts';
import type { Verdict } from './judge.ts';
import type { FuzzTarget } from './stage.ts';

export interface CampaignOptions {
  readonly target: FuzzTarget;
  readonly protocols: readonly [SpokenProtocol, ...SpokenProtocol[]];
  readonly seed: number;
  /** Ends it after this long, in milliseconds. */
  readonly timeMs: number;
  /** The index behind the last conversation, those of other shards counted. */
  readonly runs?: number;
  /** Most conversations a second. */
  readonly rate?: number;
  /** Conversations side by side; 32 unless given. */
  readonly lanes?: number;
  /** The first conversation, and from one to the next: shards and resumed campaigns. */
  readonly from?: number;
  readonly step?: number;
  /** Saved cases, which are played first. */
  readonly corpus?: readonly FuzzCase[];
  /** How long the target may hold back the end of a connection, in milliseconds. */
  readonly closeMs?: number;
  readonly signal?: AbortSignal;
  /** Says why a finding is none that is new, where it is declared. */
  readonly declared?: (verdict: Verdict, protocol: FuzzProtocol) => string | undefined;
  readonly onProgress?: (progress: Progress) => void;
  /** Looks besides, now and then, whether the target is well: a finding's severity and sentence where it is not. */
  readonly watch?: (octets: number) => Promise<{ readonly severity: 'balloon' | 'crash'; readonly title: string } | undefined>;
}

export interface Progress {
  readonly conversations: number;
  readonly departures: number;
  readonly conversationsPerSecond: number;
  readonly states: number;
  readonly pairs: number;
  readonly findings: number;
}

/** What a declared deviation explains. */
export interface DeclaredFinding {
  readonly finding: FuzzFinding;
  readonly reason: string;
}

/** What came of a campaign. */
export interface CampaignReport {
  readonly conversations: number;
  readonly departures: number;
  readonly seconds: number;
  /** Index of the next conversation, where the campaign can go on. */
  readonly next: number;
  readonly findings: readonly FuzzFinding[];
  /** Cases of the corpus that were played, and how many show a mistake that is not declared. */
  readonly replayed: { readonly cases: number; readonly failing: number };
  readonly declared: readonly DeclaredFinding[];
  readonly coverage: readonly CoverageRow[];
  /** What a reader must know: seen once and not again, target degraded, entities left behind. */
  readonly notes: readonly string[];
}
