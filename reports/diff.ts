import picocolors from 'picocolors';
import type { RunRecord } from '../harness/check/record.ts';
import type { VerdictRecord } from '../harness/check/record-verdicts.ts';
import { type Change, type Comparison, compareRecords, didWords, sideNames } from './compare.ts';
import { code, list, literal } from './markup.ts';
import { comparePairs, type PairChange, type PairComparison, pairChangeTitles, pairRegressions, pairsHeadline } from './pair-changes.ts';
import { plural } from './words.ts';

/** Two runs held against each other, ready to be told. */
export interface Diff extends Comparison {
  readonly old: RunRecord;
  readonly young: RunRecord;
  readonly regressions: readonly Change[];
  /** Pairs of real clients, where both runs had some. */
  readonly pairs: PairComparison;
}

export function diffOf(old: RunRecord, young: RunRecord): Diff {
  const comparison = compareRecords(old, young);
  return {
    ...comparison,
    old,
    young,
    regressions: comparison.changes.filter(({ regression }) => regression),
    pairs: comparePairs(old.interop, young.interop, young.selection.gate),
  };
}

interface Part {
  readonly title: string;
  readonly changes: readonly Pick<Change, 'before' | 'after'>[];
}

/** What is told, in the order in which a reader wants to know it. */
function partsOf({ changes, unjudged }: Diff): readonly Part[] {
  const of = (test: (change: Change) => boolean) => changes.filter(test);
  return [
    { title: 'Regressions', changes: of(({ regression }) => regression) },
    { title: 'Newly failing, which gates nothing', changes: of(({ kind, regression }) => !regression && kind === 'newly-failing') },
    { title: 'No longer supported, which gates nothing', changes: of(({ kind, regression }) => !regression && kind === 'lost') },
    { title: 'Reacts otherwise', changes: of(({ kind }) => kind === 'other-reaction') },
    { title: 'Newly supported', changes: of(({ kind }) => kind === 'gained') },
    { title: 'Newly passing', changes: of(({ kind }) => kind === 'newly-passing') },
    { title: 'Judged in one run only', changes: unjudged },
  ].filter(part => part.changes.length > 0);
}

/** The whole in one sentence. */
export function diffHeadline({ regressions, changes, gone, added, same, pairs }: Diff): string {
  const count = (kind: Change['kind']) => changes.filter(change => change.kind === kind).length;
  const parts = [
    [count('newly-passing') + count('gained'), 'newly passing'],
    [count('other-reaction'), 'with another reaction'],
    [gone.length, 'gone'],
    [added.length, 'new'],
  ] as const;
  const others = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  const checks = `${regressions.length === 0 ? 'No regression' : plural(regressions.length, 'regression')}${others.map(each => `, ${each}`).join('')}; ${same} as before.`;
  return [checks, pairsHeadline(pairs)].filter(part => part !== undefined).join(' ');
}

/** Whether something passed before that does so no longer, at a level that gates: checks, or exchanges of two clients. */
export const hasRegressed = ({ regressions, pairs }: Diff): boolean => regressions.length > 0 || pairRegressions(pairs) > 0;

/** Changes of pairs by their kind, in the order in which they are told. */
const pairParts = ({ pairs }: Diff): readonly (readonly [title: string, changes: readonly PairChange[]])[] =>
  Object.entries(pairChangeTitles)
    .map(([kind, title]) => [title, pairs.changes.filter(change => change.kind === kind)] as const)
    .filter(([, changes]) => changes.length > 0);

/** Reasons to read the rest with care: what was asked of the two runs is not the same. */
function cautions({ old, young, byChance }: Diff): readonly string[] {
  const asked = ({ selection }: RunRecord) => JSON.stringify({ ...selection, gate: '' });
  return [
    ...(old.tool.version === young.tool.version
      ? []
      : [`The runs were judged by different versions of the tool: ${old.tool.version} and ${young.tool.version}.`]),
    ...(asked(old) === asked(young) ? [] : ['The runs asked for different checks.']),
    ...notesOf('before', old),
    ...notesOf('now', young),
    ...(byChance.length === 0
      ? []
      : [
          `${plural(byChance.length, 'check')} came out otherwise that the broker leaves to chance, as declared: ${byChance.map(({ check }) => check).join(', ')}.`,
        ]),
  ];
}

const notesOf = (when: string, { notes }: RunRecord) => notes.filter(({ kind }) => kind !== 'shard' && kind !== 'other').map(({ text }) => `${when}: ${text}`);

