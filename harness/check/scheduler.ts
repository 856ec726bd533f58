import { setMaxListeners } from 'node:events';
import PQueue from 'p-queue';
import type { Outage } from '../probe/outage.ts';
import { protocolOf } from '../spec/catalogue.ts';
import type { Target } from '../target/target.ts';
import type { Check, Isolation } from './check.ts';
import type { Note } from './note.ts';
import { throughOutage } from './outage-group.ts';
import { AbortedError, type RunOptions, Trial } from './run-check.ts';
import { Session } from './session.ts';
import type { Verdict } from './verdict.ts';

export interface ScheduleOptions extends Omit<RunOptions, 'session'> {
  /** Shared checks at work side by side, those not counted that wait for long; defaults to what the target's profile says, else to 8. */
  readonly concurrency?: number;
  /** Cancels the run at the first surprise. */
  readonly bail?: boolean;
  /** Hears each verdict as it is reached. */
  readonly onVerdict?: (verdict: Verdict) => void;
}

/** What became of a run. After a cancellation it holds what was judged until then. */
export interface Finished {
  readonly verdicts: readonly Verdict[];
  /** What a reader must know: a degraded or restarted target, entities that may be left behind. */
  readonly notes: readonly Note[];
  /** The run was cancelled, from outside or by `bail`. */
  readonly cancelled: boolean;
  /** Why nothing more could be judged, where the target went down. */
  readonly down: string | undefined;
  /** Median round trip of the bystander, in milliseconds. */
  readonly roundTripMs: number | undefined;
}

const concurrencyDefault = 8;
/** So many times as many checks as may be at work may wait besides. */
const restingMost = 3;

/**
 * Judges one target by many checks: shared ones side by side and longest first, what has to run again and exclusive ones alone, destructive ones
 * last. All that the checks declared is deleted at the end, also after a cancellation.
 */
export async function runChecks(checks: readonly Check[], target: Target, options: ScheduleOptions = {}): Promise<Finished> {
  const run = () => new Schedule(target, options).run(checks);
  return target.run === undefined ? run() : target.run(run);
}

class Schedule {
  readonly #target: Target;
  readonly #options: ScheduleOptions;
  readonly #verdicts: Verdict[] = [];
  readonly #cancel = new AbortController();
  readonly #signal: AbortSignal;
  /** Of the shared checks while they run. */
  #shared: PQueue | undefined;
  /** Checks that do nothing but wait. */
  #resting = 0;

  constructor(target: Target, options: ScheduleOptions) {
    this.#target = target;
    this.#options = options;
    const { signal } = options;
    this.#signal = signal === undefined ? this.#cancel.signal : AbortSignal.any([signal, this.#cancel.signal]);
    // Each check under way listens, and those that wait for an outage are many.
    setMaxListeners(0, this.#signal);
  }

  get #concurrency(): number {
    return this.#options.concurrency ?? this.#target.profile?.concurrency ?? concurrencyDefault;
  }

  async run(checks: readonly Check[]): Promise<Finished> {
    const protocols = [...new Set(checks.map(({ id }) => protocolOf(id)))];
    const session = await Session.open(this.#target, { protocols, ...this.#options, solo: this.#concurrency === 1 });
    const options = { ...this.#options, signal: this.#signal, ...(this.#concurrency > 1 && { rest: () => this.#rest() }) };
    const trials = checks.map(check => new Trial(check, session, options));
    try {
      const [shared, exclusive, destructive] = (['shared', 'exclusive', 'destructive'] as const).map(isolation => of(trials, isolation));
      const again = await this.#sideBySide(shared ?? []);
      await this.#alone(again);
      await this.#alone(this.#allowed(exclusive ?? []));
      const allowed = this.#allowed(destructive ?? []);
      await this.#alone(allowed.filter(({ check }) => check.outage === undefined));
      for (const how of ['stop', 'kill'] as const) {
        await this.#throughOutages(
          how,
          allowed.filter(({ check }) => check.outage === how),
          session,
        );
      }
    } finally {
      await session.close();
    }
    return {
      verdicts: this.#verdicts,
      notes: session.notes,
      cancelled: this.#signal.aborted,
      down: session.down,
      roundTripMs: session.roundTripMs,
    };
  }

  /** Answers the trials that have to be run again, alone; where each is alone, that is done at once. */
  async #sideBySide(trials: readonly Trial[]): Promise<readonly Trial[]> {
    const again: Trial[] = [];
    const queue = new PQueue({ concurrency: this.#concurrency, autoStart: false });
    this.#shared = queue;
    const done = trials.map(trial =>
      queue.add(
        async () => {
          const verdict = await this.#unlessCancelled(() => (this.#concurrency === 1 ? trial.finish() : trial.step()));
          if (verdict === undefined) again.push(trial);
        },
        { priority: trial.worstMs },
      ),
    );
    queue.start();
    await Promise.all(done);
    this.#shared = undefined;
    return again.sort((one, other) => trials.indexOf(one) - trials.indexOf(other));
  }

  /** Whoever waits for long gives its place to another meanwhile. */
  #rest(): () => void {
    this.#resting += 1;
    this.#place();
    return () => {
      this.#resting -= 1;
      this.#place();
    };
  }

  #place(): void {
    if (this.#shared === undefined) return;
    this.#shared.concurrency = this.#concurrency + Math.min(this.#resting, restingMost * this.#concurrency);
  }

  async #alone(trials: readonly Trial[]): Promise<void> {
    for (const trial of trials) await this.#unlessCancelled(() => trial.finish());
  }

  /** All before one outage, all behind it; those that have to be run again share another. */
  async #throughOutages(how: Outage, trials: readonly Trial[], session: Session): Promise<void> {
    for (let left = trials; left.length > 0; ) {
      const again = await throughOutage(
        left.map(trial => async takeDown => {
          const verdict = await this.#unlessCancelled(() => trial.step(takeDown));
          return verdict === undefined && !this.#signal.aborted ? trial : undefined;
        }),
        { concurrency: this.#concurrency, outage: () => session.takeDown(how) },
      );
      left = again.filter(trial => trial !== undefined);
    }
  }

  async #unlessCancelled(judge: () => Promise<Verdict | undefined>): Promise<Verdict | undefined> {
    if (this.#signal.aborted) return undefined;
    try {
      const verdict = await judge();
      if (verdict !== undefined) this.#tell(verdict);
      return verdict;
    } catch (error) {
      if (error instanceof AbortedError) return undefined;
      throw error;
    }
  }

  #tell(verdict: Verdict): void {
    this.#verdicts.push(verdict);
    this.#options.onVerdict?.(verdict);
    if (this.#options.bail === true && verdict.surprise) this.#cancel.abort();
  }

  /** On a shared broker these are left out, with a verdict that says so. */
  #allowed(trials: readonly Trial[]): readonly Trial[] {
    if (this.#options.safe !== true) return trials;
    for (const trial of trials) this.#tell(trial.leftOut('Left out by --safe: it would disturb others on a shared broker.'));
    return [];
  }
}

function of(trials: readonly Trial[], isolation: Isolation): readonly Trial[] {
  return trials.filter(({ check }) => check.isolation === isolation);
}
