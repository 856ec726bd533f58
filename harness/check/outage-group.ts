import PQueue from 'p-queue';
import type { Meanwhile, TakeDown } from '../probe/outage.ts';

/** Comes to its end by itself; on its way it may ask for an outage, once. */
export type OutageScript<T> = (takeDown: TakeDown) => Promise<T>;

export interface OutageGroupOptions {
  /** Scripts at work at a time; those that wait for the outage are not counted. */
  readonly concurrency: number;
  /** Takes the target down and brings it back. Its rejection is that of every script that waits. */
  outage(): Promise<void>;
}

/** Runs scripts side by side to where they ask for an outage, brings it about once for all who do, and lets them run on to their ends. */
export async function throughOutage<T>(scripts: readonly OutageScript<T>[], { concurrency, outage }: OutageGroupOptions): Promise<readonly T[]> {
  const queue = new PQueue({ concurrency });
  const seats = scripts.map(script => new Seat(script));
  for (const seat of seats) queue.add(() => seat.start());
  await queue.onIdle();
  const present = seats.filter(seat => seat.waits);
  if (present.length > 0) {
    await Promise.all(present.map(seat => seat.stir()));
    const result = await outage().then(
      () => undefined,
      (reason: unknown) => ({ reason }),
    );
    for (const seat of present) queue.add(() => seat.goOn(result));
  }
  return Promise.all(seats.map(seat => seat.ended));
}

/** The outage of a script that has nobody beside it. */
export function aloneThrough(outage: () => Promise<void>): TakeDown {
  return async meanwhile => {
    const { begun, over } = begin(meanwhile);
    await begun;
    await outage();
    await over;
  };
}

type Failure = { readonly reason: unknown } | undefined;

/** One script of a group. */
class Seat<T> {
  readonly ended: Promise<T>;
  readonly #arrived: Promise<void>;
  readonly #over: Promise<Failure>;
  readonly #script: OutageScript<T>;
  #end: (result: Promise<T>) => void = () => {};
  #arrive = (): void => {};
  #resume: (failure: Failure) => void = () => {};
  #meanwhile: Meanwhile | undefined;
  #busy: Promise<void> | undefined;
  #gone = false;

  constructor(script: OutageScript<T>) {
    this.#script = script;
    this.ended = new Promise<T>(resolve => {
      this.#end = resolve;
    });
    this.ended.catch(() => {});
    this.#arrived = new Promise(resolve => {
      this.#arrive = resolve;
    });
    this.#over = new Promise(resolve => {
      this.#resume = resolve;
    });
  }

  /** Whether it stands before the outage. */
  get waits(): boolean {
    return this.#meanwhile !== undefined && !this.#gone;
  }

  /** Resolves when the script waits, or has ended. */
  start(): Promise<unknown> {
    this.#end(this.#script(meanwhile => this.#takeDown(meanwhile)));
    const gone = () => {
      this.#gone = true;
    };
    return Promise.race([this.#arrived, this.ended.then(gone, gone)]);
  }

  /** Begins what goes on meanwhile. */
  stir(): Promise<void> {
    const { begun, over } = begin(this.#meanwhile ?? (async () => {}));
    this.#busy = over;
    return begun;
  }

  /** The outage is over: resolves when the script has ended. */
  async goOn(failure: Failure): Promise<void> {
    this.#resume(failure);
    await this.ended.catch(() => {});
  }

  async #takeDown(meanwhile: Meanwhile): Promise<void> {
    if (this.#meanwhile !== undefined) throw new Error('a script asks for one outage, not for a second one');
    this.#meanwhile = meanwhile;
    this.#arrive();
    const failure = await this.#over;
    if (failure !== undefined) throw failure.reason;
    await this.#busy;
  }
}

function begin(meanwhile: Meanwhile): { readonly begun: Promise<void>; readonly over: Promise<void> } {
  let tell = () => {};
  const begun = new Promise<void>(resolve => {
    tell = resolve;
  });
  const over = meanwhile(tell).finally(tell);
  over.catch(() => {});
  return { begun, over };
}
