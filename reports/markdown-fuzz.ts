import type { Finding, RunRecord } from '../harness/check/record.ts';
import { coverageLines, findingFacts, fuzzWords } from './fuzz.ts';
import { code, fence, list, literal, within } from './markup.ts';

/** Findings are told with their octets up to so many characters, fewer beside checks, then by name. */
const findingsRoom = { alone: 24_000, besideChecks: 4_000 };
const coverageRoom = 4_000;

/** What fuzzing found and tried, for a pull request. */
export function fuzzParts({ findings, fuzz, verdicts }: RunRecord): readonly string[] {
  const told = within(findings.map(one), findingsRoom[verdicts.length === 0 ? 'alone' : 'besideChecks']);
  const rest = findings.slice(told.length).map(({ severity, title, replay }) => `- ${code(severity)} ${literal(title)}: ${code(replay)}`);
  return [
    ...(findings.length === 0 ? [] : [`### Fuzz findings (${findings.length})`, ...told, ...(rest.length === 0 ? [] : [list(rest)])]),
    ...(fuzz === undefined ? [] : [`Fuzzed: ${literal(fuzzWords(fuzz))}.`]),
    ...(fuzz === undefined || fuzz.coverage.length === 0 ? [] : [folded('What was tried', within(coverageLines(fuzz), coverageRoom).join('\n'))]),
  ];
}

function one(finding: Finding): string {
  const { severity, title, replay, text } = finding;
  const facts = findingFacts(finding).map(([name, value]) => `- ${name}: ${code(value)}`);
  return [`**${literal(severity)}** ${literal(title)}`, facts.join('\n'), folded('The case', text.trimEnd()), `Replay: ${code(replay)}`].join('\n\n');
}

const folded = (summary: string, text: string): string => `<details><summary>${summary}</summary>\n\n${fence(text)}\n\n</details>`;
