import type { Tally } from '../probe/outage.ts';
import type { Rule } from '../spec/rule.ts';
import type { TargetKind } from '../target/target.ts';
import { type Json, jsonObject } from './json.ts';
import type { Note } from './note.ts';
import { type Declaration, type DeclarationRecord, declarationRecords } from './record-declarations.ts';
import type { Finding, FuzzRecord } from './record-fuzz.ts';
import type { InteropRecord } from './record-interop.ts';
import { type FaultIds, type LevelCount, type RuleRecord, ruleCounts, ruleRecords } from './record-rules.ts';
import { redactTranscript, redactUrl, type SecretLogin } from './record-secrets.ts';
import { countVerdicts, type Exit, exitOf, type Gate, type VerdictCounts, type VerdictRecord } from './record-verdicts.ts';

export type { Finding, FuzzRecord, Json, Note };

/** Version of the record's shape; `reports/run-record.schema.json` is its schema. */
export const schemaVersion = '1.6.0';

/** What is known of the target: from its greeting, the profile and the command line. Bears no secret. */
export interface TargetFacts {
  readonly url: string;
  /** `client`: a client was judged, by a broker that departs. Of a parser or a client, `url` is its name or command. */
  readonly kind: TargetKind | 'parser' | 'client';
  readonly product: string | null;
  readonly version: string | null;
  /** As `0-9-1`. */
  readonly protocols: readonly string[];
  readonly capabilities: Readonly<Record<string, boolean>>;
  /** The whole of server-properties as plain values. */
  readonly properties: Readonly<Record<string, Json>>;
  readonly image?: string;
  /** SASL mechanisms and locales of connection.start. */
  readonly mechanisms?: readonly string[];
  readonly locales?: readonly string[];
  /** The limits of connection.tune. */
  readonly tune?: { readonly channelMax: number; readonly frameMax: number; readonly heartbeatS: number };
  /** The limits of the open of 1.0. */
  readonly amqp10?: { readonly maxFrameSize: number; readonly channelMax: number; readonly idleTimeOutMs: number };
  /** From the protocol header to the first answer that tells of the server, before the run. */
  readonly roundTripMs?: number;
}

/** What was asked for, so that the run can be had again. */
export interface Selection {
  readonly protocol: string;
  /** Which level gates the exit status. */
  readonly gate: Gate;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly thorough: boolean;
  readonly safe: boolean;
  readonly shard: string | null;
  /** Clients whose pairs were played; left out: none were asked for. */
  readonly interop?: readonly string[];
}

/** A number or fact that is shown and never judged. */
export interface Measurement {
  readonly name: string;
  readonly value: number | string | boolean;
  /** As `ms` or `octets`; left out for plain counts and words. */
  readonly unit?: string;
  /** The check that took it. */
  readonly check?: string;
  /** A remark on quality, where the standard says nothing. */
  readonly note?: string;
  /** Where it stands, if it is one of many that make a table. */
  readonly cell?: { readonly table: string; readonly row: string; readonly column: string };
  /** The whole account, if it is one of messages through an outage of the broker; `value` is then how many were lost. */
  readonly tally?: Tally;
}

/** How many of the surprising failures a profile declares. */
export interface ProfileHint {
  readonly profile: string;
  /** At which version of its broker; null: at every. */
  readonly version: string | null;
  readonly explains: number;
  readonly of: number;
  /** What it declares besides and did not come. */
  readonly stale: number;
}

/** The run in numbers. */
export interface Summary extends VerdictCounts {
  readonly rules: { readonly must: LevelCount; readonly should: LevelCount; readonly may: LevelCount };
}

/** One run, whole: every report is a function of this value alone, and it is plain JSON. */
export interface RunRecord {
  readonly schemaVersion: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly target: TargetFacts;
  /** The profile that was applied, never silently. */
  readonly profile: { readonly name: string; readonly version: string | null } | null;
  readonly hints: readonly ProfileHint[];
  readonly seed: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly selection: Selection;
  readonly summary: Summary;
  readonly exit: Exit;
  readonly notes: readonly Note[];
  readonly rules: readonly RuleRecord[];
  readonly declarations: readonly DeclarationRecord[];
  readonly measurements: readonly Measurement[];
  readonly verdicts: readonly VerdictRecord[];
  readonly findings: readonly Finding[];
  /** What pairs of real clients showed, where they were asked to. */
  readonly interop?: InteropRecord;
  /** What a fuzz campaign did, where the run was one. */
  readonly fuzz?: FuzzRecord;
}

