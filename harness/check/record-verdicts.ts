import type { Level } from '../spec/rule.ts';
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

/** The exit status by the law of verdicts: a surprise beats what could not be judged, and that beats agreement. */
export function exitOf(verdicts: readonly Pick<VerdictRecord, 'surprise' | 'outcome' | 'level'>[], gate: Gate): Exit {
  const checks = (n: number) => (n === 1 ? '1 check' : `${n} checks`);
  const surprises = verdicts.filter(v => v.surprise).length;
  if (surprises > 0) return { status: 1, reason: `${checks(surprises)} came out other than declared` };
  if (!verdicts.some(v => v.outcome === 'pass' || v.outcome === 'fail')) return { status: 2, reason: 'nothing was judged' };
  const open = verdicts.filter(v => v.outcome === 'inconclusive' && gates(v.level, gate)).length;
  if (open > 0) return { status: 2, reason: `${checks(open)} could not be judged` };
  return { status: 0, reason: 'every judged check came out as declared' };
}
