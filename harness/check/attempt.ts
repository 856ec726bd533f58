import type { Observation } from '../probe/context.ts';
import type { Measured } from '../probe/measured.ts';
import type { TakeDown } from '../probe/outage.ts';
import { Probe } from '../probe/probe.ts';
import type { Rest } from '../probe/rest.ts';
import { type Ending, Stop, type StopCause } from '../probe/stop.ts';
import type { TranscriptEntry } from '../probe/transcript.ts';
import { protocolOf } from '../spec/catalogue.ts';
import type { Check } from './check.ts';
import { Lateness } from './lateness.ts';
import type { Health, Session } from './session.ts';

/** In what an attempt differs from the first one. */
export interface Plan {
  readonly patience: 'normal' | 'long';
  /** What would go in several pieces goes in one, and only when an answer is awaited. */
  readonly inOnePiece: boolean;
}

export const firstPlan: Plan = { patience: 'normal', inOnePiece: false };

/** How a script came to its end; `crashed` is a mistake of ours. */
export type Stopped = StopCause | { readonly kind: 'done' } | { readonly kind: 'crashed'; readonly error: Error };

/** What one run of a script showed. */
export interface Attempt {
  readonly plan: Plan;
  readonly stopped: Stopped;
  /** The last departure that was answered legally. */
  readonly observation: Observation | undefined;
  readonly reaction: string;
  readonly ending: Ending;
  /** How the target did afterwards; undefined where there was no reason to ask. */
  readonly health: Health | undefined;
  /** Other checks ran at the same time, so that harm done to the target may be theirs. */
  readonly overlapped: boolean;
  /** A stream was opened at least once. */
  readonly connected: boolean;
  readonly measurements: readonly Measured[];
  readonly durationMs: number;
  /** How late this process itself was at most, in milliseconds; looked at only where the check keeps time. */
  readonly lateMs: number;
  transcript(): readonly TranscriptEntry[];
}

export interface AttemptOptions {
  readonly ordinal: number;
  readonly plan: Plan;
  readonly signal?: AbortSignal;
  /** Takes the target down and brings it back; for checks that say so. */
  readonly takeDown?: TakeDown;
  /** Hears of waits that last. */
  readonly rest?: Rest;
  /** Hears the wire log as it goes. */
  readonly onPiece?: (entries: () => readonly TranscriptEntry[]) => void;
}

/** Nothing that a check does may take longer than this, whatever it says of itself: then it waits for something that cannot come. */
const leastGuardMs = 120_000;
const guardFactor = 10;
/** Where the target goes down on the way: others get there, and a broker takes its time to start. */
const outageGuardMs = 300_000;

/** Runs a check's script once and cleans up after it. */
export async function attempt(check: Check, session: Session, options: AttemptOptions): Promise<Attempt> {
  const { plan } = options;
  const { clock } = session.target;
  await check.prepare?.();
  const begun = clock.now();
  const leave = session.enter();
  const probe = new Probe(session.target, {
    budgets: plan.patience === 'long' ? session.longBudgets : session.budgets,
    runId: session.runId,
    seed: session.seed,
    properties: session.properties,
    check: check.id,
    attempt: options.ordinal,
    fence: session.fence,
    nodes: session.nodes,
    barrier10: session.barrier10,
    hostname10: session.hostname10,
    inOnePiece: plan.inOnePiece,
    ...(options.takeDown !== undefined && { takeDown: options.takeDown }),
    ...(options.rest !== undefined && { rest: options.rest }),
    ...(options.onPiece !== undefined && { onPiece: options.onPiece }),
  });
  const lateness = check.keepsTime === true ? new Lateness(clock) : undefined;
  const stopped = await play(check, probe, clock, { guardMs: guardOf(check, session), ...options });
  const lateMs = lateness?.end() ?? 0;
  const [reaction, ending, durationMs] = [probe.reaction(), probe.ending(), clock.now() - begun];
  await probe.dispose(session.budgets.reply, session.solo);
  const asks = stopped.kind !== 'aborted' && (check.departs === true || stopped.kind === 'failed' || stopped.kind === 'silent' || stopped.kind === 'undialled');
  const health = asks ? await session.health(plan.patience, protocolOf(check.id)) : undefined;
  const overlapped = leave();
  const { transcript } = probe.context;
  await session.clean(probe.context.names.left());
  return {
    plan,
    stopped,
    observation: probe.observation,
    reaction,
    ending,
    health,
    overlapped,
    connected: probe.connected,
    measurements: probe.measurements,
    durationMs,
    lateMs,
    transcript: () => transcript.entries(),
  };
}

/** How long the script may take: the longer the more cases of a property are asked for. */
function guardOf({ worstMs, runs, outage }: Check, { properties }: Session): number {
  const times = runs === undefined ? 1 : Math.max(1, (properties.runs ?? runs) / runs);
  return (outage === undefined ? 0 : outageGuardMs) + Math.max(leastGuardMs, guardFactor * worstMs * times);
}

interface PlayOptions {
  readonly guardMs: number;
  readonly signal?: AbortSignal;
}

async function play(check: Check, probe: Probe, clock: Session['target']['clock'], { guardMs, signal }: PlayOptions): Promise<Stopped> {
  const abort = () => probe.stop(new Stop({ kind: 'aborted' }));
  if (signal?.aborted === true) return { kind: 'aborted' };
  signal?.addEventListener('abort', abort, { once: true });
  let cancel = () => {};
  const guard = new Promise<Stopped>(resolve => {
    cancel = clock.at(clock.now() + guardMs, () => resolve({ kind: 'crashed', error: new Error(`the script did not end within ${guardMs / 1000} s`) }));
  });
  const stopped = await Promise.race([script(check, probe), guard]);
  cancel();
  signal?.removeEventListener('abort', abort);
  if (stopped.kind === 'crashed') probe.stop(new Stop({ kind: 'aborted' }));
  return stopped;
}

async function script(check: Check, probe: Probe): Promise<Stopped> {
  try {
    await check.run(probe);
    return probe.unnoticed()?.why ?? { kind: 'done' };
  } catch (error) {
    if (error instanceof Stop) return error.why;
    return { kind: 'crashed', error: error instanceof Error ? error : new Error(String(error)) };
  }
}
