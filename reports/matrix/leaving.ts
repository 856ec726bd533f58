import type { RunRecord } from '../../harness/check/record.ts';
import type { DeclarationRecord } from '../../harness/check/record-declarations.ts';
import type { VerdictRecord } from '../../harness/check/record-verdicts.ts';
import type { Level } from '../../harness/spec/rule.ts';
import { type Change, compareRecords, isAnswer, withoutNames } from '../compare.ts';
import { declarationOf, placeOf, ruleIndex } from '../summarize.ts';
import { reasonWords, visible } from '../words.ts';
import type { Broker } from './model.ts';

/** Behaviours that differ in the same way and for the same reason. */
export interface Difference {
  /** What it is about, in one sentence. */
  readonly heading: string;
  readonly areas: readonly string[];
  readonly level: Level;
  /** What each broker does. */
  readonly from: string;
  readonly to: string;
  /** A public document that says so. */
  readonly source?: string;
  readonly checks: readonly { readonly check: string; readonly title: string }[];
}

/** Differences of one gravity. */
export interface Chapter {
  readonly id: 'breaks' | 'missing' | 'mistakes' | 'should' | 'otherwise' | 'better';
  readonly title: string;
  readonly lead: string;
  readonly differences: readonly Difference[];
}

/** What changes for who leaves one broker for another. */
export interface Leaving {
  readonly from: string;
  readonly to: string;
  readonly chapters: readonly Chapter[];
  readonly same: number;
  /** Checks that one of the two runs alone has judged, or left to chance: nothing can be said of them. */
  readonly unknown: readonly string[];
}

interface Sides {
  readonly from: Broker;
  readonly to: Broker;
}

type ChapterId = Chapter['id'];

const titles: Readonly<Record<ChapterId, (sides: Sides) => readonly [title: string, lead: string]>> = {
  breaks: ({ from, to }) => [
    `What ${to.name} does wrong`,
    `Well-behaved applications may rely on these on ${from.name}; ${to.name} does not do what the standard demands.`,
  ],
  missing: ({ to }) => [`Features that ${to.name} lacks`, 'Optional in the standard, or extensions. Applications that use them have to do without.'],
  mistakes: ({ to }) => [
    `Mistakes of clients that ${to.name} answers otherwise than the standard demands`,
    'Felt where an application breaks a rule, or expects to be refused: error handlers, topology checks, tests.',
  ],
  should: () => ['Recommendations no longer followed', 'The standard says SHOULD.'],
  otherwise: () => ['Other reactions', 'Both as the standard allows, or both not: only applications that look closely notice.'],
  better: ({ from, to }) => [`What ${to.name} does better`, `Wrong or missing on ${from.name}; work-arounds may go.`],
};

const order = Object.keys(titles) as readonly ChapterId[];

/** An answer to a client's mistake, rather than something that the broker owes to everybody. */
function isMistake(record: RunRecord, { rule, duties }: VerdictRecord): boolean {
  const own =
    ruleIndex(record)
      .get(rule)
      ?.duties.filter(duty => duties.includes(duty.id)) ?? [];
  return own.length > 0 ? own.every(({ kind }) => kind === 'enforce') : duties.every(duty => duty.endsWith(':enforce'));
}

function chapterOf(record: RunRecord, { kind, before, after }: Change): ChapterId {
  if (kind === 'lost') return 'missing';
  if (kind === 'other-reaction') return 'otherwise';
  if (kind !== 'newly-failing') return 'better';
  if (after.level !== 'MUST') return 'should';
  return isMistake(record, after) && isMistake(record, { ...before, rule: after.rule }) ? 'mistakes' : 'breaks';
}

/** `publisher confirms` for a check that is not supported because the capability is not advertised. */
function lackedCapability({ outcome, reason = '' }: VerdictRecord): string | undefined {
  if (outcome !== 'unsupported') return undefined;
  const first = /^The peer does not advertise (\S+?)(?: and .*)?\.$/.exec(reason)?.[1];
  return first?.replaceAll('_', ' ');
}

/** The request that is refused for its arguments, and with what. */
function refusedArguments({ outcome, reason = '' }: VerdictRecord): readonly [request: string, names: string, code: string] | undefined {
  const found = outcome === 'unsupported' ? /^The peer answers (\S+) with ([\w, -]+) with (\d{3})/.exec(reason) : null;
  return found?.[1] === undefined || found[2] === undefined || found[3] === undefined ? undefined : [found[1], found[2], found[3]];
}

/** What a broker did, without what only this check of this run has to do with. */
function says(verdict: VerdictRecord): string {
  const { outcome, message, reaction } = verdict;
  if (outcome === 'pass') return !isAnswer(verdict) ? 'as the standard demands' : `as the standard demands: ${visible(reaction)}`;
  if (outcome === 'fail') return visible(withoutNames(message ?? reaction).replaceAll("'NAME'", 'NAME'));
  return visible(withoutNames(reasonWords(verdict)));
}

/** Both passed: what was seen is all there is to tell. */
const saw = ({ outcome, reaction, message }: VerdictRecord) => visible(withoutNames(outcome === 'pass' ? reaction : (message ?? reaction)));

/** The side on which something is amiss, and what was declared of it there. */
function amiss({ from, to }: Sides, { kind, before, after }: Change): { readonly verdict: VerdictRecord; readonly declared: DeclarationRecord | undefined } {
  const [verdict, { record }] = kind === 'gained' || kind === 'newly-passing' ? [before, from] : [after, to];
  return { verdict, declared: kind === 'other-reaction' && verdict.outcome === 'pass' ? undefined : declarationOf(record, verdict.check) };
}

