import type { Answer, Duty, Level, Rule, Source } from '../spec/rule.ts';
import type { Check } from './check.ts';
import type { VerdictRecord } from './record-verdicts.ts';

export type RuleVerdict = 'pass' | 'fail' | 'untested';

export interface DutyRecord {
  /** `<rule>:<duty>`. */
  readonly id: string;
  readonly role: 'server' | 'client';
  readonly kind: 'emit' | 'enforce' | 'permit';
  readonly level: Level;
  readonly shown: 'wire' | 'indirect' | 'untestable';
  /** Why it cannot be shown; present where `shown` is `untestable`. */
  readonly reason?: string;
  readonly answers: readonly Answer[];
  readonly checks: readonly string[];
  /** Ids of the faults that break this duty, which its checks are known to find; left out where whoever made the record knew of none. */
  readonly faults?: readonly string[];
  readonly verdict: RuleVerdict;
}

/** Ids of faults by the duty that they break. */
export type FaultIds = Readonly<Record<string, readonly string[]>>;

/** One normative statement with what this run showed of it. */
export interface RuleRecord {
  readonly id: string;
  readonly section: string;
  readonly statement: string;
  readonly source: readonly Source[];
  readonly capability?: string;
  /** The strictest level of the server's duties; of the client's where the server has none. */
  readonly level: Level;
  readonly duties: readonly DutyRecord[];
  /** Checks that own one of its duties or were decided by it, sorted. */
  readonly checks: readonly string[];
  readonly verdict: RuleVerdict;
  /** Why it was not tested or cannot be shown; present where `verdict` is `untested`. */
  readonly why?: string;
}

/** How the rules that bind a server at one level came out, `pass + fail + untested = total`. `unshowable` are those of `untested` that no run can show. */
export interface LevelCount {
  readonly total: number;
  readonly pass: number;
  readonly fail: number;
  readonly untested: number;
  readonly unshowable: number;
}

type CheckFacts = Pick<Check, 'id'> & { readonly duties: readonly string[] };

/** The ledger of a run that judges peers in this role: each rule with its duties, its checks and what they showed. A check's failure counts against the rule that decided it, and only that. */
export function ruleRecords(
  rules: Readonly<Record<string, Rule>>,
  checks: readonly CheckFacts[],
  verdicts: readonly VerdictRecord[],
  faults: FaultIds = {},
  role: DutyRecord['role'] = 'server',
): RuleRecord[] {
  const owners = group([...checks, ...verdicts.map(v => ({ id: v.check, duties: v.duties }))].flatMap(c => c.duties.map(duty => [duty, c.id] as const)));
  const deciders = group(verdicts.filter(v => v.outcome === 'fail').map(v => [v.rule, v.check] as const));
  const byCheck = new Map(verdicts.map(v => [v.check, v]));
  return Object.entries(rules).map(([id, rule]) => {
    const duties = Object.entries(rule.duties).map(([key, duty]) => withFaults(dutyRecord(id, key, duty, owners, byCheck), faults));
    const checksOfRule = [...new Set([...duties.flatMap(d => d.checks), ...(deciders.get(id) ?? [])])].sort();
    const verdict = deciders.has(id) ? 'fail' : duties.some(d => d.verdict === 'pass') ? 'pass' : 'untested';
    const { source, section, statement, capability } = rule;
    return {
      id,
      section,
      statement,
      source,
      ...(capability === undefined ? {} : { capability }),
      level: strictest(duties, role),
      duties,
      checks: checksOfRule,
      verdict,
      ...(verdict === 'untested' ? { why: whyUntested(duties, byCheck, role) } : {}),
    };
  });
}

/**
 * How the rules that bind peers in this role came out, level by level. A rule with duties of two levels counts at both, each time by its duties of that level: a
 * SHOULD that was not kept breaks no MUST. A failure whose level none of the rule's duties has counts at the strictest.
 */
