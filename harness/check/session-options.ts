import type { Budgets } from '../probe/budgets.ts';
import type { Touch } from '../probe/fence.ts';
import type { PropertyOptions } from '../probe/peer.ts';
import type { Protocol } from '../spec/catalogue.ts';

export interface SessionOptions {
  /** Of all that is random in the run. */
  readonly seed?: number;
  /** Part of every name that the run gives out; left out: made from the seed. */
  readonly runId?: string;
  /** Overrides of the time budgets, in milliseconds, above those of the target's profile. */
  readonly budgets?: Partial<Budgets>;
  /** False: without a bystander, for who knows that nobody will ask it. Its part is then played by a stranger who knocks. */
  readonly bystander?: boolean;
  /** Which protocols its checks speak: a bystander for each. Defaults to 0-9-1. */
  readonly protocols?: readonly Protocol[];
  /** Queues that were made beforehand, for checks of 1.0. */
  readonly addresses?: readonly string[];
  /** Of the broker, for what its profile says of some versions alone; left out: what it says first. */
  readonly version?: string;
  /** For a target that others use too: nothing is touched whose name does not begin with the prefix of the run. */
  readonly safe?: boolean;
  /** Hears what the checks touch on the target; with `safe` alone. */
  readonly onTouch?: (touch: Touch) => void;
  /** How properties are to be played. */
  readonly properties?: PropertyOptions;
  /** Checks run one at a time, so that whatever becomes of the target is the doing of the one at hand. */
  readonly solo?: boolean;
  /** Pulses of the bystander before the first check; zero where the target needs no warming up and its round trip is known to be short. Defaults to 5. */
  readonly warmUps?: number;
}
