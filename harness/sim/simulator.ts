import { type Clock, DialError, type Stream, type Transport } from '../endpoint/transport.ts';
import { VirtualClock } from './clock.ts';
import { link } from './link.ts';
import type { Conditions } from './pipe.ts';
import { seeded } from './random.ts';

export interface SimulationOptions extends Conditions {
  readonly seed: number;
  /** Virtual time after which work that has not settled is given up, in milliseconds from its start. Defaults to a day. */
  readonly horizonMs?: number;
}

export interface Simulation {
  readonly clock: Clock;
  /** Streams to `accept`, which takes the server's end and must call its `listen` at once. A thrown error refuses the connection. */
  transport(accept: (stream: Stream) => void): Transport;
  /**
   * Runs work in virtual time: whenever it waits, time moves on to the next event. Rejects with what the work rejects with, or with a
   * `SimulationError` when it waits while nothing is left to happen.
   */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** The work cannot end: it waits for something that will never come. */
export class SimulationError extends Error {
  override readonly name = 'SimulationError';
}

/** Turns of the event loop, most of them of a millisecond, granted to work that waits with nothing scheduled: it may be reading a file or loading a module. */
const patience = 1000;

/** A network without sockets and a clock without time. The same seed gives the same conversation, octet for octet. */
export function createSimulation(options: SimulationOptions): Simulation {
  const clock = new VirtualClock();
  const random = seeded(options.seed);
  return {
    clock,
    transport: accept => ({ dial: () => dial(clock, random, options, accept) }),
    run: work => run(clock, work, options.horizonMs ?? 86_400_000),
  };
}

function dial(clock: Clock, random: () => number, conditions: Conditions, accept: (stream: Stream) => void): Promise<Stream> {
  // Of its own for each link, so that what happens on one does not change what happens on another.
  const [near, far] = link(clock, seeded(Math.floor(random() * 2 ** 32)), conditions);
  return new Promise((resolve, reject) => {
    clock.at(clock.now() + (conditions.delays?.minMs ?? 1), () => {
      try {
        accept(far);
        resolve(near);
      } catch (cause) {
        reject(new DialError('refused', 'the simulated server refused the connection', { cause }));
      }
    });
  });
}

async function run<T>(clock: VirtualClock, work: () => Promise<T>, horizonMs: number): Promise<T> {
  const end = clock.now() + horizonMs;
  let settled = false;
  const result = work().finally(() => {
    settled = true;
  });
  result.catch(() => {});
  let idle = 0;
  for (;;) {
    await turn();
    if (settled) return result;
    if (clock.advance()) idle = 0;
    else if (++idle > patience) throw new SimulationError(`the work waits at ${clock.now()} ms while nothing is scheduled: what it waits for will never come`);
    else if (idle > 10) await pause();
    if (clock.now() > end) throw new SimulationError(`the work has not ended after ${horizonMs} ms of virtual time`);
  }
}

/** All microtasks, however long their chains, run before the next turn. */
const turn = () => new Promise<void>(resolve => setImmediate(resolve));

const pause = () => new Promise<void>(resolve => setTimeout(resolve, 1));
