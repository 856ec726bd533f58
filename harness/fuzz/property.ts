import type { Arbitrary } from 'fast-check';
import { type Check, type CheckSpec, check } from '../check/check.ts';
import type { Peer, ProbeConnection } from '../probe/peer.ts';
import type { Play } from './play.ts';

/** Random cases, and the script that plays one against a peer beside a naive model of what the peer must do. */
export interface Model<C> {
  readonly cases: Arbitrary<C>;
  /** Cases that come before the random ones: servers are known to differ in them, and their verdict is not to hang on the seed. */
  readonly known?: readonly C[];
  /** The connection to play on; left out: a healthy one with nothing special to it. */
  connect?(peer: Peer, given: C): Promise<ProbeConnection>;
  /** Each case takes a connection of its own and ends it. Left out: one is for all cases that go well. */
  readonly ownConnection?: true;
  /** Uses fresh names and leaves nothing behind. Ends with a `Stop` where model and peer disagree. */
  play(play: Play, given: C): Promise<void>;
}

export interface PropertySpec<C> extends Omit<CheckSpec, 'run' | 'prepare' | 'runs'> {
  /** Random cases unless others are asked for. */
  readonly runs: number;
  /** Loads the model: what draws random cases takes its time to load, and most commands never draw any. */
  readonly model: () => Promise<Model<C>>;
}

/** A check that plays many random cases, and the smallest it can find of those that fail. */
export function property<C>(id: string, { model, ...spec }: PropertySpec<C>): Check {
  const load = async () => {
    const [loaded, { playCases }] = await Promise.all([model(), import('./property-run.ts')]);
    return { loaded, playCases };
  };
  let loading: ReturnType<typeof load> | undefined;
  const prepare = () => {
    loading ??= load();
    return loading;
  };
  return check(id, {
    ...spec,
    prepare,
    async run(peer) {
      const { loaded, playCases } = await prepare();
      await playCases(peer, loaded, spec.runs);
    },
  });
}
