import { answerWords, sourceWords } from '../../reports/words.ts';
import { allChecks, fileOf } from '../../suites/checks.ts';
import type { Check } from '../check/check.ts';
import { chaosFaults, faultsOf, violationFaults } from '../saboteur/faults.ts';
import { silentPlaces10, silentSections10 } from '../spec/amqp10/silent.ts';
import { type Scenario, scenarios } from '../spec/amqp091/scenarios.ts';
import { silentErrata, silentSections, silentXml } from '../spec/amqp091/silent.ts';
import { type RuleId, rules } from '../spec/catalogue.ts';
import { type DutyEntry, duties, findDuty } from '../spec/ledger.ts';
import type { Answer } from '../spec/rule.ts';
import { exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { rulesAt } from './ledger.ts';
import { didYouMean } from './nearest.ts';
import { pairItems, pairLines } from './pairs-known.ts';
import { type Colors, type SharedOptions, terminal } from './terminal.ts';

/** A fact with its name, as one line of an explanation. */
type Line = readonly [name: string, text: string];

function answerText(answer: Answer): string {
  return answer.reading === 'text' ? answerWords(answer) : `${answerWords(answer)} (by ${answer.reading})`;
}

function dutyLines({ id, rule, duty }: DutyEntry): readonly Line[] {
  const lines: Line[] = [
    ['duty', id],
    ['rule', rule.statement],
    ['stands in', `${rule.section} (${rule.source.map(sourceWords).join('; ')})`],
    ['level', duty.level],
    ['shown', duty.shown === 'untestable' ? `not at all: ${duty.reason}` : duty.shown],
  ];
  if (rule.capability !== undefined) lines.push(['binds', `servers that advertise ${rule.capability}`]);
  if (duty.answers !== undefined) lines.push(['legal answers', duty.answers.map(answerText).join(', or ')]);
  for (const check of allChecks.filter(each => each.duties.includes(id))) lines.push(['check', `${check.id}  (${fileOf(check.id)})`]);
  for (const { id: fault, fault: row } of faultsOf(id)) lines.push(['fault', `${fault}  ${row.does}`]);
  return lines;
}

function checkLines(check: Check): readonly Line[] {
  const lines: Line[] = [
    ['check', check.id],
    ['title', check.title],
    ['file', fileOf(check.id)],
    ['runs', check.isolation === 'shared' ? 'beside others' : check.isolation === 'exclusive' ? 'alone' : 'last and alone'],
    ['replay', `amqpspec replay ${check.id} URL`],
  ];
  if (check.capabilities !== undefined) lines.push(['needs', check.capabilities.join(', ')]);
  return [...lines, ...check.duties.flatMap(duty => [['', ''] as const, ...dutyLines(dutyEntry(duty))])];
}

function dutyEntry(id: string): DutyEntry {
  const entry = findDuty(id);
  if (entry === undefined) throw new Error(`check owns unknown duty ${id}`);
  return entry;
}

function faultLines(id: string): readonly Line[] | undefined {
  const found = [...violationFaults(), ...chaosFaults()].find(each => each.id === id);
  if (found === undefined) return undefined;
  return [
    ['fault', found.id],
    ['does', found.fault.does],
    ['may break', found.fault.area.join(', ')],
    ['try it', `amqpspec serve --fault ${found.id}`],
  ];
}

/** Everything known of a check, rule, duty, fault, client, case of pairs of clients, or place of the standard; undefined for an unknown one. */
export function explain(id: string): readonly Line[] | undefined {
  const check = allChecks.find(each => each.id === id || each.aliases?.includes(id));
  if (check !== undefined) return checkLines(check);
  const duty = findDuty(id);
  if (duty !== undefined) return dutyLines(duty);
  if (id in rules) return ruleLines(id as RuleId);
  return faultLines(id) ?? pairLines(id) ?? placeLines(id);
}

function ruleLines(id: RuleId): readonly Line[] {
  return duties.filter(each => each.ruleId === id).flatMap((each, index) => [...(index > 0 ? [['', ''] as const] : []), ...dutyLines(each)]);
}

/** What stands at a place of the standard; undefined where nothing does. */
function placeLines(place: string): readonly Line[] | undefined {
  const scenario = (scenarios as Readonly<Record<string, Scenario | undefined>>)[place];
  const own = silentSections[place] ?? silentXml[place] ?? silentSections10[place] ?? silentPlaces10[place];
  const silence = own ?? (/^errata (item )?\d+$/.test(place) ? silentErrata[Number(/\d+$/.exec(place)?.[0])] : undefined);
  const found = rulesAt(place);
  if (found.length === 0 && scenario === undefined && silence === undefined) return undefined;
  const lines: Line[] = [['place', place]];
  if (silence !== undefined) lines.push(['no rule', silence]);
  if (scenario !== undefined) lines.push(['scenario', 'checks' in scenario ? `played by ${scenario.checks.join(', ')}` : `not played: ${scenario.reason}`]);
  return [...lines, ...found.flatMap(id => [['', ''] as const, ...ruleLines(id)])];
}

function print(lines: readonly Line[], colors: Colors, say: (text: string) => void): void {
  for (const [name, text] of lines) say(name === '' ? '' : `${colors.dim(name.padEnd(14))} ${text}`);
}

/** `amqpspec explain ID`. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const given = options as SharedOptions;
  const screen = await terminal(given);
  const id = String(words[0]);
  const lines = explain(id);
  if (lines === undefined) {
    const known = [
      ...allChecks.map(each => each.id),
      ...Object.keys(rules),
      ...violationFaults().map(each => each.id),
      ...chaosFaults().map(each => each.id),
      ...pairItems().map(each => each.id),
    ];
    throw usage(`There is no check, rule or fault ${id}.${didYouMean(id, known)} amqpspec list shows what exists.`);
  }
  print(lines, screen.colors, screen.say);
  screen.result(lines.filter(([name]) => name !== '').map(([name, text]) => ({ [name]: text })));
  return exitStatus.asDeclared;
}
