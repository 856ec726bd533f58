import type { Duty, DutyKey, Rule, Source } from '../spec/rule.ts';
import { mergeInterop } from './merge-interop.ts';
import type { Note } from './note.ts';
import { buildRecord, type Measurement, type ProfileHint, type RunRecord } from './record.ts';
import { joinCapabilities } from './record-capabilities.ts';
import { distinct, mergeFuzz } from './record-fuzz.ts';
import { interopId } from './record-interop.ts';
import type { FaultIds, RuleRecord } from './record-rules.ts';
import { parseShard, type Shard } from './shard.ts';

/** A shard's record, and where it was read. */
export interface Part {
  readonly path: string;
  readonly record: RunRecord;
}

/** The records are not the shards of one run. The message says in one sentence why. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
}

type Trait = readonly [what: string, of: (record: RunRecord) => unknown];

/** What the shards of one run have in common. A container has another address each time, and is the same target all the same. */
const traits: readonly Trait[] = [
  ['versions of the tool', ({ tool }) => `${tool.name} ${tool.version}`],
  ['targets', ({ target }) => [target.product, target.version].map(part => part ?? 'unknown').join(' ')],
  ['targets', ({ target }) => (target.kind === 'url' ? target.url : [target.kind, target.image].join(' ').trim())],
  ['profiles', ({ profile }) => (profile === null ? 'none' : [profile.name, profile.version].join(' ').trim())],
  ['selections', ({ selection }) => JSON.stringify({ ...selection, shard: null })],
  ['declared deviations', ({ declarations }) => JSON.stringify(declarations.map(({ state, ...declared }) => declared))],
  ['capabilities', ({ target }) => JSON.stringify(target.capabilities)],
];

/** What two records differ in, in a few words each. */
function differing(one: Part, other: Part): string | undefined {
  const trait = traits.find(([, of]) => of(one.record) !== of(other.record));
  if (trait === undefined) return undefined;
  const [what, of] = trait;
  const values = [one, other].map(
    ({ path, record }) => `${path}${String(of(record)).startsWith('{') || String(of(record)).startsWith('[') ? '' : ` (${of(record)})`}`,
  );
  return `${values.join(' and ')} are of different ${what}; only shards of one run can be joined.`;
}

function shardOfPart({ path, record }: Part): Shard {
  const shard = parseShard(record.selection.shard ?? '');
  if (shard === undefined) throw new MergeError(`${path} is no shard: it was not run with --shard.`);
  return shard;
}

const listed = (words: readonly string[]) => [words.slice(0, -1).join(', '), ...words.slice(-1)].filter(part => part !== '').join(' and ');

/** Sees that the parts are the shards of one run, each of them once, and gives them in order. */
function inOrder(parts: readonly [Part, ...Part[]]): readonly Part[] {
  const [first] = parts;
  const { of } = shardOfPart(first);
  for (const part of parts.slice(1)) {
    const other = shardOfPart(part);
    if (other.of !== of)
      throw new MergeError(`${first.path} is one of ${of} shards and ${part.path} one of ${other.of}; only shards of one run can be joined.`);
    const difference = differing(first, part);
    if (difference !== undefined) throw new MergeError(difference);
  }
  const places = Array.from({ length: of }, (_, at) => parts.filter(part => shardOfPart(part).index === at + 1));
  const twice = places.findIndex(found => found.length > 1);
  if (twice >= 0) throw new MergeError(`Shard ${twice + 1}/${of} is there more than once: ${listed(places[twice]?.map(({ path }) => path) ?? [])}.`);
  const missing = places.flatMap((found, at) => (found.length === 0 ? [`${at + 1}/${of}`] : []));
  if (missing.length > 0)
    throw new MergeError(`${missing.length === 1 ? 'Shard' : 'Shards'} ${listed(missing)} ${missing.length === 1 ? 'is' : 'are'} missing.`);
  const ordered = places.flat();
  const seen = new Map<string, string>();
  for (const { path, record } of ordered) {
    for (const { check } of record.verdicts) {
      const before = seen.get(check);
      if (before !== undefined) throw new MergeError(`${before} and ${path} overlap: both judge ${check}.`);
      seen.set(check, path);
    }
    for (const result of record.interop?.results ?? []) {
      const id = interopId(result);
      const before = seen.get(id);
      if (before !== undefined) throw new MergeError(`${before} and ${path} overlap: both play ${id}.`);
      seen.set(id, path);
    }
  }
  return ordered;
}

