import { accountsOf, counts, outageWords } from '../accounts.ts';
import type { Broker } from './model.ts';

/** What became of the messages of one broker over all outages of one kind, every scenario together. */
export interface Kept {
  readonly name: string;
  readonly outage: keyof typeof outageWords;
  readonly scenarios: number;
  /** In the order of `counts`. */
  readonly sums: readonly number[];
}

/** What brokers kept, of those whose runs had outages; which messages are attempted is up to how quick a broker is. */
export function keptBy(brokers: readonly Broker[]): readonly Kept[] {
  return brokers.flatMap(({ name, record }) => {
    const accounts = accountsOf(record);
    return (['kill', 'stop'] as const).flatMap(outage => {
      const own = accounts.filter(account => account.outage === outage);
      const sums = counts.map(count => own.reduce((sum, account) => sum + account[count], 0));
      return own.length === 0 ? [] : [{ name, outage, scenarios: own.length, sums }];
    });
  });
}

/** Head of the table of what was kept. */
export const keptHead = ['scenarios', ...counts] as const;

/** What to make of the counts. */
export const keptLead =
  'Messages before and behind an outage, all scenarios together. Confirmed is what the broker said to have taken over, by a confirm or a commit; how many were attempted is up to how quick a broker is; lost, duplicated, reordered and unexpected are to be zero. What was acknowledged, or never confirmed, need not be recovered.';

/** How a row is called. */
export const keptName = ({ name, outage }: Kept): string => `${name}, ${outageWords[outage]}`;
