import type { RunRecord } from '../harness/check/record.ts';
import type { VerdictRecord } from '../harness/check/record-verdicts.ts';
import { chapterOf, coverageOf, coverageWords, declarationOf, type Groups, groups, headline, levels, productOf, ruleIndex } from './summarize.ts';
import { decodedLines } from './wire-log.ts';
import { answerWords, counterexampleLines, duration, endingWords, plural, reasonWords, visible } from './words.ts';

/** Forges take a comment of at most 65536 characters. Failures are told at length up to the first number, then by name; each list by name up to the second. */
const room = { failures: 36_000, list: 4_000 };

/** The run for a pull request: what it came to, the failures with their evidence folded away, and the rules covered. */
export function renderMarkdown(record: RunRecord): string {
  const found = groups(record.verdicts);
  const parts = [
    `## ${literal(productOf(record))}: ${literal(headline(record))}`,
    facts(record),
    ...record.notes.map(({ text }) => `> **Note:** ${literal(text)}`),
    outcomes(record),
    rules(record),
    ...failures(record, 'Surprises', found.surprises),
    ...failures(record, 'Failed without gating', found.advisory),
    ...others(record, found),
    ...ledger(record),
    ...(record.findings.length === 0
      ? []
      : ['### Fuzz findings', list(record.findings.map(each => `- ${code(each.kind)} ${literal(each.title)}: ${code(each.replay)}`))]),
    ...record.hints.map(hint => `The profile ${code(hint.profile)} would explain ${hint.explains} of ${plural(hint.of, 'surprise')}.`),
  ];
  return `${parts.join('\n\n')}\n`;
}

function facts({ target, profile, tool, startedAt, durationMs, seed }: RunRecord): string {
  const applied = profile === null ? '' : `, profile ${[profile.name, profile.version].filter(part => part !== null).join(' ')}`;
  return `${code(target.url)}${applied}. ${tool.name} ${tool.version}, ${startedAt.slice(0, 16).replace('T', ' ')} UTC, took ${duration(durationMs)}, seed ${seed}.`;
}

function outcomes({ summary: sum }: RunRecord): string {
  const columns: readonly (readonly [string, number])[] = [
    ['checks', sum.checks],
    ['passed', sum.pass],
    ['failed', sum.fail],
    ['as declared', sum.declared],
    ['inconclusive', sum.inconclusive],
    ['unsupported', sum.unsupported],
    ['not applicable', sum.notApplicable],
    ['not run', sum.notRun],
    ['**surprises**', sum.surprises],
  ];
  return table(
    columns.map(([name]) => name),
    [columns.map(([, count]) => String(count))],
  );
}

