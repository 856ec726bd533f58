import type { Outage } from '../probe/outage.ts';
import { type Command, execute } from './command.ts';
import { admit, letsIn, type Reachable } from './readiness.ts';
import { TargetError } from './target.ts';

/** How the broker of a URL is taken down and brought back with its data. */
export interface UrlOutage {
  /** Ends it at once, as the loss of power would. */
  readonly kill: Command;
  /** Lets it end in order. */
  readonly stop: Command;
  /** Brings it back; left out where something else does as soon as it is gone. */
  readonly start?: Command;
}

/** How long a broker may take to go, and to let clients in again, in milliseconds. */
export interface OutageWaits {
  readonly goneMs: number;
  readonly backMs: number;
}

const usualWaits: OutageWaits = { goneMs: 60_000, backMs: 120_000 };
const admittedMs = 5_000;

/**
 * Takes a broker down and brings it back. A connection that was open before is the witness that it went: a command that does nothing would else pass for an
 * outage that everything outlived. A broker that admits nobody is down or hangs: it is killed, where there is something to kill, and started.
 * Throws a TargetError where a command fails, the broker does not go, or lets nobody in afterwards.
 */
export async function restart(broker: Reachable, outage: UrlOutage, how: Outage, waits = usualWaits): Promise<void> {
  const witness = await admit(broker, admittedMs);
  try {
    if (witness === undefined) await execute(outage.kill).catch(() => {});
    else await execute(outage[how]);
    if (witness !== undefined && !(await witness.goneWithin(waits.goneMs)))
      throw new TargetError(`The program ${outage[how][0]} of the facilities file did not ${how} the broker: a connection from before is still served.`);
  } finally {
    witness?.leave();
  }
  if (outage.start !== undefined) await execute(outage.start);
  if (await letsIn(broker, waits.backMs)) return;
  throw new TargetError(`The broker lets no client in, ${waits.backMs / 1000} s after it was to be started again as the facilities file says.`);
}
