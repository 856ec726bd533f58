import { anchorOf } from '../html/anchor.ts';
import { literal, table } from '../markup.ts';
import { placeOf } from '../summarize.ts';
import { plural } from '../words.ts';
import { keptBy, keptHead, keptLead, keptName } from './kept.ts';
import type { Chapter, Difference, Leaving } from './leaving.ts';
import type { AreaCount, Broker, Matrix, RuleRow, RuleStanding } from './model.ts';
import { type PairRow, pairLead, squareText } from './pairs.ts';

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

/** What a table of rules may hold before it is too long to be read. */
const rulesShown = 30;

/** Whether brokers that say something of a rule say different things. */
export const differs = ({ standings }: RuleRow): boolean => new Set(standings.filter(standing => standing !== 'untested')).size > 1;

/** The matrix as text for a forge: what changes for who leaves the first broker, then areas and rules, where the brokers differ. */
export function renderMatrixMarkdown(matrix: Matrix): string {
  const names = matrix.brokers.map(({ name }) => literal(name));
  const [first] = matrix.brokers;
  const judged = matrix.areas.length > 0 || matrix.pairs === undefined;
  const leavings = judged ? matrix.leavings : [];
  const told = leavings.filter(({ from }) => from === first?.name);
  const others = leavings.filter(each => !told.includes(each));
  const parts = [
    `# ${names.join(', ')}`,
    runs(matrix),
    ...told.flatMap(each => leavingParts(each, matrix.brokers)),
    ...(others.length === 0 ? [] : [`Other moves stand in matrix.html: ${others.map(({ from, to }) => literal(`leaving ${from} for ${to}`)).join('; ')}.`]),
    ...keptParts(matrix),
    ...pairParts(matrix, names),
    ...(judged ? ['## Areas', ...areaParts(matrix, names), ...ruleParts(matrix, names)] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function runs({ brokers }: Matrix): string {
  const rows = brokers.map(({ name, report, record: { summary, startedAt } }) => [
    report === undefined ? literal(name) : `[${literal(name)}](${encodeURI(report)})`,
    startedAt.slice(0, 10),
    ...[summary.pass, summary.fail, summary.unsupported, summary.checks - summary.pass - summary.fail - summary.unsupported].map(String),
  ]);
  return table(['run', 'on', 'checks passed', 'failed', 'unsupported', 'not judged'], rows);
}

function keptParts({ brokers }: Matrix): readonly string[] {
  const rows = keptBy(brokers).map(kept => [literal(keptName(kept)), `${kept.scenarios}`, ...kept.sums.map(String)]);
  return rows.length === 0 ? [] : ['## What they kept', keptLead, table(['', ...keptHead], rows)];
}

function pairParts({ pairs }: Matrix, names: readonly string[]): readonly string[] {
  if (pairs === undefined) return [];
  const { clients, cases, same } = pairs;
  const rows = (all: readonly PairRow[]) => all.map(({ name, squares }) => [literal(name), ...squares.map(squareText)]);
  const alike = `${same === 1 ? 'One case comes' : `${plural(same, 'case')} come`} out the same on every broker that was asked.`;
  return [
    '## Pairs of clients',
    pairLead,
    table(['client', ...names], rows(clients)),
    alike,
    ...(cases.length === 0 ? [] : [table(['case', ...names], rows(cases))]),
  ];
}

function areaParts({ areas }: Matrix, names: readonly string[]): readonly string[] {
  const alone = new Set(areas.map(({ area }) => placeOf(area).protocol)).size === 1;
  const label = (area: string) => literal(alone ? placeOf(area).area : area);
  const words = areas.map(({ area, counts }) => ({ area: label(area), cells: counts.map(countWords) }));
  const [apart, alike] = [words.filter(({ cells }) => new Set(cells).size > 1), words.filter(({ cells }) => new Set(cells).size === 1)];
  return [
    ...(apart.length === 0
      ? []
      : [
          table(
            ['area', ...names],
            apart.map(({ area, cells }) => [area, ...cells]),
          ),
        ]),
    ...(alike.length === 0 ? [] : [`The same number of checks came out the same in ${alike.map(({ area }) => area).join(', ')}.`]),
  ];
}

function ruleParts({ rules }: Matrix, names: readonly string[]): readonly string[] {
  const differing = rules.filter(differs);
  const broken = ({ standings }: RuleRow) => standings.includes('broken');
  const rows = [...differing.filter(broken), ...differing.filter(rule => !broken(rule))];
  const more = rows.length > rulesShown ? [`And ${rows.length - rulesShown} more, all in matrix.html.`] : [];
  return [
    `## Rules that they keep differently (${differing.length} of ${rules.length})`,
    ...(rows.length === 0
      ? []
      : [
          table(
            ['rule', ...names],
            rows
              .slice(0, rulesShown)
              .map(({ section, statement, level, standings }) => [
                `${level} ${literal(section)}: ${literal(statement)}`,
                ...standings.map(standing => standingWords[standing]),
              ]),
          ),
        ]),
    ...more,
  ];
}

/** How much of two runs can be held against each other. */
export function sameWords({ same, unknown }: Leaving): string {
  const all = `${plural(same, 'check')} ${same === 1 ? 'comes' : 'come'} out the same.`;
  if (unknown.length === 0) return all;
  return `${all} Of ${plural(unknown.length, 'check')} nothing can be said: one of the two runs did not judge ${unknown.length === 1 ? 'it' : 'them'}, or a broker leaves ${unknown.length === 1 ? 'it' : 'them'} to chance.`;
}

function leavingParts(leaving: Leaving, brokers: readonly Broker[]): readonly string[] {
  const { from, to, chapters } = leaving;
  const report = brokers.find(({ name }) => name === to)?.report;
  return [
    `## Leaving ${literal(from)} for ${literal(to)}`,
    sameWords(leaving),
    ...(chapters.length === 0
      ? ['No behaviour differs.']
      : [chapters.map(({ title, differences }) => `- ${literal(title)}: ${differences.length}`).join('\n')]),
    ...chapters.flatMap(chapter => (chapter.folded ? foldedParts(leaving, chapter) : chapterParts(leaving, chapter, report))),
  ];
}

const linkTo = (report: string | undefined, { checks: [first] }: Difference) => {
  const id = `\`${first?.check}\``;
  return report === undefined || first === undefined ? id : `[${id}](${encodeURI(report)}#${anchorOf(first.check)})`;
};

function chapterParts({ from, to }: Leaving, { title, lead, differences }: Chapter, report: string | undefined): readonly string[] {
  const items = differences.map(difference => {
    const { heading, means, areas, level, from: before, to: after, source, checks } = difference;
    const more = checks.length > 1 ? ` and ${checks.length - 1} more` : '';
    return [
      `- **${literal(heading)}**${means === undefined ? '' : ` ${literal(means)}`}`,
      ...(before === undefined ? [] : [`  - ${literal(from)}: ${literal(before)}`]),
      ...(after === undefined ? [] : [`  - ${literal(to)}: ${literal(after)}`]),
      `  - ${level}, ${areas.map(literal).join(', ')}: ${linkTo(report, difference)}${more}${source === undefined ? '' : ` ([source](${source}))`}`,
    ].join('\n');
  });
  return [`### ${literal(title)} (${differences.length})`, lead, items.join('\n')];
}

/** A chapter that opens at a click, with a line for each difference. */
function foldedParts({ from, to }: Leaving, { title, lead, differences }: Chapter): readonly string[] {
  const demanded = 'as it should be';
  const row = (each: Difference) => `| ${literal(each.heading)} | ${literal(each.from ?? demanded)} | ${literal(each.to ?? demanded)} |`;
  const head = `|  | ${literal(from)} | ${literal(to)} |\n| --- | --- | --- |`;
  return [`<details><summary><b>${literal(title)} (${differences.length})</b></summary>`, lead, `${head}\n${differences.map(row).join('\n')}`, '</details>'];
}
