import picomatch from 'picomatch';
import { type InteropResult, interopId } from '../check/record-interop.ts';
import { type RuleId, rules } from '../spec/catalogue.ts';
import type { Level, Rule } from '../spec/rule.ts';
import type { InteropDeviation } from '../target/profile.ts';
import { clientNames, clientRow } from './clients.ts';

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

/** How adapters tell that there was no connection, or no more: no fault of a client's in what it sends or reads explains that. */
const lost = /\bdisconnected\b|ECONNREFUSED|ECONNRESET|connection refused/i;

/** A known fault of one of the two clients that explains a failure. */
function clientFault({ case: name, publisher, consumer, message }: Came) {
  if (lost.test(message ?? '')) return undefined;
  const parts = [['publisher', publisher] as const, ['consumer', consumer] as const];
  for (const [part, client] of parts) {
    const known = clientNames.find(each => each === client);
    const fault = known === undefined ? undefined : clientRow(known).faults?.find(each => each.as === part && picomatch.isMatch(name, each.cases));
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What a failure is by the law: the client's known fault, declared of the broker, a difference that no standard decides, or a surprise. */
export function judged(came: Came, rule: RuleId | 'observed', { gate, deviations }: Verdict): InteropResult {
  if (came.outcome !== 'fail') return { ...came, surprise: false };
  const fault = clientFault(came);
  if (fault !== undefined) return { ...came, outcome: 'client', declared: { reason: fault.reason, source: fault.source }, surprise: false };
  const deviation = deviations.find(({ cases }) => picomatch.isMatch(interopId(came), cases));
  const declared = deviation === undefined ? {} : { declared: { reason: deviation.reason, source: deviation.source } };
  const level = rule === 'observed' ? 'MAY' : levelOf(rule);
  if (level === 'MAY') return { ...came, ...declared, outcome: 'observed', surprise: false };
  return { ...came, ...declared, surprise: deviation === undefined && (level === 'MUST' || gate === 'should') };
}