export function ruleCounts(
  ledger: readonly RuleRecord[],
  verdicts: readonly VerdictRecord[],
  role: DutyRecord['role'] = 'server',
): { must: LevelCount; should: LevelCount; may: LevelCount } {
  const failures = verdicts.filter(verdict => verdict.outcome === 'fail');
  const counts = { MUST: emptyCount(), SHOULD: emptyCount(), MAY: emptyCount() };
  for (const rule of ledger) {
    const own = rule.duties.filter(duty => duty.role === role);
    const levels = new Set(own.map(duty => duty.level));
    const broken = new Set(failures.filter(verdict => verdict.rule === rule.id).map(({ level }) => (levels.has(level) ? level : rule.level)));
    for (const level of levels) {
      const duties = own.filter(duty => duty.level === level);
      const count = counts[level];
      count.total += 1;
      if (broken.has(level)) count.fail += 1;
      else if (duties.some(duty => duty.verdict === 'pass')) count.pass += 1;
      else {
        count.untested += 1;
        if (duties.every(isUntestable)) count.unshowable += 1;
      }
    }
  }
  return { must: counts.MUST, should: counts.SHOULD, may: counts.MAY };
}

function withFaults(duty: DutyRecord, faults: FaultIds): DutyRecord {
  const own = faults[duty.id] ?? [];
  return own.length === 0 ? duty : { ...duty, faults: own };
}

const emptyCount = () => ({ total: 0, pass: 0, fail: 0, untested: 0, unshowable: 0 });

const isUntestable = (duty: DutyRecord) => duty.shown === 'untestable';

function dutyRecord(
  rule: string,
  key: string,
  duty: Duty,
  owners: ReadonlyMap<string, readonly string[]>,
  byCheck: ReadonlyMap<string, VerdictRecord>,
): DutyRecord {
  const id = `${rule}:${key}`;
  const checks = [...(owners.get(id) ?? [])].sort();
  const seen = checks.flatMap(check => byCheck.get(check) ?? []);
  const failed = seen.some(v => v.outcome === 'fail' && v.rule === rule);
  const verdict = failed ? 'fail' : seen.some(v => v.outcome === 'pass') ? 'pass' : 'untested';
  return {
    id,
    role: key.startsWith('client-') ? 'client' : 'server',
    kind: key.endsWith('emit') ? 'emit' : key.endsWith('enforce') ? 'enforce' : 'permit',
    level: duty.level,
    shown: duty.shown,
    ...(duty.shown === 'untestable' ? { reason: duty.reason } : {}),
    answers: duty.answers ?? [],
    checks,
    verdict,
  };
}

function strictest(duties: readonly DutyRecord[], role: DutyRecord['role']): Level {
  const own = duties.filter(duty => duty.role === role);
  const levels = (own.length > 0 ? own : duties).map(duty => duty.level);
  return levels.includes('MUST') ? 'MUST' : levels.includes('SHOULD') ? 'SHOULD' : 'MAY';
}

const othersOnly: Readonly<Record<DutyRecord['role'], string>> = {
  server: 'binds the client only, which a run against a broker does not judge',
  client: 'binds the server only, which a run against a client does not judge',
};

function whyUntested(duties: readonly DutyRecord[], byCheck: ReadonlyMap<string, VerdictRecord>, role: DutyRecord['role']): string {
  const own = duties.filter(duty => duty.role === role);
  if (own.length === 0) return othersOnly[role];
  if (own.every(isUntestable)) return [...new Set(own.flatMap(duty => duty.reason ?? []))].join('; ');
  const checks = own.flatMap(duty => duty.checks);
  if (checks.length === 0)
    return own.every(duty => duty.level === 'MAY' || isUntestable(duty))
      ? role === 'server'
        ? 'leaves the server free, and no check observes it'
        : 'leaves the client free, and no case observes it'
      : 'no check shows it yet';
  const seen = checks.flatMap(check => byCheck.get(check) ?? []);
  if (seen.length === 0) return 'its checks were not selected';
  const words = seen.map(v =>
    v.outcome === 'fail' ? `${v.check} failed by another rule` : `${v.check} is ${v.outcome}${v.reason === undefined ? '' : `: ${v.reason}`}`,
  );
  return [...new Set(words)].join('; ');
}

function group(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [key, value] of pairs) {
    const members = groups.get(key) ?? [];
    if (!members.includes(value)) members.push(value);
    groups.set(key, members);
  }
  return groups;
}
