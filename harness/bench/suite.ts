import type { RunRecord } from '../check/record.ts';
import { run as judge } from '../run.ts';
import { type Print, table } from './measure.ts';

/** Runs in a row; each is judged by the same checks with a seed of its own. */
const runs = 20;

const fingerprint = ({ verdicts }: RunRecord): string => verdicts.map(({ check, outcome, reaction }) => `${check} ${outcome} ${reaction}`).join('\n');

function median(numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[numbers.length >> 1] ?? 0;
}

/** The checks that did not come out the same in all runs. */
function unsteady(records: readonly RunRecord[]): readonly string[] {
  const outcomes = new Map<string, Set<string>>();
  for (const { verdicts } of records) {
    for (const { check, outcome, reaction } of verdicts) outcomes.set(check, (outcomes.get(check) ?? new Set()).add(`${outcome} ${reaction}`));
  }
  return [...outcomes].filter(([, seen]) => seen.size > 1).map(([check, seen]) => `${check}: ${[...seen].join(' | ')}`);
}

/**
 * The whole slice, 20 times in a row: wall time from start to record, and whether every run came to the same verdicts. Judges the embedded
 * reference broker; AMQPSPEC_TARGETS names others, parted by spaces.
 */
export async function run(print: Print): Promise<void> {
  const targets = ['reference', ...(process.env['AMQPSPEC_TARGETS'] ?? '').split(' ').filter(name => name !== '')];
  const rows: string[][] = [];
  for (const target of targets) {
    const records: RunRecord[] = [];
    const seconds: number[] = [];
    for (let count = 0; count < runs; count += 1) {
      const begun = performance.now();
      records.push(await judge({ target, seed: count + 1 }));
      seconds.push((performance.now() - begun) / 1000);
    }
    const kinds = new Set(records.map(fingerprint)).size;
    const { checks = 0, pass = 0, fail = 0 } = records[0]?.summary ?? {};
    rows.push([
      target.replace(/:[^:@/]*@/, '@'),
      `${checks}`,
      `${pass}`,
      `${fail}`,
      median(seconds).toFixed(1),
      Math.max(...seconds).toFixed(1),
      kinds === 1 ? 'yes' : `${kinds} kinds`,
    ]);
    for (const line of unsteady(records)) print(`unsteady  ${line}`);
  }
  print(table(['target', 'checks', 'pass', 'fail', 'median s', 'slowest s', `same in ${runs} runs`], rows));
}
