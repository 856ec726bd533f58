import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Shard } from '../../check/shard.ts';
import { type CaseFile, saveFinding } from '../case-file.ts';
import { annotatedOctets } from '../case-text.ts';
import { emitInput } from '../emit/emitter.ts';
import type { FuzzFinding, FuzzProtocol } from '../finding.ts';
import { CaseError, caseId, parserFinding, readParserCase, streamOf } from './cases.ts';
import { execParser, isExec, locate, openRunner, type Runner } from './runner.ts';
import { hangTryMs, type Raw, search } from './search.ts';
import { shrink } from './shrink.ts';
import { protocolOfBuiltin } from './verdict.ts';

export { CaseError } from './cases.ts';
export { ParserError } from './parsers.ts';

/** What to fuzz, and for how long. */
export interface CampaignOptions {
  /** `builtin:NAME`, the path or file URL of a module as `ParserModule` describes it, or what `execParser` makes of a command. */
  readonly parser: string;
  /** Of the frames that a module or a command is given; `amqp091` unless given. */
  readonly protocol?: FuzzProtocol;
  /** Milliseconds from the first input on; findings are shrunk after that. */
  readonly timeMs: number;
  /** With the index of an input it decides every octet of it. */
  readonly seed: number;
  /** Hears a few times a second how far the campaign is. */
  readonly onProgress?: (progress: { readonly inputs: number; readonly findings: number }) => void;
  /** Where findings are saved, in a folder `findings`; left out, they are not. */
  readonly outDir?: string;
  /** Index of the first input; 0 unless given. */
  readonly from?: number;
  /** How many threads a built-in parser or a module has, a copy of it in each; as many as there are cores unless given. Which input is which does not depend on it. */
  readonly threads?: number;
  /** One of several parts of all inputs, which need not know of each other. */
  readonly shard?: Shard;
  /** Ends the campaign so many inputs behind `from`, those of other shards counted. */
  readonly inputsMax?: number;
  /** Ids of findings that are not to be told again. */
  readonly known?: readonly string[];
  /** Ends the campaign at so many different findings; 20 unless given. */
  readonly findingsMax?: number;
  /** Longest time for one input in milliseconds; 1,000 unless given. */
  readonly limitMs?: number;
  /** Longest time in milliseconds that is spent on making one finding smaller; 5,000 unless given. */
  readonly shrinkMs?: number;
}

export interface CampaignReport {
  readonly inputs: number;
  readonly inputsPerSecond: number;
  readonly seconds: number;
  /** Index below which all inputs of this shard were judged. */
  readonly next: number;
  readonly findings: readonly FuzzFinding[];
  /** What the parser differed from us in that the standard leaves open, and how often. */
  readonly notes: Readonly<Record<string, number>>;
}

/** More threads than this are not started unasked. */
const threadsMax = 8;

/**
 * Gives a parser generated input until the time is over, and shrinks and saves what it did wrong.
 * @throws {ParserError} where there is no such parser or it cannot be used.
 * @example await fuzzParser({ parser: './my-parser.js', timeMs: 10_000, seed: 42, outDir: 'amqpspec-report' })
 */
export async function fuzzParser(options: CampaignOptions): Promise<CampaignReport> {
  const located = locate(options.parser);
  const protocol = protocolOfBuiltin[located] ?? options.protocol ?? 'amqp091';
  const runners = Array.from({ length: isExec(located) ? 1 : (options.threads ?? Math.min(availableParallelism(), threadsMax)) }, () =>
    openRunner(located, protocol),
  );
  try {
    await Promise.all(runners.map(runner => runner.start()));
    return await campaign(runners, located, protocol, options);
  } finally {
    await Promise.all(runners.map(runner => runner[Symbol.asyncDispose]()));
  }
}

