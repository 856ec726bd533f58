import { anchorOf } from '../html/anchor.ts';
import { literal, table } from '../markup.ts';
import { plural } from '../words.ts';
import type { Chapter, Leaving } from './leaving.ts';
import type { AreaCount, Broker, Matrix, RuleStanding } from './model.ts';

/** How a rule stands, in a word. */
export const standingWords: Readonly<Record<RuleStanding, string>> = {
  kept: 'kept',
  broken: 'broken',
  'broken-should': 'broken (SHOULD)',
  unsupported: 'unsupported',
  untested: 'not tested',
};

/** The parts of a count that are not zero, in words. */
export function countWords({ checks, pass, must, should, unsupported, unjudged }: AreaCount): string {
  if (checks === 0) return 'no checks';
  const parts = [
    [pass, 'passed'],
    [must, 'break a MUST'],
    [should, 'break a SHOULD'],
    [unsupported, 'unsupported'],
    [unjudged, 'not judged'],
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([number, what]) => `${number} ${what}`)
    .join(', ');
}

/** The matrix as text for a forge: areas, the rules that brokers keep differently, and what changes for who moves. */
export function renderMatrixMarkdown(matrix: Matrix): string {
  const names = matrix.brokers.map(({ name }) => literal(name));
  const differing = matrix.rules.filter(({ standings }) => new Set(standings).size > 1);
  const parts = [
    `# ${names.join(', ')}`,
    '## Areas',
    table(
      ['area', ...names],
      matrix.areas.map(({ area, counts }) => [literal(area), ...counts.map(countWords)]),
    ),
    `## Rules that they keep differently (${differing.length} of ${matrix.rules.length})`,
    table(
      ['rule', ...names],
      differing.map(({ section, statement, level, standings }) => [
        `${level} ${literal(section)}: ${literal(statement)}`,
        ...standings.map(standing => standingWords[standing]),
      ]),
    ),
    ...matrix.leavings.flatMap(each => leavingParts(each, matrix.brokers)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function leavingParts(leaving: Leaving, brokers: readonly Broker[]): readonly string[] {
  const report = (name: string) => brokers.find(broker => broker.name === name)?.report;
  const unknown =
    leaving.unknown.length === 0
      ? ''
      : ` Of ${plural(leaving.unknown.length, 'check')} nothing can be said: one of the two runs did not judge them, or the broker leaves them to chance.`;
  return [
    `## Leaving ${literal(leaving.from)} for ${literal(leaving.to)}`,
    `${plural(leaving.same, 'check')} ${leaving.same === 1 ? 'comes' : 'come'} out the same.${unknown}`,
    ...leaving.chapters.flatMap(chapter => chapterParts(leaving, chapter, report(leaving.to))),
  ];
}

function chapterParts({ from, to }: Leaving, { title, lead, differences }: Chapter, report: string | undefined): readonly string[] {
  const link = (check: string) => (report === undefined ? `\`${check}\`` : `[\`${check}\`](${encodeURI(report)}#${anchorOf(check)})`);
  const items = differences.map(({ heading, areas, level, from: before, to: after, source, checks }) =>
    [
      `- **${literal(heading)}** (${level}, ${areas.map(literal).join(', ')}, ${plural(checks.length, 'check')}${source === undefined ? '' : `, [source](${source})`})`,
      `  - ${literal(from)}: ${literal(before)}`,
      `  - ${literal(to)}: ${literal(after)}`,
      `  - ${checks
        .slice(0, 3)
        .map(({ check }) => link(check))
        .join(', ')}${checks.length > 3 ? ` and ${checks.length - 3} more` : ''}`,
    ].join('\n'),
  );
  return [`### ${literal(title)} (${differences.length})`, lead, items.join('\n')].map(each => each.trim());
}
