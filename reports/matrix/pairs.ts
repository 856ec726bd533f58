import type { InteropRecord, InteropResult } from '../../harness/check/record-interop.ts';
import { clientWords, groupWords, type Square, squareOfResults, squareWords } from '../interop.ts';

/** One client, or one case, on each broker; undefined where its exchanges were not asked for there. */
export interface PairRow {
  readonly name: string;
  readonly squares: readonly (Square | undefined)[];
}

/** Pairs of real clients on several brokers. */
export interface PairMatrix {
  /** A client publishes, or consumes, or both. */
  readonly clients: readonly (PairRow & { readonly protocol: string; readonly language: string })[];
  /** Cases that do not come out the same everywhere. */
  readonly cases: readonly (PairRow & { readonly title: string })[];
  /** How many cases come out the same. */
  readonly same: number;
}

type Told = { readonly interop?: InteropRecord };

const unjudged = new Set(['unsupported', 'not-run']);

function square(interop: InteropRecord | undefined, wanted: (result: InteropResult) => boolean): Square | undefined {
  return interop === undefined ? undefined : squareOfResults(interop.results.filter(wanted));
}

/** A client with its version, where all runs had the same. */
function nameOf(records: readonly Told[], client: string): string {
  const versions = new Set(
    records.flatMap(({ interop }) => interop?.clients.flatMap(({ name, version }) => (name === client && version !== null ? [version] : [])) ?? []),
  );
  const [version] = versions;
  return versions.size === 1 && version !== undefined ? clientWords({ name: client, version, protocol: '1.0', language: '' }) : client;
}

/** Whether all brokers that were asked say the same of a case. */
function isSame({ squares }: PairRow): boolean {
  const words = squares.flatMap(each => (each === undefined ? [] : [squareText(each)]));
  return new Set(words).size <= 1;
}

/** Undefined where no run has pairs of clients. */
export function pairMatrixOf(records: readonly Told[]): PairMatrix | undefined {
  const told = records.flatMap(({ interop }) => interop ?? []);
  if (told.length === 0) return undefined;
  const clients = new Map(told.flatMap(interop => interop.clients.map(client => [client.name, client] as const)));
  const cases = new Map(told.flatMap(interop => interop.cases.map(each => [each.id, each] as const)));
  const rows = [...cases.values()].map(({ id, title }) => ({
    name: id,
    title,
    squares: records.map(({ interop }) => square(interop, result => result.case === id)),
  }));
  const differing = rows.filter(row => !isSame(row));
  return {
    clients: [...clients.values()].map(({ name, protocol, language }) => ({
      name: nameOf(records, name),
      protocol,
      language,
      squares: records.map(({ interop }) => square(interop, ({ publisher, consumer }) => publisher === name || consumer === name)),
    })),
    cases: differing,
    same: rows.length - differing.length,
  };
}

/** A square with what is gravest in it: `310 of 320, failed as declared`. */
export function squareText(square: Square | undefined): string {
  if (square === undefined) return 'not asked';
  return square.group === 'pass' || unjudged.has(square.group) || square.of === 0 ? squareWords(square) : `${squareWords(square)}, ${groupWords[square.group]}`;
}

export const pairLead =
  'How many exchanges between a client and each of the others, and itself, passed of those that both can express and that were played. What is said besides is the gravest that came of the others.';
