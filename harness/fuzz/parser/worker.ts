import { setImmediate as turn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Draft } from '../emit/draft.ts';
import { emitInput, emitOctets, emitters } from '../emit/emitter.ts';
import { Random } from '../random.ts';
import { indexAfter } from './lanes.ts';
import { lookFor } from './look.ts';
import { balloons, held, inWords, tidy } from './memory.ts';
import { type Failure, failure, judge, judgeAnyCut, type Look, streamsOf } from './oracle.ts';
import { loadParser, type Parser, ParserError } from './parsers.ts';
import type { Answer, Request, Setup } from './thread.ts';

/* The thread in which a parser is run, so that one that does not come back can be taken down. */

const { located, protocol, shared } = workerData as Setup;
const index = new Float64Array(shared, 0, 1);
const stop = new Int32Array(shared, 8, 1);

const say = (answer: Answer): void => parentPort?.postMessage(answer);

/** Inputs between two turns of the event loop, which a parser's own timers and finalizers may want. */
const batch = 1_024;
/** Inputs between two looks at the memory. */
const memoryBatch = 16;

async function run(parser: Parser, { seed, from, to, origin, lanes, known }: Extract<Request, { readonly kind: 'run' }>): Promise<Answer> {
  const signatures = new Set(known);
  const tell = (at: number, failed: Failure | undefined): void => {
    if (failed === undefined || signatures.has(failed.signature)) return;
    signatures.add(failed.signature);
    say({ kind: 'finding', index: at, failure: failed });
  };
  const draft = new Draft();
  const emitter = emitters[protocol];
  let at = from;
  let recent: number[] = [];
  let memory = held();
  for (let count = 1; at < to && Atomics.load(stop, 0) === 0; at = indexAfter(at, { origin, lanes }), count += 1) {
    index[0] = at;
    if (count % batch === 0) await turn();
    if (parser.prepare) await parser.prepare(4);
    const random = new Random(seed, at);
    emitOctets(draft, random, emitter);
    tell(at, judge(parser, draft.octets, lookFor(parser, at, draft.length, random)));
    recent.push(at);
    if (count % memoryBatch !== 0) continue;
    if (balloons(held() - memory, 0) && !signatures.has('balloon')) for (const each of recent) tell(each, ballooning(parser, seed, each));
    recent = [];
    memory = held();
  }
  return { kind: 'done', next: at, notes: [...(parser.notes ?? [])] };
}

/** Gives the parser an input of which it is feared that it takes too much memory. */
function ballooning(parser: Parser, seed: number, at: number): Failure | undefined {
  const { bytes } = emitInput(seed, at, protocol);
  const failed = weighed(bytes, () => judge(parser, bytes, { cuts: [], encoded: false, described: false }));
  return failed?.kind === 'balloon' ? failed : undefined;
}

/** Judges, and tells of too much memory where nothing else is wrong. */
function weighed({ length }: Uint8Array, work: () => Failure | undefined): Failure | undefined {
  tidy();
  const before = held();
  const failed = work();
  const grown = held() - before;
  if (failed !== undefined || !balloons(grown, length)) return failed;
  return failure('balloon', `${inWords(grown)} of memory for an input of ${length} octets`, '', []);
}

async function answer(parser: Parser, request: Request): Promise<Answer> {
  if (request.kind === 'run') return run(parser, request);
  const { bytes, cuts, anyCut } = request;
  await parser.prepare?.(streamsOf(bytes.length));
  const look: Look = { cuts: cuts.length === 0 ? [] : [cuts], encoded: true, described: true };
  return { kind: 'judged', failure: weighed(bytes, () => (anyCut ? judgeAnyCut(parser, bytes, cuts) : judge(parser, bytes, look))) };
}

/** A parser that cannot be judged is answered; what else goes wrong here is our own mistake and ends the thread. */
async function guarded(work: () => Promise<Answer>): Promise<void> {
  try {
    say(await work());
  } catch (error) {
    if (!(error instanceof ParserError)) throw error;
    say({ kind: 'unusable', message: error.message });
  }
}

let parser: Parser | undefined;

await guarded(async () => {
  parser = await loadParser(located, protocol);
  return { kind: 'ready' };
});

parentPort?.on('message', (request: Request) => {
  const loaded = parser;
  if (loaded !== undefined) void guarded(() => answer(loaded, request));
});
