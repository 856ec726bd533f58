import { faultsOf } from '../saboteur/faults.ts';
import type { ServerDuty091 } from '../spec/catalogue.ts';
import { duties } from '../spec/ledger.ts';
import { isAnswer091 } from '../spec/rule.ts';
import { campaign, playAll } from './simulated-conversations.ts';

/** What of the saboteur's doing a campaign of 0-9-1 found, and after how many conversations: the median of a few seeds. */
export interface FaultRow {
  readonly duty: string;
  /** Undefined where most seeds did not find it within the budget. */
  readonly conversations: number | undefined;
  readonly found: string;
}

/** Duties to refuse malformed or misplaced octets, which conversations can break. */
export const malformed: readonly ServerDuty091[] = duties
  .filter(({ id }) => /^amqp091\/(4\.2\.|2\.2\.4|connection\.|channel\.(open|not-open)).*:enforce$/.test(id) && faultsOf(id).length > 0)
  .filter(({ duty }) => duty.level === 'MUST' && duty.answers?.every(isAnswer091))
  .map(({ id }) => id as ServerDuty091);

/** Plays campaigns against a broker with this fault, in virtual time. */
export async function conversationsToFind(duty: ServerDuty091, seeds: readonly number[], budget: number): Promise<FaultRow> {
  const counts: number[] = [];
  let found = '';
  for (const seed of seeds) {
    const results = await playAll(campaign(seed, budget), { fault: duty, until: ({ verdict }) => verdict !== undefined });
    const verdict = results.at(-1)?.verdict;
    counts.push(verdict === undefined ? Number.POSITIVE_INFINITY : results.length);
    if (verdict !== undefined) found = `${verdict.severity}: ${verdict.reaction}`;
  }
  const median = counts.sort((one, other) => one - other)[counts.length >> 1] ?? Number.POSITIVE_INFINITY;
  return { duty, conversations: Number.isFinite(median) ? median : undefined, found };
}

/** The table, row by row. */
export async function* faultTable(seeds: readonly number[] = [1, 2, 3], budget = 3_000): AsyncGenerator<FaultRow> {
  for (const duty of malformed) yield await conversationsToFind(duty, seeds, budget);
}
