import type { Clock, Stream, Transport } from '../endpoint/transport.ts';
import { type Script, ScriptedPeer } from '../probe/scripted-peer.ts';
import type { Target } from '../target/target.ts';

/** A network and a clock without a real one behind them, such as a simulation. */
export interface Surroundings {
  readonly clock: Clock;
  transport(accept: (stream: Stream) => void): Transport;
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface ScriptedTarget extends Target {
  /** The peer that serves now; after a restart a new one with the same script. */
  peer: ScriptedPeer;
  restarts: number;
  run<T>(work: () => Promise<T>): Promise<T>;
}

export interface ScriptedOptions {
  readonly restartable?: boolean;
  /** Something before the peer takes streams in its name, and ends them where it is dead. */
  readonly proxied?: boolean;
}

/** A target whose every answer is scripted, for tests of the judge: slow, silent, abrupt or dead. */
export function scriptedTarget(surroundings: Surroundings, script: Script, options: ScriptedOptions = {}): ScriptedTarget {
  const { clock } = surroundings;
  const target: ScriptedTarget = {
    kind: 'simulated',
    url: 'scripted:',
    credentials: { user: 'guest', password: 'guest', virtualHost: '/' },
    clock,
    transport: surroundings.transport(stream => {
      if (target.peer.alive || options.proxied !== true) target.peer.accept(stream);
      else stream.end();
    }),
    peer: new ScriptedPeer(clock, script),
    restarts: 0,
    run: work => surroundings.run(work),
    async [Symbol.asyncDispose]() {
      target.peer.die();
    },
  };
  if (options.restartable !== true) return target;
  target.restart = async () => {
    target.restarts += 1;
    target.peer = new ScriptedPeer(clock, script);
  };
  return target;
}
