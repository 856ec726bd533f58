import type { WaitKind } from './peer.ts';

/** How long each kind of wait may last, in milliseconds of the target's clock. */
export type Budgets = Readonly<Record<WaitKind, number>>;

/** A reply may take this many measured round trips, since brokers work side by side and fsync now and then. */
const roundTrips = 100;

/** The least of each kind: below it a busy machine would be taken for a broken broker. */
const floors: Budgets = { reply: 1000, close: 5000, handshake: 5000, idle: 1000 };

/** A second run may wait this many times longer, and at least `longFloorMs`. */
const patience = 3;
const longFloorMs = 5000;

const kinds = Object.keys(floors) as readonly WaitKind[];

function each(make: (kind: WaitKind) => number): Budgets {
  return Object.fromEntries(kinds.map(kind => [kind, make(kind)])) as Record<WaitKind, number>;
}

/** Budgets for a target whose median round trip is `roundTripMs`; what a profile says wins. */
export function measuredBudgets(roundTripMs: number, overrides: Partial<Budgets> = {}): Budgets {
  return each(kind => overrides[kind] ?? Math.max(floors[kind], Math.ceil(roundTrips * roundTripMs)));
}

/** For a target whose round trip could not be measured. */
export const defaultBudgets = measuredBudgets(0);

/** What a check gets when it runs again, alone, after a silence. Kinds that were overridden have no floor: who names a budget knows the target. */
export function longBudgets(budgets: Budgets, overrides: Partial<Budgets> = {}): Budgets {
  return each(kind => Math.max(overrides[kind] === undefined ? longFloorMs : 0, patience * budgets[kind]));
}

/** Silence on a connection with heartbeats lasts at most two intervals (section 4.2.7); `idle` is the allowance on top. */
export function idleBudget(budgets: Budgets, heartbeatS: number): number {
  return budgets.idle + 2000 * heartbeatS;
}
