/** What a client knows of one message that it published. */
interface Known {
  confirmed: boolean;
  /** Whether it was acknowledged, and whether a later publish of the same connection was confirmed since, so that the broker had the acknowledgement on disk. */
  acked: 'not' | 'sent' | 'stored';
}

/** What became of all messages of many cycles. */
export interface Counts {
  attempted: number;
  confirmed: number;
  acked: number;
  recovered: number;
  /** Confirmed, never acknowledged, and not there after the kill. */
  lost: number;
  /** There again although their acknowledgement was stored. */
  returned: number;
  duplicated: number;
  reordered: number;
  /** There although nobody published them. */
  unexpected: number;
}

/** Keeps account of what one client published and acknowledged on one connection, and of what is there after a restart. Ids grow. */
export class Account {
  readonly counts: Counts = { attempted: 0, confirmed: 0, acked: 0, recovered: 0, lost: 0, returned: 0, duplicated: 0, reordered: 0, unexpected: 0 };
  #known = new Map<number, Known>();
  /** Acknowledgements that no later publish was confirmed for, with the id published last when they were sent. */
  #open: { readonly id: number; readonly after: number }[] = [];
  #last = 0;

  /** The id of the message that is published next. */
  publishes(): number {
    this.#last += 1;
    this.#known.set(this.#last, { confirmed: false, acked: 'not' });
    this.counts.attempted += 1;
    return this.#last;
  }

  confirmed(id: number): void {
    const known = this.#known.get(id);
    if (known !== undefined) known.confirmed = true;
    this.counts.confirmed += 1;
    while ((this.#open[0]?.after ?? Number.POSITIVE_INFINITY) < id) {
      const acked = this.#known.get(this.#open.shift()?.id ?? 0);
      if (acked !== undefined) acked.acked = 'stored';
    }
  }

  acked(id: number): void {
    const known = this.#known.get(id);
    if (known !== undefined) known.acked = 'sent';
    this.#open.push({ id, after: this.#last });
    this.counts.acked += 1;
  }

  /** Compares with what the broker has after a kill, in its order. Then all is forgotten: the next cycle begins with an empty queue. */
  recovered(ids: readonly number[]): void {
    const { counts } = this;
    const there = new Set(ids);
    counts.recovered += ids.length;
    counts.duplicated += ids.length - there.size;
    ids.forEach((id, at) => {
      if (id < (ids[at - 1] ?? 0)) counts.reordered += 1;
      if (!this.#known.has(id)) counts.unexpected += 1;
    });
    for (const [id, { confirmed, acked }] of this.#known) {
      if (confirmed && acked === 'not' && !there.has(id)) counts.lost += 1;
      if (acked === 'stored' && there.has(id)) counts.returned += 1;
    }
    this.#known = new Map();
    this.#open = [];
  }
}

/** How many messages are not where they should be. */
export function wrong({ lost, returned, duplicated, reordered, unexpected }: Counts): number {
  return lost + returned + duplicated + reordered + unexpected;
}
