import picocolors from 'picocolors';
import type { RunRecord } from '../harness/check/record.ts';
import type { VerdictRecord } from '../harness/check/record-verdicts.ts';
import { accountsOf, counts, figuresOf, outageWords, wrongOf } from './accounts.ts';
import { coverageLines, findingFacts, fuzzWords } from './fuzz.ts';
import { groupWords, type InteropGroup, interopWords, matrixLines, reasonsOf, resultGroups, toldOf } from './interop.ts';
import { declarationOf, groups, headline, hintWords, levels, productOf, ruleIndex } from './summarize.ts';
import { answerWords, counterexampleLines, duration, endingWords, noteTexts, plural, reasonWords, visible } from './words.ts';

/** `color`: escape sequences for a terminal. `full`: measurements too. `width`: columns to wrap at. */
export interface TextOptions {
  readonly color?: boolean;
  readonly full?: boolean;
  readonly width?: number;
}

type Paint = ReturnType<typeof picocolors.createColors>;

interface Page {
  readonly paint: Paint;
  readonly width: number;
  readonly full: boolean;
  readonly lines: string[];
}

/** The run for a terminal: what was judged, then what failed and why, surprises first. */
export function renderText(record: RunRecord, { color = false, full = false, width = 110 }: TextOptions = {}): string {
  const page: Page = { paint: picocolors.createColors(color), width: Math.max(width, 60), full, lines: [] };
  const found = groups(record.verdicts);
  head(page, record);
  failures(page, record, 'Surprises', found.surprises);
  failures(page, record, 'Failed without gating', found.advisory);
  compact(page, 'Failed as declared', found.declared, verdict => `${verdict.reaction}: ${declarationOf(record, verdict.check)?.reason ?? 'declared'}`);
  compact(page, 'Could not be judged', found.inconclusive, reasonWords);
  compact(page, 'Not supported', found.unsupported, verdict => verdict.reason ?? verdict.reaction);
  compact(page, 'Nothing to judge', found.notApplicable, verdict => verdict.reason ?? verdict.reaction);
  compact(page, 'Not run', found.notRun, verdict => verdict.reason ?? verdict.reaction);
  findings(page, record);
  fuzzed(page, record);
  durability(page, record);
  interop(page, record);
  if (full) measurements(page, record);
  summary(page, record);
  return `${page.lines.join('\n')}\n`;
}

function head({ lines, paint }: Page, record: RunRecord): void {
  const { target, profile, tool } = record;
  const where = [visible(target.url), ...(profile === null ? [] : [`profile ${[profile.name, profile.version].filter(Boolean).join(' ')}`])];
  const product = productOf(record);
  lines.push(`${paint.bold(product)}${where.join() === product ? '' : ` ${paint.dim(`at ${where.join(', ')}`)}`}`);
  const when = record.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  lines.push(paint.dim(`${tool.name} ${tool.version}, ${when}, took ${duration(record.durationMs)}, seed ${record.seed}`));
  for (const text of noteTexts(record.notes)) lines.push(paint.yellow(`! ${visible(text)}`));
}

/** Failures under the rule they break: the rule is said once. */
function failures(page: Page, record: RunRecord, title: string, verdicts: readonly VerdictRecord[]): void {
  if (verdicts.length === 0) return;
  const { lines, paint } = page;
  lines.push('', paint.bold(paint.red(`${title} (${verdicts.length})`)));
  const rules = ruleIndex(record);
  const rank = (verdict: VerdictRecord) => `${['MUST', 'SHOULD', 'MAY'].indexOf(verdict.level)}${verdict.rule}`;
  const sorted = [...verdicts].sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
  let last = '';
  for (const verdict of sorted) {
    if (verdict.rule !== last) {
      const rule = rules.get(verdict.rule);
      lines.push('', `  ${paint.bold(verdict.level)} ${paint.cyan(verdict.rule)}${rule === undefined ? '' : `, section ${rule.section}`}`);
      if (rule !== undefined) lines.push(...wrapped(page, '  ', rule.statement));
    }
    last = verdict.rule;
    failure(page, record, verdict);
  }
}

