import { randomInt } from 'node:crypto';
import { allChecks } from '../suites/checks.ts';
import type { Check } from './check/check.ts';
import { type DeclaredEntry, declare } from './check/declared.ts';
import type { Json } from './check/json.ts';
import { neededCapabilities } from './check/judge.ts';
import { buildRecord, type Measurement, type Note, type RunRecord, type TargetFacts } from './check/record.ts';
import { capabilityMeasurements } from './check/record-capabilities.ts';
import type { Declaration } from './check/record-declarations.ts';
import { loginsOf, redactTranscript } from './check/record-secrets.ts';
import { type Finished, runChecks, type ScheduleOptions } from './check/scheduler.ts';
import type { Verdict } from './check/verdict.ts';
import { CommandError, usage } from './cli/errors.ts';
import { didYouMean } from './cli/nearest.ts';
import { resolveTarget, type TargetOptions } from './cli/resolve-target.ts';
import { checkGlobs, fitting, type SelectionOptions, select } from './cli/select.ts';
import { hintsFor, profileEntries } from './hints.ts';
import { type PairsWatch, pairsAsked, playPairs } from './pairs.ts';
import { type Survey, SurveyError, survey } from './probe/survey.ts';
import { faultsOf } from './saboteur/faults.ts';
import { idPrefixes, type Protocol, protocolOf, rules } from './spec/catalogue.ts';
import { duties } from './spec/ledger.ts';
import type { Rule } from './spec/rule.ts';
import type { Target } from './target/target.ts';
import { version } from './version.ts';

/** What to judge, by what, and what counts. Everything has a default. */
export interface RunOptions extends SelectionOptions, TargetOptions {
  /** A URL, a broker profile (`rabbitmq`, `rabbitmq@4.0`, `rabbitmq=image:tag`), or `reference`, the default. */
  readonly target?: string;
  /** Queues made beforehand that checks of 1.0 may use. */
  readonly address?: readonly string[];
  /** What gates the exit status; defaults to `must`. */
  readonly level?: 'must' | 'should';
  /** For a broker that others use too. */
  readonly safe?: boolean;
  /** Declared deviations besides those of the profile. */
  readonly expectations?: readonly DeclaredEntry[];
  /** Left out: drawn, and told in the record. */
  readonly seed?: number;
  /** Random cases of each property. */
  readonly runs?: number;
  /** Ends the run after this many milliseconds; what was judged is in the record. */
  readonly deadlineMs?: number;
  /** Checks side by side; defaults to 8. */
  readonly concurrency?: number;
  /** Ends the run at the first surprise. */
  readonly bail?: boolean;
  /** Ends the run; what was judged is in the record. */
  readonly signal?: AbortSignal;
  /** Hears, once the target answers, what it is and how many checks will be run. */
  readonly onStart?: (target: { readonly url: string; readonly survey: Survey; readonly checks: number; readonly seed: number }) => void;
  readonly onVerdict?: (verdict: Verdict) => void;
  /** Hears what pairs of real clients do: first whose toolchains are prepared, then each result. */
  readonly onPairs?: PairsWatch;
  /** Hears the wire log of each check while it goes; the password is blotted out. */
  readonly onPiece?: ScheduleOptions['onPiece'];
}

async function surveyed(target: Target): Promise<Survey> {
  try {
    return await survey(target);
  } catch (error) {
    if (error instanceof SurveyError) throw new CommandError(error.message);
    throw error;
  }
}

function declarations(entries: readonly DeclaredEntry[], peerVersion: string | null): readonly Declaration[] {
  const context = { checks: allChecks, rules: Object.keys(rules), version: peerVersion, today: new Date().toISOString().slice(0, 10) };
  const { declarations: found, problems } = declare(entries, context);
  const [first] = problems;
  if (first === undefined) return found;
  const { sentence, unknown } = first;
  throw usage(`${sentence}${unknown === undefined ? '' : didYouMean(unknown, [...allChecks.map(check => check.id), ...Object.keys(rules)])}`);
}

const isSpoken = ({ id, crosses }: Check, protocols: readonly Protocol[]): boolean =>
  protocols.includes(protocolOf(id)) && (crosses !== true || protocols.length === Object.keys(idPrefixes).length);

