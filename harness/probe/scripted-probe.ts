import type { Clock, Stream, Transport } from '../endpoint/transport.ts';
import { defaultBudgets } from './budgets.ts';
import { Probe } from './probe.ts';
import type { ProbeOptions } from './probe-options.ts';
import { type Script, ScriptedPeer } from './scripted-peer.ts';
import { type Script10, ScriptedPeer10 } from './scripted-peer10.ts';
import { Stop, type StopCause } from './stop.ts';

/** A probe that faces a scripted peer over a network such as a simulation, for tests. */
export function scriptedProbe(
  network: { readonly clock: Clock; transport(accept: (stream: Stream) => void): Transport },
  script: Script,
  options: Partial<ProbeOptions> = {},
): Probe {
  const peer = new ScriptedPeer(network.clock, script);
  const credentials = { user: 'guest', password: 'guest', virtualHost: '/' };
  const probed = { transport: network.transport(stream => peer.accept(stream)), clock: network.clock, credentials };
  return new Probe(probed, { budgets: defaultBudgets, runId: 'test', check: 'some/check', attempt: 1, seed: 1, ...options });
}

/** The same before one that speaks 1.0. */
export function scriptedProbe10(
  network: { readonly clock: Clock; transport(accept: (stream: Stream) => void): Transport },
  script: Script10 = {},
  options: Partial<ProbeOptions> = {},
): Probe {
  const peer = new ScriptedPeer10(network.clock, script);
  const credentials = { user: 'guest', password: 'guest', virtualHost: '/' };
  const probed = { transport: network.transport(stream => peer.accept(stream)), clock: network.clock, credentials };
  return new Probe(probed, { budgets: defaultBudgets, runId: 'test', check: 'some/check', attempt: 1, seed: 1, ...options });
}

/** Why this was stopped; rejects where it was not. */
export async function stopOf(played: Promise<unknown>): Promise<StopCause> {
  const outcome = await played.catch((error: unknown) => error);
  if (outcome instanceof Stop) return outcome.why;
  throw new Error(`not stopped: ${outcome}`);
}
