import { join } from 'node:path';
import { type CaseFile, saveFinding } from '../case-file.ts';
import { annotatedOctets } from '../case-text.ts';
import { emitInput } from '../emit/emitter.ts';
import type { FuzzFinding, FuzzProtocol } from '../finding.ts';
import { CaseError, parserFinding, readParserCase, streamOf } from './cases.ts';
import type { Failure } from './oracle.ts';
import { execParser, isExec, locate, openRunner, type Runner } from './runner.ts';
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
  /** Ends the campaign after so many inputs. */
  readonly inputsMax?: number;
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
  readonly findings: readonly FuzzFinding[];
  /** What the parser differed from us in that the standard leaves open, and how often. */
  readonly notes: Readonly<Record<string, number>>;
}

/** With the protocol that the parser's name tells. */
type Decided = CampaignOptions & { readonly protocol: FuzzProtocol };

interface Raw {
  readonly index: number;
  readonly failure: Failure;
}

/**
 * Gives a parser generated input until the time is over, and shrinks and saves what it did wrong.
 * @throws {ParserError} where there is no such parser or it cannot be used.
 * @example await fuzzParser({ parser: './my-parser.js', timeMs: 10_000, seed: 42, outDir: 'amqpspec-report' })
 */
export async function fuzzParser(options: CampaignOptions): Promise<CampaignReport> {
  const located = locate(options.parser);
  const protocol = protocolOfBuiltin[located] ?? options.protocol ?? 'amqp091';
  await using thread = openRunner(located, protocol);
  await thread.start();
  const { inputs, seconds, found } = await search(thread, { ...options, protocol });
  const findings: FuzzFinding[] = [];
  for (const raw of found) {
    const { again, ...small } = await shrunk(thread, { ...options, protocol }, raw);
    // What a process did wrong among many inputs and does not do again is nothing that could be played again.
    if (!again && isExec(located)) continue;
    const finding = parserFinding(located, protocol, { seed: options.seed, index: raw.index, ...small });
    findings.push(options.outDir === undefined ? finding : { ...finding, file: await saveFinding(join(options.outDir, 'findings'), finding) });
  }
  return { inputs, inputsPerSecond: inputs / seconds, findings, notes: Object.fromEntries(thread.notes) };
}

async function search(
  thread: Runner,
  { timeMs, seed, protocol, inputsMax = Number.MAX_SAFE_INTEGER, findingsMax = 20, limitMs = 1_000, onProgress }: CampaignOptions,
) {
  const begun = performance.now();
  const found = new Map<string, Raw>();
  const keep = (index: number, failure: Failure): void => {
    if (found.size < findingsMax && !found.has(failure.signature)) found.set(failure.signature, { index, failure });
  };
  const over = (): boolean => performance.now() - begun >= timeMs || found.size >= findingsMax;
  let told = begun;
  const enough = (inputs: number): boolean => {
    if (performance.now() - told > 250) {
      told = performance.now();
      onProgress?.({ inputs, findings: found.size });
    }
    return over();
  };
  let next = 0;
  while (next < inputsMax && !over()) {
    // Once it is known that the parser hangs, the inputs on which it does shall not eat up the time.
    const limit = [...found.values()].some(each => each.failure.kind === 'hang') ? Math.min(hangTryMs, limitMs) : limitMs;
    const stretch = await thread.run({ seed, from: next, to: inputsMax, limitMs: limit, known: [...found.keys()], onFinding: keep, enough });
    next = stretch.next;
    if (stretch.failure === undefined || found.has(stretch.failure.signature)) continue;
    // A busy machine can make an input late: what took the thread down has to do so again, alone and with more time.
    const { bytes, cuts } = emitInput(seed, next - 1, protocol);
    const again = await thread.judge(bytes, cuts, { limitMs: 3 * limitMs });
    if (again !== undefined) keep(next - 1, again.kind === 'hang' ? stretch.failure : again);
  }
  return { inputs: next, seconds: (performance.now() - begun) / 1000, found: [...found.values()] };
}

/** Longest time in milliseconds that is spent on one try of a finding that hangs. */
const hangTryMs = 200;

async function shrunk(thread: Runner, { seed, protocol, limitMs = 1_000, shrinkMs = 5_000 }: Decided, { index, failure }: Raw) {
  const { bytes, cuts: given } = emitInput(seed, index, protocol);
  const cuts = failure.cuts.length > 0 ? failure.cuts : given;
  const anyCut = failure.kind === 'cut-dependent';
  const tryMs = failure.kind === 'hang' ? Math.min(hangTryMs, limitMs) : limitMs;
  const fails = async (candidate: Uint8Array): Promise<boolean> => {
    const clipped = cuts.filter(cut => cut < candidate.length);
    return (await thread.judge(candidate, clipped, { limitMs: tryMs, anyCut }))?.signature === failure.signature;
  };
  const end = performance.now() + shrinkMs;
  const small = await shrink(bytes, fails, { enough: () => performance.now() >= end });
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
