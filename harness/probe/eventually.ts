import type { ProbeContext } from './context.ts';
import { describeWait } from './expectation.ts';
import { type Ending, Stop } from './stop.ts';

/** Pause between two polls: short at first, for what is only a moment late. */
const pollPauseMs = { first: 1, most: 100 };

/** Lets time pass. Rejects with the Stop of an attempt that was stopped meanwhile. */
export async function pause(context: Pick<ProbeContext, 'clock' | 'stopped'>, ms: number): Promise<void> {
  const { clock } = context;
  await new Promise<void>(resolve => clock.at(clock.now() + ms, resolve));
  if (context.stopped !== undefined) throw context.stopped;
}

/** Asks whether it has happened until it has, within the time that closing may take. Rejects with a Stop where it never does. */
export async function eventually(context: ProbeContext, what: string, happened: () => Promise<boolean>, ending: () => Ending): Promise<void> {
  const { clock, budgets } = context;
  const until = clock.now() + budgets.close;
  for (let ms = pollPauseMs.first; !(await happened()); ms = Math.min(2 * ms, pollPauseMs.most)) {
    if (clock.now() >= until) {
      const sentence = `Waited ${describeWait(budgets.close)} for this, in vain: ${what}.`;
      throw new Stop({ kind: 'silent', wait: 'close', waitedMs: budgets.close, reaction: `never: ${what}`, sentence, ending: ending() });
    }
    await pause(context, ms);
  }
}
