import type { Clock } from '../endpoint/transport.ts';

/** The filter, until the connection is to be served as if there was none. */
export const filtered =
  <P, C, R>(filter: (passing: P, conversation: C) => R, served: () => boolean) =>
  (passing: P, conversation: C): R | 'pass' =>
    served() ? 'pass' : filter(passing, conversation);

/** Does something now and every so many milliseconds, until the function that it gives is called. */
export function repeated(clock: Clock, everyMs: number, task: () => void): () => void {
  let cancel = (): void => {};
  const beat = (): void => {
    task();
    cancel = clock.at(clock.now() + everyMs, beat);
  };
  beat();
  return () => cancel();
}
