import { attributed } from '../check/attribution.ts';
import { type InteropCase, type InteropRecord, type InteropResult, interopId } from '../check/record-interop.ts';
import { LackingError } from './client-process.ts';
import { type ClientName, clientRow } from './clients.ts';
import { declarationsOf } from './declarations.ts';
import { judged, type Verdict } from './judged.ts';
import type { Places } from './places.ts';
import { type Case, type Cast, type PairKind, ruleFor, Scene, type Stage, UnlikeError } from './scene.ts';
import type { Workshop } from './toolchain.ts';
import { Troupe } from './troupe.ts';

/** What a run of pairs needs. */
export interface MatrixOptions {
  readonly clients: readonly ClientName[];
  readonly cases: readonly Case[];
  /** Which of the results are asked for, by id; left out: all. */
  readonly wanted?: (id: string) => boolean;
  readonly shop: Workshop;
  readonly signal?: AbortSignal | undefined;
  /** Hears each result as it is reached. */
  readonly onResult?: ((result: InteropResult) => void) | undefined;
  /** Hears before the toolchains are prepared. */
  readonly onPrepare?: ((clients: readonly ClientName[]) => void) | undefined;
}

const kindOf = (one: ClientName, other: ClientName): PairKind => (clientRow(one).protocol === clientRow(other).protocol ? clientRow(one).protocol : 'across');

/** A case with a pair that it is for. */
export interface Part {
  readonly case: Case;
  readonly publisher: ClientName;
  readonly consumer: ClientName;
  readonly kind: PairKind;
}

/** Every case with every pair that it is for, pair by pair. */
export function partsOf({ clients, cases, wanted = () => true }: Pick<MatrixOptions, 'clients' | 'cases' | 'wanted'>): readonly Part[] {
  return clients.flatMap(publisher =>
    clients.flatMap(consumer => {
      const kind = kindOf(publisher, consumer);
      return cases
        .filter(({ rules }) => rules[kind] !== undefined)
        .map(each => ({ case: each, publisher, consumer, kind }))
        .filter(each => wanted(interopId({ ...each, case: each.case.id })));
    }),
  );
}

/** Plays every case with every pair of clients on the broker, one after the other, and tells what came of it. */
export async function playMatrix(places: Places, options: MatrixOptions, verdict: Verdict): Promise<InteropRecord> {
  const all = partsOf(options);
  const names = options.clients.filter(name => all.some(each => each.publisher === name || each.consumer === name));
  await using troupe = new Troupe(places.login);
  options.onPrepare?.(names);
  await troupe.prepare(names, options.shop);
  const results: InteropResult[] = [];
  for (const part of all) {
    if (options.signal?.aborted === true) break;
    const came = await play(part, places, troupe);
    const { case: asked, publisher, consumer } = part;
    const result = judged({ case: asked.id, publisher, consumer, ...came }, ruleFor(asked, part.kind, clientRow(consumer).protocol), verdict);
    results.push(result);
    options.onResult?.(result);
  }
  await places.close();
  return {
    clients: troupe.clients(names),
    cases: casesOf(all),
    results: attributed(results),
    declarations: declarationsOf(results, verdict.deviations, options.clients),
  };
}

/** Each case once, with its rules in all kinds of pairs that were played. */
function casesOf(parts: readonly Part[]): readonly InteropCase[] {
  const cases = new Map<string, { readonly title: string; readonly rules: Map<PairKind, string> }>();
  for (const { case: each, kind } of parts) {
    const known = cases.get(each.id) ?? { title: each.title, rules: new Map<PairKind, string>() };
    known.rules.set(kind, each.rules[kind] ?? 'observed');
    cases.set(each.id, known);
  }
  return [...cases].map(([id, { title, rules }]) => ({ id, title, rules: [...rules].map(([pairs, rule]) => ({ pairs, rule })) }));
}

type Came = Pick<InteropResult, 'outcome' | 'message'>;

async function play(part: Part, places: Places, troupe: Troupe): Promise<Came> {
  const { publisher, consumer, kind } = part;
  for (const name of [publisher, consumer]) {
    const why = troupe.missing(name);
    if (why !== undefined) return { outcome: 'not-run', message: `${name}: ${why}` };
  }
  let casts: readonly Cast[] = [];
  try {
    const one = await troupe.cast(publisher);
    const other = publisher === consumer ? one : await troupe.cast(consumer);
    casts = [one, other];
    const stage: Stage = { publisher: one, consumer: other, kind, ...(await places.stage(kind, publisher, consumer)) };
    await part.case.run(new Scene(stage));
    return { outcome: 'pass' };
  } catch (error) {
    await recovered(casts, troupe, [publisher, consumer], error);
    places.forget(kind, publisher, consumer);
    if (!(error instanceof Error)) throw error;
    if (error instanceof LackingError) return { outcome: 'unsupported', message: error.message };
    return { outcome: 'fail', message: error instanceof UnlikeError ? error.message : firstLine(error.message) };
  }
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? text).slice(0, 400);

/**
 * After a case that did not pass nobody knows what is open or outstanding: it is ended, and with it the processes of clients that cannot, or whose session the
 * broker may have ended.
 */
async function recovered(casts: readonly Cast[], troupe: Troupe, names: readonly ClientName[], error: unknown): Promise<void> {
  const processes = new Set([...new Set(casts)].flatMap(({ publishing, consuming }) => [publishing, consuming]));
  const known = error instanceof UnlikeError || error instanceof LackingError;
  const rests = known ? await Promise.allSettled([...processes].map(each => each.ask('rest', {}))) : [];
  if (!known || rests.some(({ status }) => status === 'rejected')) for (const name of new Set(names)) await troupe.dismiss(name);
}
