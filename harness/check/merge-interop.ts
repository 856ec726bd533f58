import { attributed } from './attribution.ts';
import type { InteropCase, InteropClient, InteropDeclaration, InteropRecord } from './record-interop.ts';

/** The first of each name, or the one of which more is known. */
function joined<T>(all: readonly T[], key: (each: T) => string, both: (one: T, other: T) => T): readonly T[] {
  const found = new Map<string, T>();
  for (const each of all) {
    const known = found.get(key(each));
    found.set(key(each), known === undefined ? each : both(known, each));
  }
  return [...found.values()];
}

const clientOf = (one: InteropClient, other: InteropClient): InteropClient => ({ ...one, version: one.version ?? other.version });

function caseOf(one: InteropCase, other: InteropCase): InteropCase {
  return { ...one, rules: [...one.rules, ...other.rules.filter(({ pairs }) => one.rules.every(known => known.pairs !== pairs))] };
}

function declarationOf(one: InteropDeclaration, other: InteropDeclaration): InteropDeclaration {
  const states = [one.state, other.state];
  const state = (['stale', 'met', 'unseen'] as const).find(each => states.includes(each)) ?? 'unjudged';
  return { ...one, state, judged: one.judged + other.judged, failed: one.failed + other.failed };
}

const declarationKey = ({ cases, client, source, versions = '' }: InteropDeclaration): string => JSON.stringify([cases, client ?? '', source, versions]);

/** Pairs of clients that were played in the shards of a run, as if they had been played in one: where else a case fails is found out anew. */
export function mergeInterop(records: readonly InteropRecord[]): InteropRecord | undefined {
  if (records.length === 0) return undefined;
  const clients = joined(
    records.flatMap(record => record.clients),
    ({ name }) => name,
    clientOf,
  );
  const place = (name: string): number => clients.findIndex(client => client.name === name);
  const results = records
    .flatMap(record => record.results)
    .sort((one, other) => place(one.publisher) - place(other.publisher) || place(one.consumer) - place(other.consumer));
  return {
    clients,
    cases: joined(
      records.flatMap(record => record.cases),
      ({ id }) => id,
      caseOf,
    ),
    results: attributed(results),
    declarations: joined(
      records.flatMap(record => record.declarations),
      declarationKey,
      declarationOf,
    ),
  };
}