async function campaign(runners: readonly Runner[], located: string, protocol: FuzzProtocol, options: CampaignOptions): Promise<CampaignReport> {
  const { timeMs, seed, from = 0, shard = { index: 1, of: 1 }, inputsMax = Number.MAX_SAFE_INTEGER, findingsMax = 20, limitMs = 1_000, onProgress } = options;
  const { inputs, next, seconds, found } = await search(runners, {
    protocol,
    timeMs,
    seed,
    shard,
    from,
    to: from + inputsMax,
    findingsMax,
    limitMs,
    onProgress,
  });
  const findings: FuzzFinding[] = [];
  for (const raw of found) {
    if (options.known?.includes(caseId(located, raw.failure)) === true) continue;
    const { again, ...small } = await shrunk(runners[0] as Runner, protocol, options, raw);
    // What a process did wrong among many inputs and does not do again is nothing that could be played again.
    if (!again && isExec(located)) continue;
    const finding = parserFinding(located, protocol, { seed: options.seed, index: raw.index, ...small });
    findings.push(options.outDir === undefined ? finding : { ...finding, file: await saveFinding(join(options.outDir, 'findings'), finding) });
  }
  return { inputs, next, seconds, inputsPerSecond: inputs / seconds, findings, notes: notesOf(runners) };
}

function notesOf(runners: readonly Runner[]): Readonly<Record<string, number>> {
  const all = new Map<string, number>();
  for (const { notes } of runners) for (const [note, times] of notes) all.set(note, (all.get(note) ?? 0) + times);
  return Object.fromEntries(all);
}

async function shrunk(thread: Runner, protocol: FuzzProtocol, { parser, seed, limitMs = 1_000, shrinkMs = 5_000 }: CampaignOptions, { index, failure }: Raw) {
  const { bytes, cuts: given } = emitInput(seed, index, protocol);
  // A process gets its inputs in one piece each.
  const cuts = isExec(locate(parser)) ? [] : failure.cuts.length > 0 ? failure.cuts : given;
  const anyCut = failure.kind === 'cut-dependent';
  const tryMs = failure.kind === 'hang' ? Math.min(hangTryMs, limitMs) : limitMs;
  const fails = async (candidate: Uint8Array): Promise<boolean> => {
    const clipped = cuts.filter(cut => cut < candidate.length);
    return (await thread.judge(candidate, clipped, { limitMs: tryMs, anyCut }))?.signature === failure.signature;
  };
  const end = performance.now() + shrinkMs;
  const small = await shrink(bytes, fails, { protocol, enough: () => performance.now() >= end });
  const clipped = cuts.filter(cut => cut < small.length);
  const last = await thread.judge(small, clipped, { limitMs, anyCut });
  if (last?.signature !== failure.signature) return { bytes, failure, cuts, again: last !== undefined };
  return { bytes: small, again: true, failure: last, cuts: anyCut ? last.cuts : clipped };
}

/** What came of playing a saved case again. */
export interface CaseReplay {
  readonly case: CaseFile & { readonly parser: string };
  /** `reproduced` where the parser does anything wrong with the octets. */
  readonly outcome: 'reproduced' | 'gone';
  /** What it did wrong now; where it is gone, what it did then. */
  readonly message: string;
  readonly hex: string;
  readonly cuts: readonly number[];
  /** The octets, one line for each frame. */
  readonly decoded: readonly string[];
}

/** How a case is played again. */
interface ReplayOptions {
  readonly limitMs?: number;
  /** The command of its parser: the one that a file names is run for nobody who does not say it. */
  readonly exec?: string;
}

/**
 * Plays a saved case again.
 * @throws {CaseError} where the file is none.
 * @throws {ParserError} where its parser is no longer to be had.
 */
export async function replayParserCase(file: string, { limitMs = 3_000, exec }: ReplayOptions = {}): Promise<CaseReplay> {
  const saved = await readParserCase(file);
  if (exec === undefined && isExec(saved.parser)) throw new CaseError(`The parser of ${file} is a command: say it again, --exec '${saved.parser.slice(5)}'.`);
  await using thread = openRunner(exec === undefined ? locate(saved.parser) : execParser(exec), saved.protocol);
  const { bytes, cuts } = streamOf(saved);
  const now = await thread.judge(bytes, cuts, { limitMs, anyCut: true });
  return {
    case: saved,
    outcome: now === undefined ? 'gone' : 'reproduced',
    message: now?.message ?? saved.title,
    hex: Buffer.from(bytes).toString('hex'),
    cuts,
    decoded: annotatedOctets(saved.protocol, bytes),
  };
}
