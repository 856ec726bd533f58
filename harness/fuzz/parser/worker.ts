import { setImmediate as turn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { emitInput } from '../emit/emitter.ts';
import { type Failure, judge, judgeAnyCut, streamsOf } from './oracle.ts';
import { loadParser, type Parser, ParserError } from './parsers.ts';
import type { Answer, Request, Setup } from './thread.ts';

/* The thread in which a parser is run, so that one that does not come back can be taken down. */

const { located, protocol, shared } = workerData as Setup;
const index = new Float64Array(shared, 0, 1);
const stop = new Int32Array(shared, 8, 1);

const say = (answer: Answer): void => parentPort?.postMessage(answer);

/** Inputs between two turns of the event loop, which a parser's own timers and finalizers may want. */
const batch = 1_024;

async function run(parser: Parser, { seed, from, to, known }: Extract<Request, { readonly kind: 'run' }>): Promise<Answer> {
  const signatures = new Set(known);
  let at = from;
  for (; at < to && Atomics.load(stop, 0) === 0; at += 1) {
    index[0] = at;
    if (at % batch === 0) await turn();
    await parser.prepare?.(4);
    const { bytes, cuts } = emitInput(seed, at, protocol);
    const failure = judge(parser, bytes, cuts);
    if (failure === undefined || signatures.has(failure.signature)) continue;
    signatures.add(failure.signature);
    say({ kind: 'finding', index: at, failure });
  }
  return { kind: 'done', next: at, notes: [...(parser.notes ?? [])] };
}

async function answer(parser: Parser, request: Request): Promise<Answer> {
  if (request.kind === 'run') return run(parser, request);
  await parser.prepare?.(streamsOf(request.bytes.length));
  const failure: Failure | undefined = (request.anyCut ? judgeAnyCut : judge)(parser, request.bytes, request.cuts);
  return { kind: 'judged', failure };
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