/** The comparison for a terminal. */
export function renderDiffText(diff: Diff, color = false): string {
  const paint = picocolors.createColors(color);
  const [old, young] = sideNames(diff.old, diff.young);
  const lines = [`${paint.bold(young)} against ${paint.bold(old)}`, ...cautions(diff).map(each => paint.yellow(`! ${each}`))];
  for (const { title, changes } of partsOf(diff)) {
    lines.push('', paint.bold(title === 'Regressions' ? paint.red(`${title} (${changes.length})`) : `${title} (${changes.length})`));
    for (const { before, after } of changes) {
      lines.push(
        `  ${after.level} ${paint.bold(after.check)}  ${after.title}`,
        `    ${paint.dim('before')} ${didWords(before)}`,
        `    ${paint.dim('now   ')} ${didWords(after)}`,
      );
    }
  }
  for (const [title, verdicts] of alone(diff))
    lines.push('', paint.bold(`${title} (${verdicts.length})`), ...verdicts.map(each => `  ${each.check}: ${didWords(each)}`));
  for (const [title, changes] of pairParts(diff)) {
    lines.push('', paint.bold(`${title} (${changes.reduce((sum, change) => sum + change.pairs.length, 0)})`));
    for (const { case: name, pairs, before, now } of changes)
      lines.push(`  ${paint.bold(name)}  ${pairs.join(', ')}`, `    ${paint.dim('before')} ${before}`, `    ${paint.dim('now   ')} ${now}`);
  }
  const tint = !hasRegressed(diff) ? paint.green : paint.red;
  return `${[...lines, '', paint.bold(tint(diffHeadline(diff)))].join('\n')}\n`;
}

const alone = ({ gone, added }: Diff) =>
  (
    [
      ['Gone checks', gone],
      ['New checks', added],
    ] as const satisfies readonly (readonly [string, readonly VerdictRecord[]])[]
  ).filter(([, verdicts]) => verdicts.length > 0);

/** The comparison for a comment on a pull request: regressions in full, the rest folded away. */
export function renderDiffMarkdown(diff: Diff): string {
  const [old, young] = sideNames(diff.old, diff.young);
  const row = ({ before, after }: Pick<Change, 'before' | 'after'>) =>
    `- **${after.level}** ${code(after.check)}: ${literal(after.title)}\n  - before: ${literal(didWords(before))}\n  - now: ${literal(didWords(after))}`;
  const sections = partsOf(diff).map(({ title, changes }) =>
    title === 'Regressions' ? `### ${title} (${changes.length})\n\n${list(changes.map(row))}` : fold(title, changes.map(row)),
  );
  const others = alone(diff).map(([title, verdicts]) =>
    fold(
      title,
      verdicts.map(each => `- ${code(each.check)}: ${literal(didWords(each))}`),
    ),
  );
  const pairs = pairParts(diff).map(([title, changes]) =>
    fold(
      title,
      changes.map(each => `- ${code(each.case)}: ${literal(each.pairs.join(', '))}\n  - before: ${literal(each.before)}\n  - now: ${literal(each.now)}`),
    ),
  );
  return `${[`## ${literal(diffHeadline(diff))}`, `${literal(young)} against ${literal(old)}.`, ...cautions(diff).map(each => `> **Note:** ${literal(each)}`), ...sections, ...others, ...pairs].join('\n\n')}\n`;
}

const fold = (title: string, items: readonly string[]) => `<details><summary>${title} (${items.length})</summary>\n\n${list(items)}\n\n</details>`;

/** The comparison as data: `regressions` decide the exit status. */
export function diffData(diff: Diff) {
  const side = ({ target, tool, startedAt, seed, selection }: RunRecord) => ({
    product: target.product,
    version: target.version,
    url: target.url,
    tool,
    startedAt,
    seed,
    selection,
  });
  const told = ({ before, after }: Pick<Change, 'before' | 'after'>) => ({
    check: after.check,
    title: after.title,
    level: after.level,
    rule: after.rule,
    before: { outcome: before.outcome, reaction: before.reaction, words: didWords(before) },
    now: { outcome: after.outcome, reaction: after.reaction, words: didWords(after) },
    replay: after.replay,
  });
  const single = (verdict: VerdictRecord) => ({ check: verdict.check, title: verdict.title, outcome: verdict.outcome, reaction: verdict.reaction });
  const { changes, byChance, unjudged, gone, added, same, pairs } = diff;
  return {
    old: side(diff.old),
    new: side(diff.young),
    headline: diffHeadline(diff),
    cautions: cautions(diff),
    regressions: diff.regressions.map(told),
    changes: changes.map(change => ({ kind: change.kind, regression: change.regression, ...told(change) })),
    unjudged: unjudged.map(told),
    byChance: byChance.map(single),
    gone: gone.map(single),
    added: added.map(single),
    same,
    ...(pairs.changes.length + pairs.same + pairs.gone + pairs.added > 0 && { pairs }),
  };
}