/** The checks of the protocols that the target speaks. Throws a CommandError where none is left. */
function spoken(selected: readonly Check[], { protocols }: Survey, url: string): readonly Check[] {
  const understood = selected.filter(check => isSpoken(check, protocols));
  if (understood.length > 0) return understood;
  throw new CommandError(`${url} speaks AMQP ${protocols.join(' and ')} alone; no check of that was asked for.`);
}

/** Which checks are left out since the target does not speak their protocol, in a sentence for each. */
function foreign(selected: readonly Check[], { protocols }: Survey): readonly Note[] {
  const others = (Object.keys(idPrefixes) as readonly Protocol[]).filter(protocol => !protocols.includes(protocol));
  return others.flatMap(protocol => {
    const count = selected.filter(({ id, crosses }) => protocolOf(id) === protocol || crosses === true).length;
    return count === 0 ? [] : [{ kind: 'other' as const, text: `The target does not speak AMQP ${protocol}: ${count} checks of it were not run.` }];
  });
}

function notesOf(finished: Finished, options: RunOptions, selected: number, unseen: string | undefined): readonly Note[] {
  const left = selected - finished.verdicts.length;
  const notes: Note[] = options.shard === undefined ? [] : [{ kind: 'shard', text: `This is shard ${options.shard} of a run: ${selected} checks of it.` }];
  if (unseen !== undefined) notes.push({ kind: 'other', text: unseen });
  notes.push(...finished.notes);
  if (finished.down !== undefined) notes.push({ kind: 'target-down', text: finished.down });
  if (finished.cancelled) {
    const bailed = options.bail === true && options.signal?.aborted !== true;
    notes.push({
      kind: bailed ? 'bail' : 'interrupted',
      text: `The run was ended ${bailed ? 'at the first surprise' : 'early'}: ${left} checks were not run.`,
    });
  }
  return notes;
}

function signalOf({ signal, deadlineMs }: RunOptions): { readonly signal?: AbortSignal } {
  const signals = [signal, deadlineMs === undefined ? undefined : AbortSignal.timeout(deadlineMs)].filter(each => each !== undefined);
  return signals.length === 0 ? {} : { signal: AbortSignal.any(signals) };
}

const nothing: Finished = { verdicts: [], notes: [], cancelled: false, down: undefined, roundTripMs: undefined };

/** The checks that were asked for; none where pairs of clients are all that was. */
function checksAsked({ only, skip, ...others }: RunOptions): readonly Check[] {
  const globs = checkGlobs({ ...(only !== undefined && { only }), ...(skip !== undefined && { skip }) });
  return globs === undefined ? [] : select(allChecks, { ...others, ...globs });
}

/** Runs the checks and says what came of them. */
async function judge(
  target: Target,
  selected: readonly Check[],
  declared: readonly Declaration[],
  seed: number,
  options: RunOptions & { version: string | null },
) {
  const measurements: Measurement[] = [];
  const { onPiece } = options;
  if (selected.length === 0) return { finished: nothing, measurements };
  const finished = await runChecks(selected, target, {
    seed,
    declarations: declared,
    gate: options.level ?? 'must',
    ...signalOf(options),
    ...(options.version !== null && { version: options.version }),
    ...(options.concurrency !== undefined && { concurrency: options.concurrency }),
    ...(options.safe !== undefined && { safe: options.safe }),
    ...(options.address !== undefined && { addresses: options.address }),
    ...(options.runs !== undefined && { properties: { runs: options.runs } }),
    ...(options.bail !== undefined && { bail: options.bail }),
    ...(options.onVerdict !== undefined && { onVerdict: options.onVerdict }),
    ...(onPiece !== undefined && { onPiece: (check, entries) => onPiece(check, () => redactTranscript(entries(), loginsOf(target))) }),
    onMeasurement: (check, measured) => measurements.push({ ...measured, check: check.id }),
  });
  return { finished, measurements };
}

const asking = (check: Check) => ({ id: check.id, capabilities: neededCapabilities(check) });

