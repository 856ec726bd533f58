import type { InteropRecord, InteropResult } from '../harness/check/record-interop.ts';
import { exchangeId, groupOfResult, groupWords, pairOf } from './interop.ts';
import { plural, visible } from './words.ts';

/** How an exchange of two clients came out otherwise than before. */
export type PairChangeKind = 'newly-failing' | 'lost' | 'otherwise' | 'gained' | 'newly-passing' | 'unjudged';

/** Exchanges of one case that changed in the same way. */
export interface PairChange {
  readonly kind: PairChangeKind;
  /** They passed, and at a level that gates they do so no longer. */
  readonly regression: boolean;
  readonly case: string;
  /** As `pika → rhea`. */
  readonly pairs: readonly string[];
  readonly before: string;
  readonly now: string;
}

/** What two records say of the same exchanges. */
export interface PairComparison {
  readonly changes: readonly PairChange[];
  /** Exchanges of which both say the same. */
  readonly same: number;
  /** How many are in one of the two records alone. */
  readonly gone: number;
  readonly added: number;
}

/** In the order in which they are told. */
export const pairChangeTitles = {
  'newly-failing': 'Pairs of clients that fail now',
  lost: 'Pairs of clients that are supported no longer',
  otherwise: 'Pairs of clients whose exchanges come otherwise',
  gained: 'Pairs of clients that are supported now',
  'newly-passing': 'Pairs of clients that pass now',
  unjudged: 'Pairs of clients that were judged in one run only',
} as const satisfies Record<PairChangeKind, string>;

const kinds: Readonly<Record<string, PairChangeKind>> = {
  'pass unsupported': 'lost',
  'unsupported pass': 'gained',
  'fail pass': 'newly-passing',
  'client pass': 'newly-passing',
  'observed pass': 'newly-passing',
};

/** Numbers, names and addresses in what a client says differ from run to run. */
const drawn = /amqpspec-[\w-]+|amq\.gen-[\w-]+|[\w-]*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+/gi;

const alike = (one: InteropResult, other: InteropResult): boolean => (one.message ?? '').replace(drawn, '#') === (other.message ?? '').replace(drawn, '#');

function kindOf(before: InteropResult, after: InteropResult): PairChangeKind | undefined {
  if (before.outcome === after.outcome) return before.outcome === 'pass' || before.outcome === 'not-run' || alike(before, after) ? undefined : 'otherwise';
  if (before.outcome === 'not-run' || after.outcome === 'not-run') return 'unjudged';
  return after.outcome === 'fail' ? 'newly-failing' : (kinds[`${before.outcome} ${after.outcome}`] ?? 'otherwise');
}

/** What came of an exchange, in words. */
export function pairWords(result: InteropResult): string {
  const told = groupWords[groupOfResult(result)];
  return result.message === undefined || result.message === '' || result.outcome === 'pass' ? told : `${told}: ${visible(result.message)}`;
}

/** Holds the pairs of clients of two records against each other. A failure below the level that gates is no regression. */
export function comparePairs(old: InteropRecord | undefined, young: InteropRecord | undefined, gate: 'must' | 'should' = 'must'): PairComparison {
  const earlier = new Map((old?.results ?? []).map(result => [exchangeId(result), result]));
  const later = young?.results ?? [];
  const found = new Map<string, PairChange>();
  let same = 0;
  let known = 0;
  for (const after of later) {
    const before = earlier.get(exchangeId(after));
    if (before === undefined) continue;
    known += 1;
    const kind = kindOf(before, after);
    if (kind === undefined) {
      same += 1;
      continue;
    }
    const gates = after.level === 'MUST' || (after.level === 'SHOULD' && gate === 'should');
    const regression = gates && (kind === 'newly-failing' || kind === 'lost');
    const change = { kind, regression, case: after.case, before: pairWords(before), now: pairWords(after) };
    const key = JSON.stringify(change);
    found.set(key, { ...change, pairs: [...(found.get(key)?.pairs ?? []), pairOf(after)] });
  }
  const order = Object.keys(pairChangeTitles);
  const changes = [...found.values()].sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind) || (one.case < other.case ? -1 : 1));
  return { changes, same, gone: earlier.size - known, added: later.length - known };
}

const exchangesOf = (changes: readonly PairChange[]): number => changes.reduce((sum, { pairs }) => sum + pairs.length, 0);

/** How many exchanges passed and do so no longer, at a level that gates. */
export const pairRegressions = ({ changes }: PairComparison): number => exchangesOf(changes.filter(({ regression }) => regression));

/** The comparison of pairs in one sentence; undefined where neither run has any. */
export function pairsHeadline(comparison: PairComparison): string | undefined {
  const { changes, same, gone, added } = comparison;
  if (changes.length + same + gone + added === 0) return undefined;
  const regressions = pairRegressions(comparison);
  const parts = [
    [exchangesOf(changes) - regressions, 'otherwise'],
    [gone, 'gone'],
    [added, 'new'],
  ] as const;
  const others = parts.filter(([number]) => number > 0).map(([number, what]) => `, ${number} ${what}`);
  return `Pairs of clients: ${regressions === 0 ? 'no regression' : plural(regressions, 'regression')}${others.join('')}; ${same} as before.`;
}
