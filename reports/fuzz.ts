import type { Finding, FuzzRecord, RunRecord } from '../harness/check/record.ts';
import { plural, visible } from './words.ts';

/** Thousands apart, so that large counts can be read. */
export const grouped = (count: number): string => String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ' ');

const inputsOf = ({ subject, inputs }: FuzzRecord): string => `${grouped(inputs)} ${subject === 'parser' ? 'input' : 'conversation'}${inputs === 1 ? '' : 's'}`;

/** What fuzzing came to in one sentence that claims no more than was seen. */
export function fuzzHeadline({ fuzz, findings }: RunRecord): string | undefined {
  if (fuzz === undefined) return undefined;
  const replayed = fuzz.replayed.cases === 0 ? '' : ` and ${plural(fuzz.replayed.cases, 'saved case')}`;
  const over = `${inputsOf(fuzz)}${replayed}`;
  return findings.length === 0 ? `No mistake found by ${over}.` : `${plural(findings.length, 'mistake')} found by ${over}.`;
}

/** How far a campaign came, in a line: speed, and what of all there is was tried. */
export function fuzzWords({ coverage, departures, states, inputsPerSecond, replayed }: FuzzRecord): string {
  const tried = new Set(coverage.map(({ departure }) => departure));
  const seen = new Set(coverage.map(({ state }) => state));
  const [allDepartures, allStates] = [new Set([...departures, ...tried]).size, new Set([...states, ...seen]).size];
  const parts = [
    `${grouped(inputsPerSecond)} a second`,
    ...(departures.length === 0 ? [] : [`${tried.size} of ${plural(allDepartures, 'departure')} tried`]),
    ...(states.length === 0 ? [] : [`in ${seen.size} of ${plural(allStates, 'state')}`]),
    ...(replayed.failing === 0 ? [] : [`${replayed.failing} of ${plural(replayed.cases, 'saved case')} still shows a mistake`]),
  ];
  return parts.join(', ');
}

/** What is known of a finding besides its title: names and values for people. */
export function findingFacts({ rule, departure, state, reaction, seed, index }: Finding): readonly (readonly [string, string])[] {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['rule', rule],
    ['departure', departure],
    ['in state', state],
    ['came back', reaction],
    ['input', `${index} of seed ${seed}`],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, visible(value)] as const]));
}

/** State × departure: every row and column that a campaign can draw, those not tried with nothing in them. */
export interface CoverageTable {
  readonly states: readonly string[];
  readonly rows: readonly { readonly departure: string; readonly counts: readonly number[]; readonly total: number }[];
}

export function coverageTable({ states, departures, coverage }: FuzzRecord): CoverageTable {
  const columns = [...new Set([...states, ...coverage.map(({ state }) => state)])];
  const names = [...new Set([...departures, ...coverage.map(({ departure }) => departure)])];
  const counted = new Map<string, Map<string, number>>();
  for (const { state, departure, count } of coverage) counted.set(departure, (counted.get(departure) ?? new Map<string, number>()).set(state, count));
  const rows = names.map(departure => {
    const counts = columns.map(state => counted.get(departure)?.get(state) ?? 0);
    return { departure, counts, total: counts.reduce((sum, count) => sum + count, 0) };
  });
  return { states: columns, rows };
}

/** The table in lines: each departure, how often it was tried, and in how many states. */
export function coverageLines(fuzz: FuzzRecord): readonly string[] {
  const { states, rows } = coverageTable(fuzz);
  const width = Math.max(0, ...rows.map(({ departure }) => visible(departure).length));
  return rows.map(({ departure, counts, total }) => {
    const where = states.every(state => state === '') ? '' : ` in ${counts.filter(count => count > 0).length} of ${plural(states.length, 'state')}`;
    return `${visible(departure).padEnd(width)}  ${total === 0 ? 'not tried' : `${grouped(total)}${where}`}`;
  });
}
