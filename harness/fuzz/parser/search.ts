import type { Shard } from '../../check/shard.ts';
import { emitInput } from '../emit/emitter.ts';
import type { FuzzProtocol } from '../finding.ts';
import { countBefore, firstFrom, indexAfter, type Lane } from './lanes.ts';
import type { Failure } from './oracle.ts';
import type { Runner } from './runner.ts';

/** What is searched, and for how long. */
export interface SearchOptions {
  readonly protocol: FuzzProtocol;
  readonly timeMs: number;
  readonly seed: number;
  /** The part of all inputs that is searched. */
  readonly shard: Shard;
  /** Index of the first input. */
  readonly from: number;
  /** Index of the first input that is not to be judged. */
  readonly to: number;
  readonly findingsMax: number;
  readonly limitMs: number;
  readonly onProgress?: ((progress: { readonly inputs: number; readonly findings: number }) => void) | undefined;
}

/** What the input with that index did to the parser. */
export interface Raw {
  readonly index: number;
  readonly failure: Failure;
}

export interface Searched {
  readonly inputs: number;
  /** Index below which all inputs of the shard were judged. */
  readonly next: number;
  readonly seconds: number;
  /** In the order of their indexes. */
  readonly found: readonly Raw[];
}

/** Longest time in milliseconds that is spent on one try of a finding that hangs. */
export const hangTryMs = 200;
const toldEveryMs = 250;

/** What all lanes found: of each signature the input with the lowest index, however far which lane was. */
class Findings {
  readonly #bySignature = new Map<string, Raw>();
  readonly #max: number;
  /** Nothing behind this index can be among the first `max` findings. */
  bound = Number.POSITIVE_INFINITY;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return Math.min(this.#bySignature.size, this.#max);
  }

  get hangs(): boolean {
    return [...this.#bySignature.values()].some(({ failure }) => failure.kind === 'hang');
  }

  keep(index: number, failure: Failure): void {
    const before = this.#bySignature.get(failure.signature);
    if (before !== undefined && before.index <= index) return;
    this.#bySignature.set(failure.signature, { index, failure });
    this.bound = this.first.length < this.#max ? this.bound : (this.first.at(-1)?.index ?? this.bound);
  }

  /** The first findings by index. */
  get first(): readonly Raw[] {
    return [...this.#bySignature.values()].sort((a, b) => a.index - b.index).slice(0, this.#max);
  }
}

/** Gives the runners, each in its lane, one input after the other until the time, the inputs or the findings are enough. */
export async function search(runners: readonly Runner[], options: SearchOptions): Promise<Searched> {
  const { timeMs, findingsMax, onProgress } = options;
  const begun = performance.now();
  const findings = new Findings(findingsMax);
  const { shard, from } = options;
  const lanes = runners.map((_, at): Lane => ({ origin: 0, lane: shard.index - 1 + shard.of * at, lanes: shard.of * runners.length }));
  const counts = new Map<Lane, number>();
  const inputs = (): number => [...counts.values()].reduce((sum, count) => sum + count, 0);
  let told = begun;
  const enough = (lane: Lane, index: number): boolean => {
    counts.set(lane, Math.max(0, countBefore(index, lane) - countBefore(from, lane)));
    if (performance.now() - told > toldEveryMs) {
      told = performance.now();
      onProgress?.({ inputs: inputs(), findings: findings.size });
    }
    return performance.now() - begun >= timeMs || index > findings.bound;
  };
  const ends = await Promise.all(runners.map((runner, at) => searchLane(runner, lanes[at] as Lane, { options, findings, enough })));
  return { inputs: inputs(), next: Math.min(...ends), seconds: (performance.now() - begun) / 1000, found: findings.first };
}

interface Hunt {
  readonly options: SearchOptions;
  readonly findings: Findings;
  readonly enough: (lane: Lane, index: number) => boolean;
}

async function searchLane(runner: Runner, lane: Lane, { options, findings, enough }: Hunt): Promise<number> {
  const { protocol, seed, to, limitMs } = options;
  const known = new Set<string>();
  const keep = (index: number, failure: Failure): void => {
    known.add(failure.signature);
    findings.keep(index, failure);
  };
  let next = firstFrom(options.from, lane);
  for (; next < to && !enough(lane, next); ) {
    // Once it is known that the parser hangs, the inputs on which it does shall not eat up the time.
    const limit = findings.hangs ? Math.min(hangTryMs, limitMs) : limitMs;
    const { origin, lanes } = lane;
    const stretch = await runner.run({
      seed,
      from: next,
      to,
      origin,
      lanes,
      limitMs: limit,
      known: [...known],
      onFinding: keep,
      enough: index => enough(lane, index),
    });
    next = stretch.next;
    if (stretch.failure === undefined) continue;
    const index = stretch.next - 1;
    next = indexAfter(index, lane);
    if (known.has(stretch.failure.signature)) continue;
    // A busy machine can make an input late: what took the thread down has to do so again, alone and with more time.
    const { bytes, cuts } = emitInput(seed, index, protocol);
    const again = await runner.judge(bytes, cuts, { limitMs: 3 * limitMs });
    if (again !== undefined) keep(index, again.kind === 'hang' ? stretch.failure : again);
  }
  enough(lane, Math.min(next, to));
  return Math.min(next, to);
}