function failure(page: Page, record: RunRecord, verdict: VerdictRecord): void {
  const { lines, paint } = page;
  const stale = verdict.outcome === 'pass';
  const declared = declarationOf(record, verdict.check);
  lines.push('', `    ${stale ? paint.yellow('!') : paint.red('✗')} ${paint.bold(verdict.check)}  ${visible(verdict.title)}`);
  const say = (label: string, text: string) => lines.push(...wrapped(page, `      ${paint.dim(label.padEnd(9))} `, visible(text), 16));
  const { message = '', reaction, ending } = verdict;
  const told = message.includes(reaction);
  if (message !== '') say('why', message);
  if (verdict.legal.length > 0 && !/^Expected/.test(message)) say('expected', [...new Set(verdict.legal.map(answerWords))].join(', or '));
  if (!told) say('came back', reaction);
  if (!told && ending.kind !== 'open' && endingWords(ending) !== reaction) say('ended', endingWords(ending));
  if (verdict.counterexample !== undefined) lines.push(...counterexampleLines(verdict.counterexample).map(line => `      ${line}`));
  if (declared !== undefined) {
    const reactions = [declared.reaction ?? [], declared.otherwise ?? []].flat().join(' or ');
    say(
      'declared',
      `${declared.outcome}${declared.sometimes === true ? ' now and then' : ''}${reactions === '' ? '' : ` with ${reactions}`} (${declared.origin})`,
    );
  }
  if (verdict.alive === false) say('harm', 'a bystander connection no longer worked afterwards');
  lines.push(`      ${paint.dim('replay   ')} ${visible(verdict.replay)}`);
}

/** Verdicts that say the same are told once. */
function compact(page: Page, title: string, verdicts: readonly VerdictRecord[], tell: (verdict: VerdictRecord) => string): void {
  if (verdicts.length === 0) return;
  const { lines, paint, full } = page;
  const shown = full ? Number.POSITIVE_INFINITY : 12;
  lines.push('', paint.bold(`${title} (${verdicts.length})`));
  const tellings = new Map<string, VerdictRecord[]>();
  for (const verdict of verdicts) tellings.set(tell(verdict), [...(tellings.get(tell(verdict)) ?? []), verdict]);
  for (const [telling, same] of tellings) {
    lines.push(...wrapped(page, '  ', visible(telling)));
    for (const verdict of same.slice(0, shown)) lines.push(paint.dim(`    ${verdict.check}${verdict.level === 'MUST' ? '' : ` (${verdict.level})`}`));
    if (same.length > shown) lines.push(paint.dim(`    and ${same.length - shown} more`));
  }
}

/** What fuzzing found; in full, the octets of each case too. */
function findings(page: Page, { findings: found }: RunRecord): void {
  if (found.length === 0) return;
  const { lines, paint, full } = page;
  lines.push('', paint.bold(paint.red(`Fuzz findings (${found.length})`)));
  for (const finding of found) {
    lines.push('', `  ${paint.red('✗')} ${paint.bold(finding.severity)}  ${visible(finding.title)}`);
    for (const [name, value] of findingFacts(finding)) lines.push(...wrapped(page, `      ${paint.dim(name.padEnd(9))} `, value, 16));
    lines.push(`      ${paint.dim('replay   ')} ${visible(finding.replay)}`);
    if (full)
      lines.push(
        ...finding.text
          .replace(/\n$/, '')
          .split('\n')
          .map(line => `      ${visible(line)}`.trimEnd()),
      );
  }
}

/** What a campaign tried; in full, each departure. */
function fuzzed(page: Page, { fuzz }: RunRecord): void {
  if (fuzz === undefined) return;
  const { lines, paint, full } = page;
  lines.push('', ...wrapped(page, `${paint.bold('Fuzzed:')} `, fuzzWords(fuzz), 8));
  if (full) lines.push(...coverageLines(fuzz).map(line => `  ${line}`));
}

/** What went wrong with messages through outages; in full, every account. */
function durability({ lines, paint, full }: Page, record: RunRecord): void {
  const accounts = accountsOf(record);
  if (accounts.length === 0) return;
  const wrong = accounts.filter(account => wrongOf(account) > 0);
  lines.push('', paint.bold(`Durability: ${plural(accounts.length, 'account')} of messages, ${accounts.length - wrong.length} of them even`));
  for (const account of full ? accounts : wrong) {
    const told = counts.map(count => `${count} ${account[count]}`).join(', ');
    lines.push(`  ${visible(account.scenario)} (${outageWords[account.outage]}): ${told}`);
  }
}