function pairsOf(records: readonly RunRecord[]): Pick<RunRecord, 'interop'> {
  const interop = mergeInterop(records.flatMap(record => record.interop ?? []));
  return interop === undefined ? {} : { interop };
}

function campaignOf(records: readonly RunRecord[]): Pick<RunRecord, 'fuzz'> {
  const fuzz = mergeFuzz(records.flatMap(record => record.fuzz ?? []));
  return fuzz === undefined ? {} : { fuzz };
}

/** The rules as the catalogue had them when the record was made. */
function rulesOf(records: readonly RuleRecord[]): Readonly<Record<string, Rule>> {
  return Object.fromEntries(
    records.map(({ id, section, statement, source, capability, duties }): [string, Rule] => {
      const own = duties.map(({ id: duty, level, shown, reason = '', answers }): [DutyKey, Duty] => {
        const [answer, ...others] = answers;
        const legal = answer === undefined ? {} : { answers: [answer, ...others] as const };
        return [duty.slice(id.length + 1) as DutyKey, { level, ...legal, ...(shown === 'untestable' ? { shown, reason } : { shown }) }];
      });
      return [
        id,
        {
          section,
          statement,
          source: source as readonly [Source, ...Source[]],
          ...(capability !== undefined && { capability }),
          duties: Object.fromEntries(own),
        },
      ];
    }),
  );
}

const faultsOf = (records: readonly RuleRecord[]): FaultIds =>
  Object.fromEntries(records.flatMap(({ duties }) => duties.map(({ id, faults = [] }) => [id, faults] as const)));

/** Every check with the duties that it owns, from the duties with the checks that show them. */
function checksOf(records: readonly RuleRecord[]) {
  const duties = new Map<string, string[]>();
  for (const { id, checks } of records.flatMap(rule => rule.duties)) for (const check of checks) duties.set(check, [...(duties.get(check) ?? []), id]);
  return [...duties].map(([id, owned]) => ({ id, duties: owned }));
}

const byCheck = (one: Measurement, other: Measurement) => ((one.check ?? '') < (other.check ?? '') ? -1 : (one.check ?? '') > (other.check ?? '') ? 1 : 0);

function notesOf(parts: readonly Part[]): readonly Note[] {
  const told = parts.flatMap(({ record }) => record.notes).filter(({ kind }) => kind !== 'shard');
  const seeds = [...new Set(parts.map(({ record }) => record.seed))];
  const drawn: readonly Note[] = seeds.length === 1 ? [] : [{ kind: 'shard', text: `The shards were run with seeds of their own: ${seeds.join(', ')}.` }];
  return [...drawn, ...told.filter(({ text }, at) => told.findIndex(note => note.text === text) === at)];
}

/**
 * Joins the records of all shards of a run into the record that the whole run would have given, but for its times. `hints` finds what to hint at in a
 * record. Throws a MergeError where the records are not the shards of one run, or not all of them.
 */
export function mergeRecords(given: readonly [Part, ...Part[]], hints: (record: RunRecord) => readonly ProfileHint[] = () => []): RunRecord {
  const parts = inOrder(given);
  const records = parts.map(({ record }) => record);
  const [{ record: first }] = given;
  const begun = Math.min(...records.map(({ startedAt }) => Date.parse(startedAt)));
  const measured = records.flatMap(({ measurements }) => measurements);
  const capabilities = joinCapabilities(measured);
  const record = buildRecord({
    tool: first.tool,
    target: first.target,
    seed: first.seed,
    startedAt: new Date(begun),
    durationMs: Math.max(...records.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs)) - begun,
    rules: rulesOf(first.rules),
    checks: checksOf(first.rules),
    faults: faultsOf(first.rules),
    verdicts: records.flatMap(({ verdicts }) => verdicts),
    declarations: first.declarations.map(({ state, ...declaration }) => declaration),
    measurements: [...measured.filter(each => !capabilities.joined.has(each)).sort(byCheck), ...capabilities.measurements],
    findings: distinct(records.flatMap(({ findings }) => findings)),
    ...campaignOf(records),
    ...pairsOf(records),
    notes: notesOf(parts),
    selection: { ...first.selection, shard: null },
    ...(first.profile !== null && { profile: { name: first.profile.name, ...(first.profile.version !== null && { version: first.profile.version }) } }),
  });
  return { ...record, hints: hints(record) };
}
