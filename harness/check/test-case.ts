import picomatch from 'picomatch';
import { describeAnswers } from '../probe/expectation.ts';
import type { Check, Isolation } from './check.ts';
import type { Verdict } from './verdict.ts';

export interface CheckSelection {
  /** Globs of check ids. A glob that matches nothing is an error, never an empty run. */
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  /** Also the checks that take their time, and those that take the broker down. */
  readonly thorough?: boolean;
  /** Only checks that do not disturb others on a shared broker. */
  readonly safe?: boolean;
}

/** What becomes of a verdict in a test runner: `text` is the failure's message or the reason for skipping. */
export interface TestCase {
  readonly kind: 'passes' | 'skipped' | 'fails';
  readonly text: string;
}

/** A departure that nobody declared fails, and so does one that is gone and a gated check that could not be judged. */
export function caseOf(verdict: Verdict, level: 'must' | 'should'): TestCase {
  const { outcome, surprise, declared, reason = '', message = reason } = verdict;
  const gated = verdict.level === 'MUST' || (verdict.level === 'SHOULD' && level === 'should');
  const undecided = outcome === 'inconclusive' && gated && declared === 'conforms';
  if (surprise || undecided) return { kind: 'fails', text: explain(verdict) };
  return outcome === 'pass' || outcome === 'fail' ? { kind: 'passes', text: '' } : { kind: 'skipped', text: message };
}

function explain({ outcome, rule, level, reaction, legal, declared, replay, reason, message }: Verdict): string {
  const instead = outcome === 'pass' ? 'did not' : `did otherwise: ${message ?? reaction}`;
  const what = declared === 'deviates' ? `It was declared to depart from the standard, and ${instead.replace(/\.$/, '')}.` : (message ?? reaction);
  const lines = [
    outcome === 'inconclusive' ? `Could not be judged (${reason}): ${what}` : what,
    `rule     ${rule} (${level})`,
    ...(legal.length === 0 ? [] : [`legal    ${describeAnswers(legal)}`]),
    `replay   ${replay}`,
  ];
  return lines.join('\n');
}

const order: readonly Isolation[] = ['shared', 'exclusive', 'destructive'];

/** The checks to run, in the order of their isolation. Throws where a glob matches no check. */
export function selectChecks(checks: readonly Check[], { only, skip = [], thorough = false, safe = false }: CheckSelection): readonly Check[] {
  for (const glob of [...(only ?? []), ...skip]) if (!checks.some(({ id }) => matches([glob], id))) throw new Error(`No check matches ${glob}.`);
  const chosen = checks.filter(check => {
    if ((only !== undefined && !matches(only, check.id)) || matches(skip, check.id)) return false;
    if (check.outage !== undefined && only === undefined && !thorough) return false;
    return (thorough || check.thorough !== true) && (!safe || check.isolation === 'shared');
  });
  return [...chosen].sort((one, other) => order.indexOf(one.isolation) - order.indexOf(other.isolation));
}

function matches(globs: readonly string[], id: string): boolean {
  return globs.length > 0 && picomatch.isMatch(id, [...globs]);
}
