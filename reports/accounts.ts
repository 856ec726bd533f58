import type { Measurement, RunRecord } from '../harness/check/record.ts';

type Tally = NonNullable<Measurement['tally']>;

/** What became of the messages of one scenario. */
export interface Account extends Tally {
  readonly scenario: string;
  readonly check: string | undefined;
}

/** The counts of an account, in the order in which they are shown. */
export const counts = ['attempted', 'confirmed', 'recovered', 'lost', 'duplicated', 'reordered', 'unexpected'] as const;

export const outageWords = { kill: 'killed', stop: 'stopped' } as const satisfies Record<Tally['outage'], string>;

/** Every account of the record, by scenario, the killed broker first. */
export function accountsOf({ measurements }: Pick<RunRecord, 'measurements'>): readonly Account[] {
  const found = measurements.flatMap(({ name, check, tally }) => (tally === undefined ? [] : [{ ...tally, scenario: name, check }]));
  const key = ({ scenario, outage }: Account) => `${scenario} ${outage}`;
  return found.sort((one, other) => (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : 0));
}

/** What is no account. */
export const figuresOf = ({ measurements }: Pick<RunRecord, 'measurements'>): readonly Measurement[] => measurements.filter(({ tally }) => tally === undefined);

/** Messages of an account with which something is wrong. */
export const wrongOf = ({ lost, duplicated, reordered, unexpected }: Tally): number => lost + duplicated + reordered + unexpected;
