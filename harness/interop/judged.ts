import picomatch from 'picomatch';
import { type InteropResult, interopId } from '../check/record-interop.ts';
import { type RuleId, rules } from '../spec/catalogue.ts';
import type { Level, Rule } from '../spec/rule.ts';
import type { InteropDeviation } from '../target/profile.ts';
import { clientFault } from './client-faults.ts';

/** What a failure is held against. */
export interface Verdict {
  readonly gate: 'must' | 'should';
  /** What the broker's profile declares for its version. */
  readonly deviations: readonly InteropDeviation[];
}

const ranks: readonly Level[] = ['MAY', 'SHOULD', 'MUST'];

/** The strongest level at which a rule binds a server. */
export function levelOf(id: RuleId): Level {
  const { duties } = rules[id] as Rule;
  const own = Object.entries(duties).flatMap(([key, duty]) => (key.startsWith('client-') || duty === undefined ? [] : [duty.level]));
  return own.sort((one, other) => ranks.indexOf(other) - ranks.indexOf(one))[0] ?? 'MAY';
}

type Came = Pick<InteropResult, 'case' | 'publisher' | 'consumer' | 'outcome' | 'message'>;

const told = ({ reason, source }: { readonly reason: string; readonly source: string }) => ({ declared: { reason, source } });

/** What an exchange is by the law: as it should be, the client's known fault, declared of the broker, a difference that no standard decides, or a surprise. */
export function judged(came: Came, rule: RuleId | 'observed', { gate, deviations }: Verdict): InteropResult {
  const level = rule === 'observed' ? 'MAY' : levelOf(rule);
  const gates = level === 'MUST' || (level === 'SHOULD' && gate === 'should');
  const deviation = deviationOf(came, deviations);
  if (came.outcome === 'pass' && deviation !== undefined && gates)
    return { ...came, level, ...told(deviation), message: 'it was declared to fail, and passed', surprise: true };
  if (came.outcome !== 'fail') return { ...came, level, surprise: false };
  const fault = clientFault(came);
  if (fault !== undefined) return { ...came, level, outcome: 'client', ...told(fault), surprise: false };
  const declared = deviation === undefined ? {} : told(deviation);
  if (level === 'MAY') return { ...came, level, ...declared, outcome: 'observed', surprise: false };
  return { ...came, level, ...declared, surprise: deviation === undefined && gates };
}

/** What the broker's profile says of an exchange. */
export function deviationOf(came: Pick<Came, 'case' | 'publisher' | 'consumer'>, deviations: readonly InteropDeviation[]): InteropDeviation | undefined {
  return deviations.find(({ cases }) => picomatch.isMatch(interopId(came), cases));
}
