import { randomInt } from 'node:crypto';
import type { FuzzCell } from '../check/record-fuzz.ts';
import { parseShard, type Shard } from '../check/shard.ts';
import { type CaseFile, readCorpus } from '../fuzz/case-file.ts';
import { CaseError } from '../fuzz/case-text.ts';
import type { FuzzFinding, FuzzProtocol, FuzzSubject } from '../fuzz/finding.ts';
import { usage } from './errors.ts';
import { type CampaignState, readState } from './fuzz-state.ts';
import type { SharedOptions, Terminal } from './terminal.ts';
import { parseFormats, prepareFolder } from './write-reports.ts';

/** What the command line says of a campaign, whatever is fuzzed. */
export interface CampaignFlags extends SharedOptions {
  readonly time: string;
  readonly runs?: number;
  readonly seed?: number;
  readonly shard?: string;
  readonly resume?: boolean;
  readonly save?: boolean;
  readonly corpus: string;
  readonly out: string;
  readonly format: readonly string[];
}

/** What is fuzzed. A campaign is resumed against the same alone. */
export interface CampaignSubject {
  readonly subject: FuzzSubject;
  /** As the command line names it, without secrets. */
  readonly target: string;
  /** Of a broker that tells it. */
  readonly version?: string;
  readonly protocols: readonly FuzzProtocol[];
}

/** A campaign as it was asked for. */
export interface Campaign extends CampaignSubject {
  readonly seed: number;
  /** Milliseconds that this part of it may take; infinite where a number of inputs was asked for and no time. */
  readonly timeMs: number;
  /** The index behind the last input of the whole campaign, all shards together. */
  readonly runs?: number;
  /** `1/1` where it is not shared out. */
  readonly shard: Shard;
  /** Index of the first input that is wanted. */
  readonly from: number;
  /** Cases to be played before. */
  readonly corpus: readonly CaseFile[];
  /** What was done before it was resumed. */
  readonly before: CampaignState | undefined;
  readonly flags: CampaignFlags;
}

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `10s`, `2m`, `500ms` in milliseconds. */
export function parseDuration(text: string): number {
  const match = /^(\d+)(ms|s|m|h)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) throw usage(`--time wants a duration such as 10s or 2m, not ${text}.`);
  return Number(match[1]) * units[match[2] as keyof typeof units];
}

function shardOf(text: string | undefined): Shard {
  const shard = text === undefined ? { index: 1, of: 1 } : parseShard(text);
  if (shard === undefined) throw usage(`--shard ${text} is no part of a campaign; the second of three is written 2/3.`);
  return shard;
}

async function corpusOf(folder: string, { subject, protocols }: CampaignSubject): Promise<readonly CaseFile[]> {
  try {
    return await readCorpus(folder, { subject, protocols });
  } catch (error) {
    if (error instanceof CaseError) throw usage(error.message);
    throw error;
  }
}

/** Reads the options of a campaign, its corpus and, to go on with it, its state. `given`: options that were written on the command line. */
export async function openCampaign(flags: CampaignFlags, given: readonly string[], subject: CampaignSubject): Promise<Campaign> {
  const timeMs = flags.runs !== undefined && !given.includes('time') ? Number.POSITIVE_INFINITY : parseDuration(flags.time);
  const shard = shardOf(flags.shard);
  parseFormats(flags.format);
  await prepareFolder(flags.out);
  const asked = { ...subject, shard: `${shard.index}/${shard.of}`, ...(flags.seed !== undefined && { seed: flags.seed }) };
  const before = flags.resume === true ? await readState(flags.out, asked) : undefined;
  return {
    ...subject,
    seed: before?.seed ?? flags.seed ?? randomInt(2 ** 31),
    timeMs,
    ...(flags.runs !== undefined && { runs: flags.runs }),
    shard,
    from: before?.next ?? 0,
    corpus: await corpusOf(flags.corpus, subject),
    before,
    flags,
  };
}

/** Says what is about to happen, in a line or two. */
export function announce({ subject, target, seed, timeMs, runs, shard, from, corpus, flags }: Campaign, screen: Terminal, shown = target): void {
  const bounds = [
    ...(Number.isFinite(timeMs) ? [flags.time] : []),
    ...(runs === undefined ? [] : [`${runs} ${subject === 'parser' ? 'inputs' : 'conversations'}`]),
  ].join(' or ');
  const part = shard.of === 1 ? '' : `, shard ${shard.index}/${shard.of}`;
  screen.say(`fuzzing ${shown} for ${bounds}, seed ${seed}${part}${from === 0 ? '' : `, from input ${from} on`}`);
  if (corpus.length > 0) screen.say(`first ${corpus.length === 1 ? 'the one case' : `the ${corpus.length} cases`} of ${flags.corpus}`);
}

/** How far a campaign is. */
export interface FuzzProgress {
  readonly inputs: number;
  readonly inputsPerSecond: number;
  readonly findings: number;
  /** How many states were met and pairs of state and departure tried; left out for parsers. */
  readonly states?: number;
  readonly pairs?: number;
}

/** Between two plain lines where no live line can be shown, in milliseconds. */
const plainMs = 10_000;

/** Shows how far a campaign is: a live line on a terminal, elsewhere a line now and then. */
export function progressTeller(screen: Terminal, { subject }: Pick<Campaign, 'subject'>): (progress: FuzzProgress) => void {
  let told = performance.now();
  let found = 0;
  return ({ inputs, inputsPerSecond, findings, states, pairs }) => {
    const milestone = findings > found || performance.now() - told >= plainMs;
    if (milestone) told = performance.now();
    found = findings;
    const covered = [...(states === undefined ? [] : [`${states} states`]), ...(pairs === undefined ? [] : [`${pairs} departures in them`])];
    const parts = [
      `${inputs} ${subject === 'parser' ? 'inputs' : 'conversations'}`,
      `${Math.round(inputsPerSecond)} a second`,
      ...covered,
      `${findings} ${findings === 1 ? 'finding' : 'findings'}`,
    ];
    screen.progress(parts.join(', '), milestone);
  };
}

/** What came of a campaign, or of the part of it since it was resumed. */
export interface CampaignOutcome {
  readonly inputs: number;
  readonly seconds: number;
  /** Index of the input with which to go on. */
  readonly next: number;
  readonly findings: readonly FuzzFinding[];
  /** Cases of the corpus that were played, and how many show a mistake; theirs are among the findings. */
  readonly replayed: { readonly cases: number; readonly failing: number };
  /** All that can be drawn. */
  readonly states: readonly string[];
  readonly departures: readonly string[];
  readonly coverage: readonly FuzzCell[];
  /** What else was counted of this part, by name. */
  readonly figures?: Readonly<Record<string, number>>;
  /** What a reader must know before trusting the numbers. */
  readonly notes: readonly string[];
}

/** The outcome with what was done before the campaign was resumed. */
export function wholeOutcome({ before }: Campaign, outcome: CampaignOutcome): CampaignOutcome {
  if (before === undefined) return outcome;
  const known = new Set(before.findings.map(({ id }) => id));
  const counts = new Map<string, FuzzCell>();
  for (const cell of [...before.coverage, ...outcome.coverage]) {
    const key = JSON.stringify([cell.state, cell.departure]);
    counts.set(key, { ...cell, count: cell.count + (counts.get(key)?.count ?? 0) });
  }
  return {
    ...outcome,
    inputs: before.inputs + outcome.inputs,
    seconds: before.seconds + outcome.seconds,
    findings: [...before.findings, ...outcome.findings.filter(({ id }) => !known.has(id))],
    coverage: [...counts.values()],
  };
}
