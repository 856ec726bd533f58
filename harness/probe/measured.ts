import type { Tally } from './outage.ts';

/** A number or fact that a check took down and did not judge. */
export interface Measured {
  readonly name: string;
  readonly value: number | string | boolean;
  readonly unit?: string;
  /** Where it stands, if it is one of many that make a table. */
  readonly cell?: { readonly table: string; readonly row: string; readonly column: string };
  /** The whole account, if it is one of messages through an outage; `value` is then how many of them were lost. */
  readonly tally?: Tally;
}

/** An account in one line. */
export function tallyWords({ outage, ...counts }: Tally): string {
  return `${outage}: ${Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')}`;
}
