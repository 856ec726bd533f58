import type { Broker } from '../broker/broker.ts';
import type { Stream } from '../endpoint/transport.ts';
import { systemClock } from '../net/clock.ts';
import type { ChaosHooks } from '../saboteur/chaos-moment.ts';
import type { ChaosSpec } from '../saboteur/chaos-options.ts';
import type { Fault, FrameSeam } from '../saboteur/fault.ts';
import type { FrameSeam10 } from '../saboteur/fault10.ts';
import type { SeamBetweenFrames } from '../saboteur/passing.ts';

/** A fault by its id, as `amqpspec list faults` shows it, or a nuisance with its options. */
export type FaultSpec = string | ChaosSpec;

/** A fault in a running broker. Leaving the scope of `using` or `await using` takes it away. */
export interface RunningFault extends Disposable, AsyncDisposable {
  readonly id: string;
  /** How often it has struck; violations are not counted and stay at 0. */
  readonly strikes: number;
  /** Takes it away. A connection that it has stalled stays silent. */
  stop(): void;
}

/** No fault bears this name. */
export class UnknownFaultError extends Error {
  override readonly name = 'UnknownFaultError';
  readonly id: string;

  constructor(id: string) {
    super(`There is no fault ${id}; amqpspec list faults shows what exists.`);
    this.id = id;
  }
}

/**
 * The fault that is meant. The saboteur is loaded only where it is wanted: most who start a broker want it whole. Rejects with an `UnknownFaultError`, or
 * a `FaultOptionError` for options that cannot be.
 */
export async function faultOf(spec: FaultSpec, hooks?: ChaosHooks): Promise<Fault> {
  const { findFault, nuisance } = await import('../saboteur/faults.ts');
  const fault = typeof spec === 'string' ? findFault(spec, hooks) : nuisance(spec, hooks);
  if (fault === undefined) throw new UnknownFaultError(idOf(spec));
  return fault;
}

export function idOf(spec: FaultSpec): string {
  return typeof spec === 'string' ? spec : spec.fault;
}

/** Faults that come and go while the broker runs. */
export class FaultRack {
  readonly #broker: Broker;
  readonly #seams = new Map<FrameSeam | FrameSeam10, typeof import('../saboteur/frame-seam.ts').sabotageStream>();

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /** The stream of a new connection, with the faults between it and the broker that stand now. */
  wrap(stream: Stream): Stream {
    let wrapped = stream;
    for (const [seam, sabotage] of this.#seams) wrapped = sabotage(wrapped, seam, { clock: systemClock });
    return wrapped;
  }

  /** Rejects as `faultOf`, and with an `Error` for faults that only a broker that starts can have. */
  async arm(spec: FaultSpec): Promise<RunningFault> {
    let strikes = 0;
    let stopped = false;
    const { seam } = await faultOf(spec, {
      struck: () => {
        strikes += 1;
      },
      stopped: () => stopped,
    });
    if (seam.kind === 'store' || seam.kind === 'listener')
      throw new Error(`The fault ${idOf(spec)} has to be there from the start: startBroker({ faults: [...] }).`);
    const remove = seam.kind === 'effects' ? this.#broker.stand(seam.start()) : await this.#between(seam);
    const stop = () => {
      stopped = true;
      if (seam.kind !== 'effects' || seam.lingers !== true) remove();
    };
    return {
      id: idOf(spec),
      get strikes() {
        return strikes;
      },
      stop,
      [Symbol.dispose]: stop,
      [Symbol.asyncDispose]: async () => stop(),
    };
  }

  async #between(seam: FrameSeam | FrameSeam10): Promise<() => void> {
    const { sabotageStream } = await import('../saboteur/frame-seam.ts');
    let stopped = false;
    const stoppable = seam.kind === 'frames' ? until(() => stopped, seam) : until(() => stopped, seam);
    this.#seams.set(stoppable, sabotageStream);
    return () => {
      stopped = true;
      this.#seams.delete(stoppable);
    };
  }
}

/** Lets everything pass from a moment on. */
function until<K extends string, P, C, R>(
  stopped: () => boolean,
  seam: SeamBetweenFrames<K, (passing: P, conversation: C) => R | 'pass'>,
): SeamBetweenFrames<K, (passing: P, conversation: C) => R | 'pass'> {
  const start = () => {
    const filter = seam.start();
    return (passing: P, conversation: C) => (stopped() ? 'pass' : filter(passing, conversation));
  };
  return { ...seam, start };
}
