import type { Conversation } from './conversation.ts';

/** How often a departure was sent in a state. */
export interface CoverageRow {
  readonly state: string;
  readonly departure: string;
  readonly count: number;
}

/** What a campaign has come by: departures by the states in which they were sent. */
export class Coverage {
  readonly #counts = new Map<string, Map<string, number>>();
  departures = 0;

  /** Counts what was sent of a conversation: its first `steps` steps. */
  add({ steps, state }: Conversation, taken: number): void {
    for (const step of steps.slice(0, taken)) {
      if (step.kind !== 'send' || step.departure === undefined) continue;
      const at = step.state ?? state;
      const row = this.#counts.get(at) ?? new Map<string, number>();
      this.#counts.set(at, row.set(step.departure, (row.get(step.departure) ?? 0) + 1));
      this.departures += 1;
    }
  }

  get states(): number {
    return this.#counts.size;
  }

  /** Pairs of state and departure. */
  get pairs(): number {
    return [...this.#counts.values()].reduce((sum, row) => sum + row.size, 0);
  }

  get rows(): readonly CoverageRow[] {
    const rows = [...this.#counts].flatMap(([state, row]) => [...row].map(([departure, count]) => ({ state, departure, count })));
    return rows.sort((one, other) => one.state.localeCompare(other.state) || one.departure.localeCompare(other.departure));
  }
}