/** Checks end in an order that changes from run to run. */
function inOrder(measurements: readonly Measurement[]): readonly Measurement[] {
  return [...measurements].sort((one, other) => ((one.check ?? '') < (other.check ?? '') ? -1 : 1));
}

/** A survey as the record has it. */
export function factsOf({ amqp10, ...seen }: Survey): Omit<Survey, 'amqp10'> & Pick<TargetFacts, 'amqp10'> {
  return { ...seen, ...(amqp10 !== undefined && { amqp10: amqp10.limits }) };
}

/** The rules of the protocols that were asked for and are spoken, as far as there are checks of them. */
function rulesJudged(protocol: string, { protocols }: Survey): Readonly<Record<string, Rule>> {
  const judged = new Set<Protocol>(allChecks.flatMap(({ duties: owned }) => owned.map(protocolOf)).filter(each => protocols.includes(each)));
  const wanted = (id: string) => judged.has(protocolOf(id)) && (protocol === 'all' || protocol === protocolOf(id));
  return Object.fromEntries(Object.entries<Rule>(rules).filter(([id]) => wanted(id)));
}

/**
 * Judges a target and gives the run record: what the command line does, without files. Rejects with a CommandError, whose message is one
 * sentence for people, where the target cannot be judged at all or an option is wrong.
 */
export async function run(options: RunOptions = {}): Promise<RunRecord> {
  const startedAt = new Date();
  const begun = performance.now();
  const seed = options.seed ?? randomInt(2 ** 31);
  const gate = options.level ?? 'must';
  const pairs = pairsAsked(options);
  const asked = checksAsked(options);
  declarations(options.expectations ?? [], null);
  await using target = await resolveTarget(options.target, { ...options, durable: asked.some(({ outage }) => outage !== undefined) });
  const seen = await surveyed(target);
  const { smoke, unseen } = target.profile ?? {};
  const selected = asked.length === 0 ? [] : spoken(fitting(asked, options.only, smoke), seen, target.url);
  const judgedVersion = target.profileVersion ?? seen.version;
  const declared = declarations([...(options.expectations ?? []), ...profileEntries(target.profile?.name ?? '')], judgedVersion);
  options.onStart?.({ url: target.url, survey: seen, checks: selected.length, seed });
  const { finished, measurements } = await judge(target, selected, declared, seed, { ...options, version: judgedVersion });
  const play = { ...options, gate, seed, version: judgedVersion, ...signalOf(options) };
  const played = pairs === undefined || finished.down !== undefined ? undefined : await playPairs(target, seen, pairs, play);
  return buildRecord({
    tool: { name: 'amqpspec', version },
    target: { ...factsOf(seen), url: target.url, kind: target.kind, properties: seen.properties as Readonly<Record<string, Json>> },
    seed,
    startedAt,
    durationMs: performance.now() - begun,
    rules: asked.length === 0 ? {} : rulesJudged(options.protocol ?? 'all', seen),
    checks: allChecks,
    faults: Object.fromEntries(duties.map(({ id }) => [id, faultsOf(id).map(fault => fault.id)])),
    verdicts: finished.verdicts,
    hints: target.profile === undefined && target.kind === 'url' ? hintsFor(finished.verdicts, seen, gate) : [],
    declarations: declared,
    measurements: [...inOrder(measurements), ...capabilityMeasurements(seen.capabilities, selected.map(asking), finished.verdicts)],
    ...(played !== undefined && { interop: played.record }),
    notes: [...(played?.notes ?? []), ...foreign(asked, seen), ...notesOf(finished, options, selected.length, unseen)],
    logins: loginsOf(target),
    selection: {
      protocol: options.protocol ?? 'all',
      gate,
      only: options.only ?? smoke ?? [],
      skip: options.skip ?? [],
      thorough: options.thorough ?? false,
      safe: options.safe ?? false,
      shard: options.shard ?? null,
      ...(pairs !== undefined && { interop: pairs.clients }),
    },
    ...(target.profile !== undefined && { profile: { name: target.profile.name, ...(judgedVersion !== null && { version: judgedVersion }) } }),
  });
}

export type { Verdict } from './check/verdict.ts';
export type { RunRecord };