/** All that a record is made of. `logins` are used to blot their passwords out of wire logs and kept nowhere. */
export interface RecordInput {
  readonly tool: { readonly name: string; readonly version: string };
  readonly target: Omit<TargetFacts, 'properties'> & { readonly properties: Readonly<Record<string, unknown>> };
  readonly seed: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly rules: Readonly<Record<string, Rule>>;
  /** Every check there is, also those that were not selected. */
  readonly checks: readonly { readonly id: string; readonly duties: readonly string[] }[];
  /** By the duty that they break; left out: none are told. */
  readonly faults?: FaultIds;
  readonly verdicts: readonly VerdictRecord[];
  readonly profile?: { readonly name: string; readonly version?: string };
  readonly hints?: readonly ProfileHint[];
  readonly selection?: Partial<Selection>;
  readonly declarations?: readonly Declaration[];
  readonly measurements?: readonly Measurement[];
  readonly findings?: readonly Finding[];
  readonly notes?: readonly Note[];
  readonly interop?: InteropRecord;
  readonly fuzz?: FuzzRecord;
  readonly logins?: readonly SecretLogin[];
}

/** Makes the record of a run. Pure: the same input gives the same record. */
export function buildRecord(input: RecordInput): RunRecord {
  const selection: Selection = { protocol: 'all', gate: 'must', only: [], skip: [], thorough: false, safe: false, shard: null, ...input.selection };
  const { logins = [] } = input;
  const role = input.target.kind === 'client' ? 'client' : 'server';
  const verdicts = [...input.verdicts]
    .sort((a, b) => (a.check < b.check ? -1 : a.check > b.check ? 1 : 0))
    .map(verdict => ({ ...verdict, transcript: redactTranscript(verdict.transcript, logins) }));
  const ledger = ruleRecords(input.rules, input.checks, verdicts, input.faults, role);
  return {
    schemaVersion,
    tool: input.tool,
    target: targetFacts(input.target),
    profile: input.profile === undefined ? null : { name: input.profile.name, version: input.profile.version ?? null },
    hints: input.hints ?? [],
    seed: input.seed,
    startedAt: input.startedAt.toISOString(),
    durationMs: Math.round(input.durationMs),
    selection,
    summary: { ...countVerdicts(verdicts), rules: ruleCounts(ledger, verdicts, role) },
    exit: exitOf(verdicts, selection.gate, { ...(input.interop !== undefined && { pairs: input.interop.results }), ...campaignOf(input) }),
    notes: input.notes ?? [],
    rules: ledger,
    declarations: declarationRecords(input.declarations ?? [], verdicts),
    measurements: input.measurements ?? [],
    verdicts,
    findings: input.findings ?? [],
    ...(input.interop !== undefined && { interop: input.interop }),
    ...(input.fuzz !== undefined && { fuzz: input.fuzz }),
  };
}

/** What of a campaign decides the exit status. */
const campaignOf = ({ fuzz, findings = [] }: RecordInput) =>
  fuzz === undefined ? {} : { campaign: { inputs: fuzz.inputs + fuzz.replayed.cases, findings: findings.length } };

/** What belongs into a record, and nothing else that a caller's object may bear. */
function targetFacts(target: RecordInput['target']): TargetFacts {
  const { kind, product, version, protocols, capabilities, image, mechanisms, locales, tune, amqp10, roundTripMs } = target;
  return {
    url: redactUrl(target.url),
    kind,
    product,
    version,
    protocols,
    capabilities,
    properties: jsonObject(target.properties),
    ...(image !== undefined && { image }),
    ...(mechanisms !== undefined && { mechanisms }),
    ...(locales !== undefined && { locales }),
    ...(tune !== undefined && { tune: { channelMax: tune.channelMax, frameMax: tune.frameMax, heartbeatS: tune.heartbeatS } }),
    ...(amqp10 !== undefined && { amqp10 }),
    ...(roundTripMs !== undefined && { roundTripMs }),
  };
}
