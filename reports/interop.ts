import type { RunRecord } from '../harness/check/record.ts';
import type { InteropOutcome, InteropRecord, InteropResult } from '../harness/check/record-interop.ts';
import { plural } from './words.ts';

/**
 * What came of exchanges between two clients, as the reports name it. `stale`: declared to fail, and passed; `declared`: failed as the broker's profile declares;
 * `advisory`: failed and gates nothing.
 */
export type InteropGroup = Exclude<InteropOutcome, 'fail'> | 'surprise' | 'stale' | 'declared' | 'advisory';

export function groupOfResult({ outcome, surprise, declared }: InteropResult): InteropGroup {
  if (outcome === 'pass' && surprise) return 'stale';
  if (outcome !== 'fail') return outcome;
  if (surprise) return 'surprise';
  return declared === undefined ? 'advisory' : 'declared';
}

/** In words, in the order in which a reader should meet them. */
export const groupWords = {
  surprise: 'failed',
  stale: 'passed, though declared to fail',
  advisory: 'failed, gates nothing',
  declared: 'failed as declared',
  client: 'fails by a known fault of the client',
  observed: 'came otherwise, and no standard says how it has to come',
  'not-run': 'not run',
  unsupported: 'not supported',
  pass: 'passed',
} as const satisfies Record<InteropGroup, string>;

export const resultGroups = Object.keys(groupWords) as readonly InteropGroup[];

/** How many results of each group. */
export function countsOf(results: readonly InteropResult[]): Readonly<Record<InteropGroup, number>> {
  const counts = Object.fromEntries(resultGroups.map(group => [group, 0])) as Record<InteropGroup, number>;
  for (const result of results) counts[groupOfResult(result)] += 1;
  return counts;
}

export const exchanges = (count: number): string => plural(count, 'exchange');

/** The whole section in one sentence. */
export function interopWords({ clients, results }: InteropRecord): string {
  const counts = countsOf(results);
  const told = resultGroups.filter(group => group !== 'pass' && counts[group] > 0).map(group => `${counts[group]} ${groupWords[group]}`);
  const there = clients.filter(({ missing }) => missing === undefined).length;
  return [`${plural(there, 'client')}, ${exchanges(results.length)} between two: ${counts.pass} passed`, ...told].join(', ');
}

/** Results that say the same, told once: of one case, with one message, failing at the same places. */
export interface Told extends Pick<InteropResult, 'message' | 'where' | 'declared'> {
  readonly group: InteropGroup;
  readonly case: string;
  /** As `pika → rhea`. */
  readonly pairs: readonly string[];
}

export const pairOf = ({ publisher, consumer }: Pick<InteropResult, 'publisher' | 'consumer'>): string => `${publisher} → ${consumer}`;

/** What did not pass, the gravest first. */
export function toldOf({ results }: InteropRecord, wanted: readonly InteropGroup[] = resultGroups): readonly Told[] {
  const found = new Map<string, Told>();
  for (const result of results) {
    const group = groupOfResult(result);
    if (group === 'pass' || !wanted.includes(group)) continue;
    const { message, where, declared } = result;
    const key = JSON.stringify([group, result.case, message, where, declared]);
    const known = found.get(key);
    const pairs = [...(known?.pairs ?? []), pairOf(result)];
    found.set(key, {
      group,
      case: result.case,
      pairs,
      ...(message !== undefined && { message }),
      ...(where !== undefined && { where }),
      ...(declared !== undefined && { declared }),
    });
  }
  return [...found.values()].sort((one, other) => resultGroups.indexOf(one.group) - resultGroups.indexOf(other.group) || (one.case < other.case ? -1 : 1));
}

/** What is told of a group besides its message. */
export const reasonsOf = ({ where, declared }: Told): string => [declared?.reason, where].filter(part => part !== undefined).join('; ');

/** One square of the matrix: who publishes, who consumes. */
export interface Square {
  readonly passed: number;
  /** Of so many that were played and that both clients can express. */
  readonly of: number;
  readonly group: InteropGroup;
}

/** The matrix: a row for who publishes, a column for who consumes. Undefined where the pair was not asked for. */
export function squareOf({ results }: InteropRecord, publisher: string, consumer: string): Square | undefined {
  return squareOfResults(results.filter(each => each.publisher === publisher && each.consumer === consumer));
}

/** The same of any exchanges. Undefined where there are none. */
export function squareOfResults(own: readonly InteropResult[]): Square | undefined {
  if (own.length === 0) return undefined;
  const counts = countsOf(own);
  const of = own.length - counts.unsupported - counts['not-run'];
  const group = resultGroups.find(each => each !== 'unsupported' && counts[each] > 0) ?? 'unsupported';
  return { passed: counts.pass + counts.stale, of, group };
}

/** A square in words: `41`, or `39 of 41`. */
export function squareWords(square: Square | undefined): string {
  if (square === undefined) return '–';
  if (square.of === 0) return groupWords[square.group];
  return square.passed === square.of ? String(square.of) : `${square.passed} of ${square.of}`;
}

/** The matrix as lines of text, in columns. */
export function matrixLines(interop: InteropRecord): readonly string[] {
  const names = interop.clients.map(({ name }) => name);
  const rows = [
    ['publishes / consumes', ...names],
    ...interop.clients.map(client => [clientWords(client), ...names.map(name => squareWords(squareOf(interop, client.name, name)))]),
  ];
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map(row => row[at]?.length ?? 0)));
  return rows.map(row =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** The id by which an exchange is chosen on the command line. */
export const exchangeId = ({ case: name, publisher, consumer }: Pick<InteropResult, 'case' | 'publisher' | 'consumer'>): string =>
  `interop/${name}/${publisher}/${consumer}`;

/** How a client is called: `rhea 3.0.5`. */
export const clientWords = ({ name, version }: InteropRecord['clients'][number]): string => (version === null ? name : `${name} ${version}`);

export const interopResults = ({ interop }: Pick<RunRecord, 'interop'>): readonly InteropResult[] => interop?.results ?? [];
