import type { Level } from '../spec/rule.ts';
import type { InteropResult } from './record-interop.ts';
import type { Verdict } from './verdict.ts';

/** A verdict as a record keeps it. Ids are plain text, since a record outlives the catalogue it was made with. */
export interface VerdictRecord extends Omit<Verdict, 'rule' | 'duties'> {
  readonly rule: string;
  readonly duties: readonly string[];
}

export interface VerdictCounts {
  readonly checks: number;
  readonly pass: number;
  readonly fail: number;
  readonly inconclusive: number;
  readonly unsupported: number;
  readonly notApplicable: number;
  readonly notRun: number;
  /** Verdicts that disagree with what was declared. */
  readonly surprises: number;
  /** Failures that were declared and failed as declared. */
  readonly declared: number;
}

/** 0: as declared. 1: a surprise. 2: could not judge. */
export interface Exit {
  readonly status: 0 | 1 | 2;
  readonly reason: string;
}

/** Which level gates the exit status. */
export type Gate = 'must' | 'should';

/** How many verdicts of each outcome. */
export function countVerdicts(verdicts: readonly VerdictRecord[]): VerdictCounts {
  const count = (test: (verdict: VerdictRecord) => boolean) => verdicts.filter(test).length;
  return {
    checks: verdicts.length,
    pass: count(v => v.outcome === 'pass'),
    fail: count(v => v.outcome === 'fail'),
    inconclusive: count(v => v.outcome === 'inconclusive'),
    unsupported: count(v => v.outcome === 'unsupported'),
    notApplicable: count(v => v.outcome === 'not-applicable'),
    notRun: count(v => v.outcome === 'not-run'),
    surprises: count(v => v.surprise),
    declared: count(v => v.outcome === 'fail' && v.declared === 'deviates' && !v.surprise),
  };
}

const gates = (level: Level, gate: Gate) => level === 'MUST' || (level === 'SHOULD' && gate === 'should');

const counted = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;

/** The exit status by the law of verdicts: a surprise beats what could not be judged, and that beats agreement. `shown`: by pairs of real clients. */
export function exitOf(verdicts: readonly Pick<VerdictRecord, 'surprise' | 'outcome' | 'level'>[], gate: Gate, { pairs = [], campaign }: Besides = {}): Exit {
  const surprises = verdicts.filter(v => v.surprise).length;
  const unlike = pairs.filter(v => v.surprise).length;
  const other = [...(surprises === 0 ? [] : [counted(surprises, 'check')]), ...(unlike === 0 ? [] : [counted(unlike, 'exchange')])];
  const found = campaign === undefined || campaign.findings === 0 ? [] : [`${counted(campaign.findings, 'mistake')} found by fuzzing`];
  const wrong = [...(other.length === 0 ? [] : [`${other.join(' and ')} came out other than declared`]), ...found];
  if (wrong.length > 0) return { status: 1, reason: wrong.join(', ') };
  const judged = (v: { readonly outcome: string }) => ['pass', 'fail', 'client', 'observed'].includes(v.outcome);
  const fuzzed = campaign !== undefined && campaign.inputs > 0;
  if (!fuzzed && !verdicts.some(judged) && !pairs.some(judged)) return { status: 2, reason: 'nothing was judged' };
  const open = verdicts.filter(v => v.outcome === 'inconclusive' && gates(v.level, gate)).length;
  if (open > 0) return { status: 2, reason: `${counted(open, 'check')} could not be judged` };
  if (fuzzed && verdicts.length === 0) return { status: 0, reason: 'fuzzing found no mistake' };
  return { status: 0, reason: `every judged ${verdicts.length === 0 ? 'exchange of two clients' : 'check'} came out as declared` };
}

/** What gates besides checks: exchanges of two clients, and a fuzz campaign. */
export interface Besides {
  readonly pairs?: readonly Pick<InteropResult, 'surprise' | 'outcome'>[];
  readonly campaign?: { readonly inputs: number; readonly findings: number };
}
