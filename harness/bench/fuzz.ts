import { availableParallelism, loadavg } from 'node:os';
import { fuzzParser } from '../fuzz/parser/campaign.ts';
import { type Print, table } from './measure.ts';
import { type Planted, plant, planted } from './planted.ts';

const seeds = [1, 2, 3, 4, 5];
const speedMs = 5_000;
const enough = 60_000;

/** Inputs up to the one that shows the mistake, for each seed; undefined where its budget is not enough. */
async function inputsToFind(mistake: Planted): Promise<readonly (number | undefined)[]> {
  await using copy = await plant(mistake.protocol, mistake);
  const found: (number | undefined)[] = [];
  for (const seed of seeds) {
    const { findings } = await fuzzParser({
      parser: copy.file,
      protocol: mistake.protocol,
      timeMs: enough,
      seed,
      inputsMax: mistake.budget,
      findingsMax: 1,
      limitMs: 1_000,
      shrinkMs: 0,
      threads: 1,
    });
    found.push(findings[0] === undefined ? undefined : findings[0].index + 1);
  }
  return found;
}

function row(mistake: Planted, found: readonly (number | undefined)[]): readonly string[] {
  const sorted = found.map(inputs => inputs ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const [median = Number.NaN, most = Number.NaN] = [sorted[sorted.length >> 1], sorted.at(-1)];
  const word = (inputs: number): string => (Number.isFinite(inputs) ? String(inputs) : 'not found');
  return [mistake.name, mistake.protocol, word(median), word(most), String(mistake.budget)];
}

/** How many inputs a second, and how many of them until a mistake in a copy of our own parser shows. */
export async function run(print: Print): Promise<void> {
  for (const parser of ['builtin:amqp091', 'builtin:amqp10']) {
    const { inputs, inputsPerSecond, findings } = await fuzzParser({ parser, timeMs: speedMs, seed: 1 });
    const load = (loadavg()[0] ?? Number.NaN).toFixed(1);
    print(
      `${parser}: ${inputs} inputs, ${Math.round(inputsPerSecond)} a second in ${availableParallelism()} threads (load ${load}), ${findings.length} findings`,
    );
  }
  const rows: (readonly string[])[] = [];
  for (const mistake of planted) rows.push(row(mistake, await inputsToFind(mistake)));
  print(`\ninputs until a planted mistake is found, of ${seeds.length} seeds`);
  print(table(['mistake', 'protocol', 'median', 'most', 'budget'], rows));
}