/** Pairs of clients: the matrix, and what did not pass. */
function interop(page: Page, { interop: shown }: RunRecord): void {
  if (shown === undefined) return;
  const { lines, paint, full } = page;
  lines.push('', paint.bold(`Pairs of clients: ${interopWords(shown)}`));
  lines.push(...matrixLines(shown).map(line => `  ${line}`));
  const wanted: readonly InteropGroup[] = full ? resultGroups : ['surprise', 'stale', 'advisory', 'declared', 'client', 'observed'];
  for (const told of toldOf(shown, wanted)) {
    const mark = told.group === 'surprise' ? paint.red('✗') : told.group === 'stale' ? paint.yellow('!') : paint.dim('-');
    lines.push(`  ${mark} ${paint.bold(told.case)}  ${groupWords[told.group]}`);
    const more = [told.message, reasonsOf(told)].filter(part => part !== undefined && part !== '');
    lines.push(...more.flatMap(part => wrapped(page, '      ', visible(String(part)))), ...wrapped(page, '      ', paint.dim(told.pairs.join(', ')), 6));
  }
}

function measurements({ lines, paint }: Page, record: RunRecord): void {
  const taken = figuresOf(record);
  if (taken.length === 0) return;
  lines.push('', paint.bold('Measured, not judged'));
  tables(lines, taken);
  for (const { name, value, unit, note } of taken.filter(({ cell }) => cell === undefined)) {
    lines.push(
      `  ${visible(name)}: ${visible(String(value))}${unit === undefined ? '' : ` ${unit}`}${note === undefined ? '' : paint.dim(` (${visible(note)})`)}`,
    );
  }
}

/** One line for each row of a table: `Field types on their way, V: get the same, deliver the same`. */
function tables(lines: string[], taken: RunRecord['measurements']): void {
  const rows = new Map<string, string[]>();
  for (const { cell, value } of taken) {
    if (cell === undefined) continue;
    const name = `${cell.table}, ${cell.row}`;
    rows.set(name, [...(rows.get(name) ?? []), `${cell.column} ${value}`]);
  }
  for (const [name, cells] of rows) lines.push(`  ${visible(name)}: ${visible(cells.join(', '))}`);
}

function summary({ lines, paint }: Page, record: RunRecord): void {
  const { summary: sum, exit, hints } = record;
  const counts = [
    `${sum.pass} passed`,
    `${sum.fail} failed${sum.declared === 0 ? '' : `, ${sum.declared} of them as declared`}`,
    ...(sum.inconclusive === 0 ? [] : [`${sum.inconclusive} inconclusive`]),
    ...(sum.unsupported === 0 ? [] : [`${sum.unsupported} unsupported`]),
    ...(sum.notApplicable === 0 ? [] : [`${sum.notApplicable} not applicable`]),
    ...(sum.notRun === 0 ? [] : [`${sum.notRun} not run`]),
  ];
  lines.push(
    '',
    ...(sum.checks === 0 && (record.interop ?? record.fuzz) !== undefined ? [] : [`${paint.bold(plural(sum.checks, 'check'))}: ${counts.join(', ')}`]),
  );
  for (const level of levels) {
    const count = sum.rules[level];
    if (count.total === 0) continue;
    const unshowable = count.unshowable === 0 ? '' : paint.dim(`, ${count.unshowable} of them beyond what a run can show`);
    lines.push(`${plural(count.total, `${level.toUpperCase()} rule`)}: ${count.pass} kept, ${count.fail} broken, ${count.untested} not tested${unshowable}`);
  }
  for (const { says, option } of hints.map(hintWords)) lines.push(`${says}: run again with ${option}`);
  const tint = exit.status === 0 ? paint.green : exit.status === 1 ? paint.red : paint.yellow;
  lines.push(paint.bold(tint(headline(record))), paint.dim(`exit status ${exit.status}: ${exit.reason}`));
}

/** Text behind a prefix, wrapped at the page's width and aligned under its first letter. `indent`: the prefix's width on the screen. */
function wrapped({ width }: Page, prefix: string, text: string, indent = prefix.length): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent + line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each, index) => (index === 0 ? prefix : ' '.repeat(indent)) + each);
}
