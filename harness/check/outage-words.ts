import type { Outage } from '../probe/outage.ts';
import type { Note } from './note.ts';

/** What was done to the target. */
export const downs: Readonly<Record<Outage, string>> = { kill: 'killed', stop: 'stopped' };

/** What a reader of the run is told of an outage that checks wanted. */
export function restarted(how: Outage, tookMs: number): Note {
  const text = `The target was ${downs[how]} and started again, as checks want it; that took ${(tookMs / 1000).toFixed(1)} s.`;
  return { kind: 'restarted', text };
}
