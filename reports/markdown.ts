import type { RunRecord } from '../harness/check/record.ts';
import type { VerdictRecord } from '../harness/check/record-verdicts.ts';
import { accountsOf, counts, outageWords } from './accounts.ts';
import { clientWords, groupWords, interopWords, reasonsOf, squareOf, squareWords, toldOf } from './interop.ts';
import { fuzzParts } from './markdown-fuzz.ts';
import { code, fence, list, literal, table, within } from './markup.ts';
import { chapterOf, coverageOf, coverageWords, declarationOf, type Groups, groups, headline, hintWords, levels, productOf, ruleIndex } from './summarize.ts';
import { decodedLines } from './wire-log.ts';
import { answerWords, counterexampleLines, duration, endingWords, noteTexts, reasonWords, visible } from './words.ts';

/** Failures are told at length up to half of so many characters, then by name. */
const failuresRoom = 36_000;

/** The run for a pull request: what it came to, the failures with their evidence folded away, and the rules covered. */
export function renderMarkdown(record: RunRecord): string {
  const found = groups(record.verdicts);
  const parts = [
    `## ${literal(productOf(record))}: ${literal(headline(record))}`,
    facts(record),
    ...noteTexts(record.notes).map(text => `> **Note:** ${literal(text)}`),
    ...(record.fuzz !== undefined && record.verdicts.length === 0 ? [] : [outcomes(record), rules(record)]),
    ...durability(record),
    ...interop(record),
    ...failures(record, 'Surprises', found.surprises),
    ...failures(record, 'Failed without gating', found.advisory),
    ...others(record, found),
    ...ledger(record),
    ...fuzzParts(record),
    ...record.hints.map(hintWords).map(({ says, option }) => `${literal(says)}: run again with ${code(option)}.`),
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

function failures(record: RunRecord, title: string, verdicts: readonly VerdictRecord[]): string[] {
  if (verdicts.length === 0) return [];
  const told = within(
    verdicts.map(verdict => failure(record, verdict)),
    failuresRoom / 2,
  );
  const rest = verdicts.slice(told.length).map(({ check, reaction }) => `- ${code(check)}: ${literal(reaction)}`);
  return [`### ${title} (${verdicts.length})`, ...told, ...(rest.length === 0 ? [] : [list(rest)])];
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

/** What became of messages through outages of the broker. */
function durability(record: RunRecord): string[] {
  const accounts = accountsOf(record);
  if (accounts.length === 0) return [];
  const rows = accounts.map(account => [literal(account.scenario), outageWords[account.outage], ...counts.map(count => String(account[count]))]);
  return [`<details><summary>Durability (${accounts.length})</summary>\n\n${table(['scenario', 'broker', ...counts], rows)}\n\n</details>`];
}

/** Pairs of clients: the matrix, and what did not pass. */
function interop({ interop: shown }: RunRecord): string[] {
  if (shown === undefined) return [];
  const { clients } = shown;
  const rows = clients.map(client => [literal(clientWords(client)), ...clients.map(({ name }) => squareWords(squareOf(shown, client.name, name)))]);
  const told = toldOf(shown).map(each => {
    const what = [groupWords[each.group], each.message, reasonsOf(each), each.pairs.join(', ')].filter(part => part !== undefined && part !== '');
    return `- ${code(each.case)}: ${literal(what.join('. '))}`;
  });
  return [
    '### Pairs of clients',
    `${literal(interopWords(shown))}.`,
    table(['publishes ↓ consumes →', ...clients.map(({ name }) => name)], rows),
    ...(told.length === 0 ? [] : [`<details><summary>What did not pass (${told.length})</summary>\n\n${list(told)}\n\n</details>`]),
  ];
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
