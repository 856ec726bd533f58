/** How a broker goes down before it comes back with its data: killed without warning, or stopped in order. */
export type Outage = 'kill' | 'stop';

/** What goes on while the broker goes down. It calls `begun` when it is in full swing, and resolves when it has come to its end. */
export type Meanwhile = (begun: () => void) => Promise<void>;

/** Takes the broker down and brings it back; resolves when that, and what goes on meanwhile, is over. */
export type TakeDown = (meanwhile: Meanwhile) => Promise<void>;

export const nothingMeanwhile: Meanwhile = async begun => begun();

/** What became of the messages of one scenario. */
export interface Tally {
  readonly outage: Outage;
  /** Published, or asked to be published. */
  readonly attempted: number;
  /** Of those, how many the broker said to have taken over, by a confirm or a commit. */
  readonly confirmed: number;
  /** Different messages found behind the outage. */
  readonly recovered: number;
  /** Owed and not found. */
  readonly lost: number;
  /** Found more than once. */
  readonly duplicated: number;
  /** Found behind one that was published after it. */
  readonly reordered: number;
  /** Found though they were acknowledged, rolled back, never committed, or never published. */
  readonly unexpected: number;
}