interface Told {
  readonly chapter: ChapterId;
  /** Changes with the same key are one difference. */
  readonly key: string;
  readonly change: Change;
}

function tell(sides: Sides, change: Change): Told {
  const { verdict, declared } = amiss(sides, change);
  const chapter = chapterOf(sides.to.record, change);
  const capability = lackedCapability(verdict);
  const { area } = placeOf(verdict.check);
  if (capability !== undefined) return { chapter, key: `capability ${capability}`, change };
  const [argument] = refusedArguments(verdict)?.[1].split(', ') ?? [];
  if (argument !== undefined) return { chapter, key: `argument ${argument}`, change };
  if (verdict.outcome === 'unsupported') return { chapter, key: `unsupported ${area} ${says(verdict)}`, change };
  if (declared !== undefined) return { chapter, key: `declared ${declared.reason} ${verdict.level}`, change };
  return { chapter, key: `${area} ${verdict.rule} ${verdict.level} ${saw(change.before)} ${saw(change.after)}`, change };
}

const distinct = (texts: readonly string[]) => [...new Set(texts)];

/** How far a broker has a feature that the other lacks, or that it lacks itself. */
function has(verdicts: readonly VerdictRecord[]): string {
  if (verdicts.every(({ outcome }) => outcome === 'unsupported')) {
    const refusals = distinct(verdicts.flatMap(each => refusedArguments(each) ?? []).filter(text => /^\d/.test(text)));
    return refusals.length === 0 ? 'does not have it' : `refuses it with ${refusals.join(' or ')}`;
  }
  const passed = verdicts.filter(({ outcome }) => outcome === 'pass').length;
  return passed === verdicts.length ? 'has it' : `has it; ${passed} of ${verdicts.length} checks of it pass`;
}

/** The first of some texts, and how many others there are. */
function several(texts: readonly string[]): string {
  const [first = '', ...others] = distinct(texts);
  return others.length === 0 ? first : `${first} (and ${others.length} more like it)`;
}

function headingOf({ from, to }: Sides, changes: readonly [Change, ...Change[]]): string {
  const { verdict, declared } = amiss({ from, to }, changes[0]);
  const capability = lackedCapability(verdict);
  if (capability !== undefined) return `${capability[0]?.toUpperCase()}${capability.slice(1)}`;
  const [argument] = refusedArguments(verdict)?.[1].split(', ') ?? [];
  if (argument !== undefined) return argument.startsWith('amqpspec-') ? 'Arguments that the broker does not know' : `The argument ${argument}`;
  if (verdict.outcome === 'unsupported') return reasonWords(verdict);
  if (declared !== undefined) return declared.reason;
  if (changes.length === 1) return changes[0].after.title;
  return ruleIndex(to.record).get(verdict.rule)?.statement ?? changes[0].after.title;
}

function differenceOf(sides: Sides, changes: readonly [Change, ...Change[]]): Difference {
  const { declared, verdict } = amiss(sides, changes[0]);
  const both = changes[0].kind === 'other-reaction' && changes[0].before.outcome === 'pass';
  const side = (verdicts: readonly VerdictRecord[]) => (verdict.outcome === 'unsupported' ? has(verdicts) : several(verdicts.map(both ? saw : says)));
  const source = declared?.source;
  return {
    heading: visible(headingOf(sides, changes)),
    areas: distinct(changes.map(({ after }) => placeOf(after.check).area)),
    level: verdict.level,
    from: side(changes.map(({ before }) => before)),
    to: side(changes.map(({ after }) => after)),
    ...(source !== undefined && { source }),
    checks: changes.map(({ after }) => ({ check: after.check, title: after.title })),
  };
}

/** What differs for who leaves `from` for `to`, the gravest first; within one gravity what concerns most comes first. */
export function leaving(from: Broker, to: Broker): Leaving {
  const sides = { from, to };
  const { changes, byChance, unjudged, gone, added, same } = compareRecords(from.record, to.record);
  const groups = new Map<string, { readonly chapter: ChapterId; readonly changes: [Change, ...Change[]] }>();
  const told = changes.map(change => tell(sides, change));
  // What is done wrong for one reason is told once, where most of it belongs.
  const weight = (key: string) =>
    told.filter(each => each.key === key).reduce((sum, each) => sum + (each.chapter === 'mistakes' ? 1 : each.chapter === 'breaks' ? -1 : 0), 0);
  for (const { chapter: own, key, change } of told) {
    const chapter = own === 'mistakes' || own === 'breaks' ? (weight(key) > 0 ? 'mistakes' : 'breaks') : own;
    const found = groups.get(`${chapter} ${key}`);
    if (found === undefined) groups.set(`${chapter} ${key}`, { chapter, changes: [change] });
    else found.changes.push(change);
  }
  const chapters = order.flatMap((id): readonly Chapter[] => {
    const differences = [...groups.values()].filter(({ chapter }) => chapter === id).map(group => differenceOf(sides, group.changes));
    const [title, lead] = titles[id](sides);
    const byArea = differences.sort((one, other) => other.checks.length - one.checks.length || ((one.areas[0] ?? '') < (other.areas[0] ?? '') ? -1 : 1));
    return byArea.length === 0 ? [] : [{ id, title, lead, differences: byArea }];
  });
  const unknown = [...byChance, ...unjudged.map(({ after }) => after), ...gone, ...added].map(({ check }) => check);
  return { from: from.name, to: to.name, chapters, same, unknown };
}
