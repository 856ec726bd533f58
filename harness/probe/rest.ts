import type { ProbeContext } from './context.ts';
import type { WaitKind } from './peer.ts';

/** Tells that an attempt does nothing for now but wait. What it answers, called once, tells that it goes on. */
export type Rest = () => () => void;

/** What takes no longer than this is not worth telling. */
const restAfterMs = 200;

/** Waits for what may last on purpose, such as the close of a peer that lets failures wait; what is asked for at once is not of that kind. */
export async function atRest<T>({ rest, clock }: Pick<ProbeContext, 'rest' | 'clock'>, wait: WaitKind, waited: Promise<T>): Promise<T> {
  if (rest === undefined || wait === 'reply') return waited;
  let wake = () => {};
  const cancel = clock.at(clock.now() + restAfterMs, () => {
    wake = rest();
  });
  try {
    return await waited;
  } finally {
    cancel();
    wake();
  }
}
