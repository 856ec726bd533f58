import fc from 'fast-check';
import type { Peer } from '../probe/peer.ts';
import { Stop, type StopCause } from '../probe/stop.ts';
import { Play } from './play.ts';
import { Play10 } from './play10.ts';
import type { Model, Model10, Script } from './property.ts';

/** The search for a smaller case ends after so many tries, or so long after the first failure: well within what a check may take where waiting costs nothing. */
const shrinks = { most: 400, forMs: 10_000, virtualMs: 40_000 };

type Failing = Extract<StopCause, { readonly kind: 'failed' | 'silent' }>;

interface Failure {
  readonly why: Failing;
  readonly steps: readonly string[];
  /** Makes the wire log of this case the log of the check. */
  readonly showLog: () => void;
}

/** A model of 0-9-1, to be played. */
export function script<C>(model: Model<C>): Script<C> {
  return {
    ...model,
    async connect(peer, given) {
      const ground = await (model.connect?.(peer, given) ?? peer.connection());
      return { ground, scene: each => sceneOf(new Play(peer, ground), play => model.play(play, each)) };
    },
  };
}

/** A model of 1.0, to be played. */
export function script10<C>(model: Model10<C>): Script<C> {
  return {
    ...model,
    async connect(peer, given) {
      const ground = await (model.connect?.(peer, given) ?? peer.connection10());
      return { ground, scene: each => sceneOf(new Play10(peer, ground), play => model.play(play, each)) };
    },
  };
}

function sceneOf<P extends { readonly steps: readonly string[]; end(): Promise<void> }>(play: P, script: (play: P) => Promise<void>) {
  const run = async () => {
    await script(play);
    await play.end();
  };
  return { steps: play.steps, run };
}

/**
 * Plays random cases of a model until one fails, then smaller ones. The same seed gives the same cases; with `path`, only the one that it leads to.
 * Ends as a script does: with a `Stop` that carries the counterexample.
 */
export async function playCases<C>(peer: Peer, model: Script<C>, usualRuns: number): Promise<void> {
  const { runs = usualRuns, path, shrinks: shrinksMax = shrinks.most } = peer.properties;
  const search = new Search(peer, model, { alone: path !== undefined, shrinksMax });
  const examples = (model.known ?? []).map((given): [C] => [given]);
  const parameters = { seed: Math.floor(peer.random() * 2 ** 32) | 0, numRuns: runs, examples, endOnFailure: path !== undefined || shrinksMax === 0 };
  const attempt = fc.asyncProperty(model.cases, given => search.attempt(given));
  const found = await check(attempt, path === undefined ? parameters : { ...parameters, path }, peer);
  await search.end();
  if (search.played === 0) noCase(peer, path);
  if (search.failure === undefined) return;
  const { why, steps, showLog } = search.failure;
  showLog();
  const counterexample = {
    seed: peer.seed,
    runs: found.numRuns,
    shrinks: found.numShrinks,
    steps: [...steps, `→ ${why.sentence}`],
    ...(found.counterexamplePath !== null && !search.dependent && { path: found.counterexamplePath }),
  };
  throw new Stop({ ...why, counterexample });
}

async function check<C>(attempt: fc.IAsyncPropertyWithHooks<[C]>, parameters: fc.Parameters<[C]>, peer: Peer): Promise<fc.RunDetails<[C]>> {
  try {
    return await fc.check(attempt, parameters);
  } catch (error) {
    if (error instanceof Error && /wrong path/.test(error.message)) noCase(peer, parameters.path);
    throw error;
  }
}

/** Nothing played is nothing shown. */
function noCase(peer: Peer, path: string | undefined): never {
  return peer.notApplicable(`Seed ${peer.seed} gives no case at ${path ?? 'all'}.`);
}

interface SearchOptions {
  /** One case only, which begins on a connection of its own as it did when it was found. */
  readonly alone: boolean;
  readonly shrinksMax: number;
}

/** The target takes no connections: that says nothing of a case that is only played again. */
function isClosedDoor({ why }: Stop): boolean {
  return why.kind === 'undialled' || (why.kind === 'failed' && why.unopened === true);
}

/** The cases of one check, one after another. */
class Search<C> {
  /** The smallest case that failed so far. */
  failure: Failure | undefined;
  /** The case that failed does not fail on a connection of its own, or there are none any more: nothing smaller is looked for. */
  dependent = false;
  /** Cases begun, smaller versions of one that failed included. */
  played = 0;
  readonly #peer: Peer;
  readonly #model: Script<C>;
  readonly #options: SearchOptions;
  #connection: Awaited<ReturnType<Script<C>['connect']>> | undefined;
  /** Ends the search: a mistake of ours, or a reason why there is nothing to judge. */
  #escape: { readonly error: unknown } | undefined;
  #tries = 0;
  #until = Number.POSITIVE_INFINITY;

  constructor(peer: Peer, model: Script<C>, options: SearchOptions) {
    this.#peer = peer;
    this.#model = model;
    this.#options = options;
  }

  /** Rejects where the case fails as one before it did, or first. */
  async attempt(given: C): Promise<void> {
    if (this.#isOver()) return;
    this.played += 1;
    const found = this.failure === undefined ? await this.#first(given) : await this.#smaller(given);
    if (found === undefined) return;
    this.failure = found;
    throw new Error(found.why.sentence);
  }

  /** Rejects with what ended the search early. */
  async end(): Promise<void> {
    if (this.#escape !== undefined) throw this.#escape.error;
    if (this.failure === undefined) await this.#connection?.ground.close();
  }

  #isOver(): boolean {
    if (this.#escape !== undefined || this.dependent || (this.#options.alone && this.played > 0)) return true;
    return this.failure !== undefined && (this.#tries >= this.#options.shrinksMax || this.#peer.now() > this.#until);
  }

  async #first(given: C): Promise<Failure | undefined> {
    const shared = this.played > 1 && this.#model.ownConnection !== true;
    const found = await this.#play(given, false);
    if (found === undefined) {
      this.#peer.log.pause();
      return undefined;
    }
    this.#until = this.#peer.now() + (this.#peer.timeless ? shrinks.virtualMs : shrinks.forMs);
    if (!shared) return found;
    const again = await this.#play(given, true);
    this.dependent = again === undefined;
    return again ?? found;
  }

  /** What fails otherwise is another matter. */
  async #smaller(given: C): Promise<Failure | undefined> {
    this.#tries += 1;
    const found = await this.#play(given, true);
    const before = this.failure?.why;
    const same = found?.why.kind === before?.kind && found?.why.rule === before?.rule && found?.why.duty === before?.duty;
    return same ? found : undefined;
  }

  async #play(given: C, fresh: boolean): Promise<Failure | undefined> {
    const peer = this.#peer;
    if (fresh) peer.log.begin();
    if (fresh) this.#drop();
    let steps: readonly string[] = [];
    try {
      this.#connection ??= await this.#model.connect(peer, given);
      const scene = this.#connection.scene(given);
      steps = scene.steps;
      await scene.run();
      if (this.#model.ownConnection === true) this.#connection = undefined;
      return undefined;
    } catch (error) {
      this.#drop();
      if (fresh && error instanceof Stop && isClosedDoor(error)) {
        this.dependent = true;
        return undefined;
      }
      if (error instanceof Stop && (error.why.kind === 'failed' || error.why.kind === 'silent')) return { why: error.why, steps, showLog: peer.log.save() };
      this.#escape = { error };
      return undefined;
    }
  }

  #drop(): void {
    this.#connection?.ground.destroy();
    this.#connection = undefined;
  }
}
