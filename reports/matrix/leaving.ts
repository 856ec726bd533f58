import type { DeclarationRecord } from '../../harness/check/record-declarations.ts';
import type { VerdictRecord } from '../../harness/check/record-verdicts.ts';
import type { Level } from '../../harness/spec/rule.ts';
import { type Change, compareRecords, isAnswer, withoutNames } from '../compare.ts';
import { declarationOf, placeOf, ruleIndex } from '../summarize.ts';
import { visible } from '../words.ts';
import { type ChapterId, chapterIds, chapterOf, chapterWords, folded, sharedChapter } from './chapters.ts';
import { lackOf } from './features.ts';
import type { Broker } from './model.ts';
import { answerOf, subjectOf } from './phrases.ts';

/** Behaviours that differ in the same way and for the same reason. */
export interface Difference {
  /** What it is about, in one sentence. */
  readonly heading: string;
  /** What that means to an application, where more can be said than the heading does. */
  readonly means?: string;
  readonly areas: readonly string[];
  /** The highest of its checks. */
  readonly level: Level;
  /** What each broker does; left out where that is what the standard demands, and no more is to be seen. */
  readonly from?: string;
  readonly to?: string;
  /** A public document that says so. */
  readonly source?: string;
  readonly checks: readonly { readonly check: string; readonly title: string }[];
}

/** Differences of one gravity. */
export interface Chapter {
  readonly id: ChapterId;
  readonly title: string;
  readonly lead: string;
  /** Read by few: shown folded, in a line each. */
  readonly folded: boolean;
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

type Changes = readonly [Change, ...Change[]];

/** The side on which something is amiss, and what was declared of it there. */
function amiss({ from, to }: Sides, { kind, before, after }: Change) {
  const [verdict, broker] = kind === 'gained' || kind === 'newly-passing' ? [before, from] : [after, to];
  const declared: DeclarationRecord | undefined =
    kind === 'other-reaction' && verdict.outcome === 'pass' ? undefined : declarationOf(broker.record, verdict.check);
  return { verdict, declared, broker, lack: lackOf(verdict, placeOf(verdict.check).area) };
}

/** Changes with the same key are one difference. */
function keyOf(sides: Sides, change: Change): string {
  const { verdict, declared, lack } = amiss(sides, change);
  const family = { 'newly-failing': 'worse', lost: 'missing', 'other-reaction': 'otherwise', gained: 'better', 'newly-passing': 'better' }[change.kind];
  if (lack !== undefined) return `${family} ${lack.key}`;
  if (declared !== undefined) return `${family} ${declared.reason}`;
  return [family, placeOf(verdict.check).area, verdict.rule, verdict.level, ...[change.before, change.after].map(answerOf)].join(' ');
}

const distinct = (texts: readonly string[]) => [...new Set(texts)];

/** The first of some texts, and how many others there are. */
function several(texts: readonly (string | undefined)[]): string | undefined {
  const [first, ...others] = distinct(texts.filter(text => text !== undefined));
  return others.length === 0 ? first : `${first}; and ${others.length} more like it`;
}

/** How far a broker has a feature that the other lacks, or how it shows that it lacks it. */
function standing(verdicts: readonly VerdictRecord[]): string | undefined {
  const lacks = verdicts.flatMap(each => lackOf(each, placeOf(each.check).area) ?? []);
  if (lacks.length === verdicts.length) return several(lacks.map(({ shown }) => shown));
  const passed = verdicts.filter(({ outcome }) => outcome === 'pass').length;
  return passed === verdicts.length ? 'has it' : `has it; ${passed} of ${verdicts.length} checks of it pass`;
}

function headingOf(sides: Sides, changes: Changes): string {
  const { verdict, declared, broker, lack } = amiss(sides, changes[0]);
  if (lack?.heading !== undefined) return lack.heading;
  if (declared !== undefined && lack === undefined) return changes[0].kind === 'newly-failing' ? declared.reason : subjectOf(broker.name, declared.reason);
  if (changes.length === 1) return changes[0].after.title;
  return ruleIndex(sides.to.record).get(verdict.rule)?.statement ?? changes[0].after.title;
}

/** What was seen of each; a verdict that passed on its way to another says nothing more than that. */
function seen(verdict: VerdictRecord, kind: Change['kind']): string | undefined {
  const quiet = verdict.outcome === 'pass' && kind !== 'other-reaction' && !isAnswer(verdict);
  return quiet ? undefined : (lackOf(verdict, placeOf(verdict.check).area)?.shown ?? answerOf(verdict));
}

const levels: readonly Level[] = ['MUST', 'SHOULD', 'MAY'];

function differenceOf(sides: Sides, changes: Changes): Difference {
  const { declared, lack } = amiss(sides, changes[0]);
  const [befores, afters] = [changes.map(({ before }) => before), changes.map(({ after }) => after)];
  const side = (verdicts: readonly VerdictRecord[]) => (lack === undefined ? several(verdicts.map(each => seen(each, changes[0].kind))) : standing(verdicts));
  const [from, to] = [side(befores), side(afters)];
  const found = changes.map(change => amiss(sides, change).verdict.level);
  return {
    heading: visible(withoutNames(headingOf(sides, changes))),
    ...(lack?.means !== undefined && { means: lack.means }),
    areas: distinct(afters.map(({ check }) => placeOf(check).area)),
    level: levels.find(level => found.includes(level)) ?? 'MAY',
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(declared?.source !== undefined && lack === undefined && { source: declared.source }),
    checks: afters.map(({ check, title }) => ({ check, title })),
  };
}

function byWeight(one: Difference, other: Difference): number {
  const [first, second] = [one, other].map(({ level }) => levels.indexOf(level));
  return (first ?? 0) - (second ?? 0) || other.checks.length - one.checks.length || ((one.areas[0] ?? '') < (other.areas[0] ?? '') ? -1 : 1);
}

/** What differs for who leaves `from` for `to`, the gravest first; within one gravity what was seen in most checks comes first. */
export function leaving(from: Broker, to: Broker): Leaving {
  const sides = { from, to };
  const { changes, byChance, unjudged, gone, added, same } = compareRecords(from.record, to.record);
  const groups = new Map<string, [Change, ...Change[]]>();
  for (const change of changes) {
    const key = keyOf(sides, change);
    const found = groups.get(key);
    if (found === undefined) groups.set(key, [change]);
    else found.push(change);
  }
  // What has one reason is told once, whatever its checks are about.
  const told = [...groups.values()].map(group => ({
    chapter: sharedChapter(group.map(change => chapterOf(to.record, change))),
    difference: differenceOf(sides, group),
  }));
  const chapters = chapterIds.flatMap((id): readonly Chapter[] => {
    const differences = told.flatMap(({ chapter, difference }) => (chapter === id ? [difference] : []));
    const [title, lead] = chapterWords[id]({ from: from.name, to: to.name });
    return differences.length === 0 ? [] : [{ id, title, lead, folded: folded.has(id), differences: differences.sort(byWeight) }];
  });
  const unknown = [...byChance, ...unjudged.map(({ after }) => after), ...gone, ...added].map(({ check }) => check);
  return { from: from.name, to: to.name, chapters, same, unknown };
}
