import type { Arbitrary } from 'fast-check';
import { type Check, type CheckSpec, check } from '../check/check.ts';
import type { Connection10 } from '../probe/amqp10-peer.ts';
import type { Peer, ProbeConnection } from '../probe/peer.ts';
import type { Play } from './play.ts';
import type { Play10 } from './play10.ts';

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

/** The same for a peer that speaks 1.0. */
export interface Model10<C> {
  readonly cases: Arbitrary<C>;
  readonly known?: readonly C[];
  /** The connection to play on; left out: a healthy one with nothing special to it. */
  connect?(peer: Peer, given: C): Promise<Connection10>;
  readonly ownConnection?: true;
  /** Leaves the nodes that it used empty. Ends with a `Stop` where model and peer disagree. */
  play(play: Play10, given: C): Promise<void>;
}

/** A connection that cases are played on. */
export interface Ground {
  close(): Promise<void>;
  destroy(): void;
}

/** A case that is about to be played. */
export interface Scene {
  /** One line for each step so far. */
  readonly steps: readonly string[];
  run(): Promise<void>;
}

/** A model of either protocol, as whoever plays its cases sees it. */
export interface Script<C> extends Pick<Model<C>, 'cases' | 'known' | 'ownConnection'> {
  /** Answers what sets a case up on the connection that was made. */
  connect(peer: Peer, given: C): Promise<{ readonly ground: Ground; readonly scene: (given: C) => Scene }>;
}

export interface PropertySpec<C, M = Model<C>> extends Omit<CheckSpec, 'run' | 'prepare' | 'runs'> {
  /** Random cases unless others are asked for. */
  readonly runs: number;
  /** Loads the model: what draws random cases takes its time to load, and most commands never draw any. */
  readonly model: () => Promise<M>;
}

/** A check that plays many random cases, and the smallest it can find of those that fail. */
export function property<C>(id: string, { model, ...spec }: PropertySpec<C>): Check {
  return played(id, spec, async () => {
    const [loaded, { script }] = await Promise.all([model(), import('./property-run.ts')]);
    return script(loaded);
  });
}

/** The same in 1.0. */
export function property10<C>(id: string, { model, ...spec }: PropertySpec<C, Model10<C>>): Check {
  return played(id, spec, async () => {
    const [loaded, { script10 }] = await Promise.all([model(), import('./property-run.ts')]);
    return script10(loaded);
  });
}

function played<C>(id: string, spec: Omit<PropertySpec<C>, 'model'>, script: () => Promise<Script<C>>): Check {
  const load = async () => {
    const [loaded, { playCases }] = await Promise.all([script(), import('./property-run.ts')]);
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
