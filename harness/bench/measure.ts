import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export type Print = (line: string) => void;

export interface Measured {
  readonly name: string;
  readonly bestMs: number;
  readonly medianMs: number;
}

/**
 * Times some works against each other: round by round in turn, so that whatever else the machine does befalls all alike. The first fifth of the
 * rounds warms up. The best round is the one least disturbed.
 */
export function measure(works: Readonly<Record<string, () => void>>, rounds: number): readonly Measured[] {
  const times = Object.entries(works).map(([name, work]) => ({ name, work, ms: [] as number[] }));
  const warmUp = Math.floor(rounds / 5);
  for (let round = 0; round < rounds; round += 1) {
    for (const { work, ms } of times) {
      const start = process.hrtime.bigint();
      work();
      const spent = Number(process.hrtime.bigint() - start) / 1e6;
      if (round >= warmUp) ms.push(spent);
    }
  }
  return times.map(({ name, ms }) => {
    const sorted = ms.sort((a, b) => a - b);
    return { name, bestMs: sorted[0] ?? Number.NaN, medianMs: sorted[sorted.length >> 1] ?? Number.NaN };
  });
}

/** Octets in use on the heap after a full collection. */
export function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}

/** A table of text, first column to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map(row => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ');
  return [line(head), widths.map(width => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}