function rules({ summary }: RunRecord): string {
  const rows = levels.map(level => {
    const { total, pass, fail, untested, unshowable } = summary.rules[level];
    return [level.toUpperCase(), ...[total, pass, fail, untested, unshowable].map(String)];
  });
  return table(['rules', 'total', 'kept', 'broken', 'not tested', 'of these beyond showing'], rows);
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map((_, index) => (index === 0 ? '---' : '--:')), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n');

function failures(record: RunRecord, title: string, verdicts: readonly VerdictRecord[]): string[] {
  if (verdicts.length === 0) return [];
  const told = within(
    verdicts.map(verdict => failure(record, verdict)),
    room.failures / 2,
  );
  const rest = verdicts.slice(told.length).map(({ check, reaction }) => `- ${code(check)}: ${literal(reaction)}`);
  return [`### ${title} (${verdicts.length})`, ...told, ...(rest.length === 0 ? [] : [list(rest)])];
}

/** As many of the texts, from the first, as are together no longer than `characters`. */
function within(texts: readonly string[], characters: number): readonly string[] {
  let length = 0;
  const over = texts.findIndex(text => {
    length += text.length;
    return length > characters;
  });
  return over === -1 ? texts : texts.slice(0, over);
}

function list(items: readonly string[]): string {
  const shown = within(items, room.list);
  return [...shown, ...(shown.length < items.length ? [`- and ${items.length - shown.length} more, all in run.json`] : [])].join('\n');
}

function failure(record: RunRecord, verdict: VerdictRecord): string {
  const rule = ruleIndex(record).get(verdict.rule);
  const log = decodedLines(verdict.transcript, 30).map(visible).join('\n');
  const points = [
    `**${verdict.level}** ${code(verdict.rule)}${rule === undefined ? '' : `, section ${literal(rule.section)}: ${literal(rule.statement)}`}`,
    ...(verdict.legal.length === 0 ? [] : [`Expected: ${[...new Set(verdict.legal.map(answerWords))].map(literal).join(', or ')}`]),
    `Came back: ${literal(verdict.reaction)}${verdict.ending.kind === 'open' ? '' : ` (${literal(endingWords(verdict.ending))})`}`,
    ...(verdict.alive === false ? ['A bystander connection no longer worked afterwards.'] : []),
    `Replay: ${code(verdict.replay)}`,
  ];
  return [
    `#### ${code(verdict.check)}`,
    `${literal(verdict.title)}. ${literal(verdict.message ?? '')}`.trim(),
    points.map(point => `- ${point}`).join('\n'),
    ...(verdict.counterexample === undefined ? [] : [fence(counterexampleLines(verdict.counterexample).join('\n'))]),
    ...(log === '' ? [] : [`<details><summary>Wire log</summary>\n\n${fence(log)}\n\n</details>`]),
  ].join('\n\n');
}

function others(record: RunRecord, found: Groups): string[] {
  const sections: readonly (readonly [string, readonly VerdictRecord[], (verdict: VerdictRecord) => string])[] = [
    ['Failed as declared', found.declared, verdict => `${verdict.reaction}. ${declarationOf(record, verdict.check)?.reason ?? ''}`],
    ['Could not be judged', found.inconclusive, reasonWords],
    ['Not supported, nothing to judge, or not run', [...found.unsupported, ...found.notApplicable, ...found.notRun], reasonWords],
  ];
  return sections
    .filter(([, verdicts]) => verdicts.length > 0)
    .map(([title, verdicts, tell]) => {
      const items = verdicts.map(verdict => `- ${code(verdict.check)}: ${literal(tell(verdict))}`);
      return `<details><summary>${title} (${verdicts.length})</summary>\n\n${list(items)}\n\n</details>`;
    });
}

/** The ledger chapter by chapter; rule by rule it is in the other reports. */
function ledger({ rules: all }: RunRecord): string[] {
  if (all.length === 0) return [];
  const rows = [...new Set(all.map(chapterOf))].map(chapter => {
    const own = all.filter(rule => chapterOf(rule) === chapter);
    const kept = (verdict: string) => own.filter(rule => rule.verdict === verdict).length;
    const { demanded, withCheck, withFault } = coverageOf(own);
    return [code(chapter), ...[own.length, demanded, withCheck, withFault, kept('pass'), kept('fail'), kept('untested')].map(String)];
  });
  const head = ['chapter', 'rules', 'duties to show', 'with a check', 'with a fault', 'kept', 'broken', 'not tested'];
  return [`<details><summary>Rule ledger (${all.length})</summary>\n\n${coverageWords(coverageOf(all))}\n\n${table(head, rows)}\n\n</details>`];
}

/** Text that means itself: nothing in it is markup, a mention or a link of an issue. */
function literal(text: string): string {
  return visible(text.replaceAll('\n', ' '))
    .replace(/[\\`*_[\]|#~]/g, '\\$&')
    .replace(/[&<>]/g, character => `&#${character.charCodeAt(0)};`)
    .replace(/@(?=\w)/g, '@\u200b');
}

/** A code span whose fence is longer than any run of backticks within. */
function code(text: string): string {
  const inner = visible(text.replaceAll('\n', ' '));
  const ticks = '`'.repeat(longestRun(inner) + 1);
  const space = inner.startsWith('`') || inner.endsWith('`') ? ' ' : '';
  return `${ticks}${space}${inner}${space}${ticks}`;
}

function fence(text: string): string {
  const ticks = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${ticks}text\n${text}\n${ticks}`;
}

const longestRun = (text: string) => Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length));
