import type { Check } from './check.ts';
import type { Declaration } from './record-declarations.ts';
import type { Gate } from './record-verdicts.ts';
import type { Verdict } from './verdict.ts';
import { inRange } from './versions.ts';

/** One entry of a profile or an expectation file, as it was written. */
export interface DeclaredEntry {
  readonly check?: string;
  readonly rule?: string;
  /** Defaults to `fail`. */
  readonly outcome?: Declaration['outcome'];
  /** How the reaction is expected to begin; left out: any. */
  readonly reaction?: string;
  readonly otherwise?: readonly string[];
  readonly sometimes?: true;
  readonly reason: string;
  /** Public document that says so; `link` in expectation files. */
  readonly source?: string;
  readonly link?: string;
  readonly versions?: string;
  /** Last day on which the entry counts, as `2026-12-31`. */
  readonly until?: string;
  /** Where it was written, as `profile rabbitmq` or `expect.yaml`. */
  readonly origin: string;
}

export interface DeclaringContext {
  readonly checks: readonly Pick<Check, 'id' | 'aliases' | 'duties'>[];
  /** Ids of all rules, to tell an unknown rule from one without checks. */
  readonly rules: readonly string[];
  /** The peer's own; null where it tells none: then entries for versions count. */
  readonly version: string | null;
  /** As `2026-12-31`. */
  readonly today: string;
}

export interface Declared {
  /** The entries that count for this peer today. */
  readonly declarations: readonly Declaration[];
  /** One for each entry that is unknown, expired or cannot be read: errors, all of them. */
  readonly problems: readonly Problem[];
}

/** What is wrong with one entry. */
export interface Problem {
  readonly sentence: string;
  /** The id that names nothing, where that is what is wrong. */
  readonly unknown?: string;
}

/** Resolves entries to the checks they stand for. */
export function declare(entries: readonly DeclaredEntry[], context: DeclaringContext): Declared {
  const declarations: Declaration[] = [];
  const problems: Problem[] = [];
  for (const entry of entries) {
    const resolved = resolve(entry, context);
    if (resolved === undefined) continue;
    if ('sentence' in resolved) problems.push({ ...resolved, sentence: `${entry.origin}: ${resolved.sentence}` });
    else declarations.push(resolved);
  }
  return { declarations, problems };
}

function resolve(entry: DeclaredEntry, context: DeclaringContext): Declaration | Problem | undefined {
  const { check, rule, outcome = 'fail', reaction, otherwise, sometimes, reason, versions, until, origin } = entry;
  if (check !== undefined && rule !== undefined) return { sentence: `an entry names both check ${check} and rule ${rule}; it may name one.` };
  const id = check ?? rule;
  if (id === undefined) return { sentence: 'an entry names neither a check nor a rule.' };
  const checks = check === undefined ? checksOf(id, context) : checkNamed(id, context);
  if (checks === undefined) return { sentence: `there is no ${check === undefined ? 'rule' : 'check'} ${id}.`, unknown: id };
  if (until !== undefined && until < context.today) return { sentence: `the entry for ${id} expired on ${until}.` };
  const counts = versions === undefined || context.version === null ? true : inRange(context.version, versions);
  if (counts === undefined) return { sentence: `the versions "${versions}" of the entry for ${id} are no range that can be read.` };
  if (!counts) return undefined;
  const source = entry.source ?? entry.link;
  return {
    id,
    kind: check === undefined ? 'rule' : 'check',
    checks,
    outcome,
    reason,
    origin,
    ...(reaction !== undefined && { reaction }),
    ...(otherwise !== undefined && { otherwise }),
    ...(sometimes !== undefined && { sometimes }),
    ...(source !== undefined && { source }),
    ...(versions !== undefined && { versions }),
    ...(until !== undefined && { until }),
  };
}

function checkNamed(id: string, { checks }: DeclaringContext): readonly string[] | undefined {
  const found = checks.find(each => each.id === id || each.aliases?.includes(id) === true);
  return found === undefined ? undefined : [found.id];
}

function checksOf(rule: string, { checks, rules }: DeclaringContext): readonly string[] | undefined {
  if (!rules.includes(rule)) return undefined;
  return checks.filter(({ duties }) => duties.some(duty => duty.slice(0, duty.lastIndexOf(':')) === rule)).map(({ id }) => id);
}

/** What was declared of a check, an entry for the check itself before one for a rule. */
export function declarationFor(check: string, declarations: readonly Declaration[]): Declaration | undefined {
  const own = declarations.filter(({ checks }) => checks.includes(check));
  return own.find(({ kind }) => kind === 'check') ?? own[0];
}

/** Whether a declared failure may take the target with it. */
export function endsAsDeclared({ reaction, otherwise = [] }: Declaration): boolean {
  return [reaction ?? '', ...otherwise].some(each => each.startsWith('the peer '));
}

/** Whether a declared failure shows by nothing coming for as long as one waits. */
export function waitsAsDeclared({ reaction = '', sometimes }: Declaration): boolean {
  return sometimes !== true && (reaction === 'silence' || reaction.startsWith('never: '));
}

type Judged = Pick<Verdict, 'outcome' | 'level' | 'reaction'>;

/**
 * Whether a verdict disagrees with what was declared, where its level gates: a failure that nobody declared, or a declared one that did not come
 * as declared. What could not be judged disagrees with nothing.
 */
export function compare(verdict: Judged, declaration: Declaration | undefined, gate: Gate): Pick<Verdict, 'declared' | 'surprise'> {
  const declared = declaration === undefined ? 'conforms' : 'deviates';
  const gated = verdict.level === 'MUST' || (verdict.level === 'SHOULD' && gate === 'should');
  const asDeclared = declaration === undefined ? verdict.outcome !== 'fail' : comesAs(declaration, verdict);
  const unjudged = verdict.outcome === 'inconclusive' || verdict.outcome === 'not-run';
  return { declared, surprise: gated && !asDeclared && !unjudged };
}

/** Whether a verdict is one of those that a declaration foretells. */
export function comesAs({ outcome, reaction, otherwise = [], sometimes }: Declaration, verdict: Pick<Verdict, 'outcome' | 'reaction'>): boolean {
  if (sometimes === true && verdict.outcome !== 'fail') return true;
  return verdict.outcome === outcome && (reaction === undefined || [reaction, ...otherwise].some(each => verdict.reaction.startsWith(each)));
}
