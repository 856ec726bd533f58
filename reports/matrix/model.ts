import type { RunRecord } from '../../harness/check/record.ts';
import type { Level } from '../../harness/spec/rule.ts';
import { areasOf, productOf, ruleIndex } from '../summarize.ts';
import { type Leaving, leaving } from './leaving.ts';
import { type PairMatrix, pairMatrixOf } from './pairs.ts';

/** A run, and where its own report is, relative to what is rendered. */
export interface Column {
  readonly record: RunRecord;
  readonly report?: string;
}

/** A column with its name, which no other column has. */
export interface Broker extends Column {
  readonly name: string;
}

/** Verdicts of one broker in one area. */
export interface AreaCount {
  readonly checks: number;
  readonly pass: number;
  /** Failures by the level of what they break. */
  readonly must: number;
  readonly should: number;
  readonly unsupported: number;
  /** Inconclusive, not applicable, not run. */
  readonly unjudged: number;
}

export type RuleStanding = 'kept' | 'broken' | 'broken-should' | 'unsupported' | 'untested';

export interface RuleRow {
  readonly id: string;
  readonly section: string;
  readonly statement: string;
  readonly level: Level;
  /** One for each broker. */
  readonly standings: readonly RuleStanding[];
}

/** Several runs side by side. */
export interface Matrix {
  readonly brokers: readonly Broker[];
  readonly areas: readonly { readonly area: string; readonly counts: readonly AreaCount[] }[];
  readonly rules: readonly RuleRow[];
  /** From each broker to each that comes after it. */
  readonly leavings: readonly Leaving[];
  /** Where at least one run has pairs of real clients. */
  readonly pairs?: PairMatrix;
}

function named(columns: readonly Column[]): readonly Broker[] {
  const names = columns.map(({ record }) => productOf(record));
  return columns.map((column, at) => {
    const name = names[at] ?? '';
    const twins = names.filter(each => each === name).length;
    return { ...column, name: twins === 1 ? name : `${name} (${names.slice(0, at + 1).filter(each => each === name).length})` };
  });
}

function countsOf({ verdicts }: RunRecord, area: string): AreaCount {
  const own = verdicts.filter(({ check }) => check.startsWith(`${area}/`));
  const count = (test: (verdict: (typeof own)[number]) => boolean) => own.filter(test).length;
  const [pass, must, failed, unsupported] = [
    count(({ outcome }) => outcome === 'pass'),
    count(({ outcome, level }) => outcome === 'fail' && level === 'MUST'),
    count(({ outcome }) => outcome === 'fail'),
    count(({ outcome }) => outcome === 'unsupported'),
  ];
  return { checks: own.length, pass, must, should: failed - must, unsupported, unjudged: own.length - pass - failed - unsupported };
}

/** Rules of which at least one run says something. */
function rulesOf(brokers: readonly Broker[]): readonly RuleRow[] {
  const facts = brokers.map(({ record }) => {
    const broken = new Map<string, Level[]>();
    for (const { outcome, rule, level } of record.verdicts) if (outcome === 'fail') broken.set(rule, [...(broken.get(rule) ?? []), level]);
    const lacking = new Set(record.verdicts.filter(({ outcome }) => outcome === 'unsupported').map(({ check }) => check));
    return { index: ruleIndex(record), broken, lacking };
  });
  const rules = new Map(brokers.flatMap(({ record }) => record.rules.map(rule => [rule.id, rule] as const)));
  return [...rules.values()].flatMap(({ id, section, statement, level }) => {
    const standings = facts.map(({ index, broken, lacking }): RuleStanding => {
      const rule = index.get(id);
      if (rule?.verdict === 'fail') return broken.get(id)?.includes('MUST') === false ? 'broken-should' : 'broken';
      if (rule?.verdict === 'pass') return 'kept';
      return rule?.checks.some(check => lacking.has(check)) === true ? 'unsupported' : 'untested';
    });
    return standings.every(standing => standing === 'untested') ? [] : [{ id, section, statement, level, standings }];
  });
}

/** Holds several runs against each other. */
export function matrixOf(columns: readonly Column[]): Matrix {
  const brokers = named(columns);
  const pairs = pairMatrixOf(brokers.map(({ record }) => record));
  const areas = [...new Set(brokers.flatMap(({ record }) => areasOf(record.verdicts)))].sort();
  return {
    brokers,
    areas: areas.map(area => ({ area, counts: brokers.map(({ record }) => countsOf(record, area)) })),
    rules: rulesOf(brokers),
    leavings: brokers.flatMap((from, at) => brokers.slice(at + 1).map(to => leaving(from, to))),
    ...(pairs !== undefined && { pairs }),
  };
}
