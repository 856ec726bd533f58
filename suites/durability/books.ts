import type { Outage, Tally } from '../../harness/probe/outage.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';

/** What was done with the messages of one scenario before the outage. Each has a name of its own, its body. */
export interface Books {
  readonly outage: Outage;
  /** In the order in which they were published. */
  readonly attempted: readonly string[];
  /** Those that the broker said to have taken over. */
  readonly confirmed: readonly string[];
  /** Those that it must not have: acknowledged, rolled back, never committed. */
  readonly barred?: readonly string[];
}

/** The duty that is broken by each kind of loss; what is left out breaks the check's first. */
export type Breaches = Readonly<Partial<Record<'lost' | 'duplicated' | 'reordered' | 'unexpected', DutyId>>>;

/** Holds what was found behind the outage against the books. What was never confirmed may be there or not. */
export function tally({ outage, attempted, confirmed, barred = [] }: Books, found: readonly string[]): Tally {
  const distinct = new Set(found);
  const none = new Set(barred);
  const places = new Map(attempted.map((name, at) => [name, at]));
  let reordered = 0;
  let last = -1;
  for (const name of distinct) {
    const place = places.get(name) ?? last;
    if (place < last) reordered += 1;
    last = Math.max(last, place);
  }
  return {
    outage,
    attempted: attempted.length,
    confirmed: confirmed.length,
    recovered: distinct.size,
    lost: confirmed.filter(name => !none.has(name) && !distinct.has(name)).length,
    duplicated: found.length - distinct.size,
    reordered,
    unexpected: [...distinct].filter(name => none.has(name) || !places.has(name)).length,
  };
}

const sentences = {
  lost: 'are lost',
  duplicated: 'came back twice',
  unexpected: 'are there that should not be',
  reordered: 'came behind later ones',
} as const;

/** Puts the account into the record, and fails the check where it does not come out even. */
export function settle(peer: Peer, scenario: string, books: Books, found: readonly string[], duties: Breaches = {}): void {
  const account = tally(books, found);
  peer.account(scenario, account);
  for (const [kind, what] of Object.entries(sentences) as [keyof typeof sentences, string][]) {
    const count = account[kind];
    const of = kind === 'lost' ? account.confirmed : account.recovered;
    peer.require(
      count === 0,
      kind === 'lost' ? `Messages that the server had taken over are lost: ${count} of ${of}.` : `Messages ${what}: ${count} of ${of}.`,
      duties[kind],
    );
  }
}
