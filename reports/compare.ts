import type { RunRecord } from '../harness/check/record.ts';
import type { VerdictRecord } from '../harness/check/record-verdicts.ts';
import { declarationOf, productOf } from './summarize.ts';
import { reasonWords, visible } from './words.ts';

/** How a check came out otherwise than before. `lost` and `gained` are about features that a broker may lack. */
export type ChangeKind = 'newly-failing' | 'lost' | 'other-reaction' | 'gained' | 'newly-passing';

/** One check of which two records do not say the same. */
export interface Change {
  readonly kind: ChangeKind;
  /** It passed, and at a level that gates it does so no longer. */
  readonly regression: boolean;
  readonly before: VerdictRecord;
  readonly after: VerdictRecord;
}

/** What two records say of the same checks. Each check is in exactly one part. */
export interface Comparison {
  readonly changes: readonly Change[];
  /** Failed in one run and passed in the other, of which a declaration says that this is left to chance. */
  readonly byChance: readonly VerdictRecord[];
  /** Judged in one of them alone. */
  readonly unjudged: readonly Pick<Change, 'before' | 'after'>[];
  readonly gone: readonly VerdictRecord[];
  readonly added: readonly VerdictRecord[];
  readonly same: number;
}

/** Names that a run gives out, and those that servers draw, differ from run to run. */
const drawnNames = /amqpspec-[a-z0-9]+-[a-z0-9]+-\d{4}[\w-]*|amq\.gen-[\w-]+|amq\.rabbitmq\.reply-to\.\S+/g;

/** A text without the names that were drawn for one run. */
export const withoutNames = (text: string) => text.replace(drawnNames, 'NAME');

/** The last word of a check that went well says something where it is the answer to a departure, or all there is to observe; else it only ends the talk. */
export const isAnswer = ({ reading, level }: VerdictRecord) => reading !== undefined || level === 'MAY';

const sameWord = (before: VerdictRecord, after: VerdictRecord) => withoutNames(before.reaction) === withoutNames(after.reaction);

function reactsOtherwise(before: VerdictRecord, after: VerdictRecord): boolean {
  if (sameWord(before, after)) return false;
  return before.outcome === 'fail' || (isAnswer(before) && isAnswer(after));
}

const judgedOutcomes: ReadonlySet<string> = new Set(['pass', 'fail', 'unsupported']);
const kinds: Readonly<Record<string, ChangeKind>> = {
  'pass fail': 'newly-failing',
  'unsupported fail': 'newly-failing',
  'pass unsupported': 'lost',
  'fail unsupported': 'lost',
  'unsupported pass': 'gained',
  'fail pass': 'newly-passing',
};

function changeOf(before: VerdictRecord, after: VerdictRecord, gate: 'must' | 'should'): Change | undefined {
  const stays = before.outcome === after.outcome;
  const worse = stays && after.outcome === 'fail' && before.level !== 'MUST' && after.level === 'MUST';
  const kind = worse ? 'newly-failing' : kinds[`${before.outcome} ${after.outcome}`];
  const gated = after.level === 'MUST' || (after.level === 'SHOULD' && gate === 'should');
  if (kind !== undefined) return { kind, before, after, regression: gated && (kind === 'newly-failing' || (kind === 'lost' && before.outcome === 'pass')) };
  return stays && after.outcome !== 'unsupported' && reactsOtherwise(before, after) ? { kind: 'other-reaction', before, after, regression: false } : undefined;
}

/** Holds two records against each other, check by check, in the order of their ids. */
export function compareRecords(old: RunRecord, young: RunRecord): Comparison {
  const earlier = new Map(old.verdicts.map(verdict => [verdict.check, verdict]));
  const later = new Map(young.verdicts.map(verdict => [verdict.check, verdict]));
  const found = { changes: [] as Change[], byChance: [] as VerdictRecord[], unjudged: [] as Pick<Change, 'before' | 'after'>[], same: 0 };
  const left = (verdict: VerdictRecord) => [old, young].some(record => declarationOf(record, verdict.check)?.sometimes === true);
  for (const [check, after] of later) {
    const before = earlier.get(check);
    if (before === undefined) continue;
    const judged = [before, after].filter(({ outcome }) => judgedOutcomes.has(outcome)).length;
    const change = judged === 2 ? changeOf(before, after, young.selection.gate) : undefined;
    if (judged === 1) found.unjudged.push({ before, after });
    else if (change === undefined) found.same += 1;
    else if (left(after) && change.kind !== 'lost' && change.kind !== 'gained') found.byChance.push(after);
    else found.changes.push(change);
  }
  return {
    ...found,
    gone: old.verdicts.filter(({ check }) => !later.has(check)),
    added: young.verdicts.filter(({ check }) => !earlier.has(check)),
  };
}

/** What a broker did in one check, in words. */
export function didWords(verdict: VerdictRecord): string {
  const { outcome, message, reaction } = verdict;
  if (outcome === 'pass') return isAnswer(verdict) ? `passed with ${visible(reaction)}` : 'passed';
  if (outcome === 'fail') return `failed: ${visible(message ?? reaction)}`;
  return `${outcome}: ${visible(reasonWords(verdict))}`;
}

/** How two records are told apart: by their brokers, or where those are the same by their times. */
export function sideNames(old: RunRecord, young: RunRecord): readonly [string, string] {
  const [one, other] = [productOf(old), productOf(young)];
  const at = ({ startedAt }: RunRecord) => `${startedAt.slice(0, 16).replace('T', ' ')} UTC`;
  return one === other ? [`${one} on ${at(old)}`, `${other} on ${at(young)}`] : [one, other];
}
