import { statfs } from 'node:fs/promises';
import type { Clock } from '../endpoint/transport.ts';
import { systemClock } from '../net/clock.ts';

/** Which file system is to have how much room. */
export interface DiskOptions {
  /** A folder on it. */
  readonly folder: string;
  /** Octets that are to be free for who is not root; with fewer the disk alarm is raised. */
  readonly freeMin: number;
  /** How often to look, in milliseconds; ten times as often while it is nearly too little. Defaults to 1000. */
  readonly everyMs?: number;
}

/** How much is free where the folder is cannot be told. */
export class DiskError extends Error {
  override readonly name = 'DiskError';

  constructor(folder: string, cause: unknown) {
    super(`How much of the disk is free cannot be told: the folder ${folder} cannot be looked at`, { cause });
  }
}

/** As much as RabbitMQ wants to be free unless told otherwise. */
const usualFreeMin = 50e6;

/** What is to be watched of a broker's disk: what it was told to, else the folder in which it keeps its data. */
export function diskToWatch({ disk, data }: { readonly disk?: DiskOptions; readonly data?: string }): DiskOptions | undefined {
  const watched = disk ?? (data === undefined ? undefined : { folder: data, freeMin: usualFreeMin });
  return watched?.freeMin === 0 ? undefined : watched;
}

async function freeAt(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Tells `alarm` when too little is free and when that is over, once at first sight before it resolves, and until the returned function is called.
 * Rejects with a `DiskError` where the first look fails; a later one that fails changes nothing. `free` measures, in octets.
 */
export async function watchDisk(
  { folder, freeMin, everyMs = 1000 }: DiskOptions,
  alarm: (raised: boolean) => void,
  free = freeAt,
  clock: Clock = systemClock,
): Promise<() => void> {
  let raised = false;
  let stopped = false;
  let cancel = () => {};
  let scarce = false;
  const judge = (octets: number) => {
    scarce = octets < 10 * freeMin;
    if (stopped || raised === octets < freeMin) return;
    raised = !raised;
    alarm(raised);
  };
  const look = () => free(folder).then(judge);
  const again = () => {
    if (stopped) return;
    cancel = clock.at(clock.now() + (scarce ? everyMs / 10 : everyMs), () => void look().then(again, again));
  };
  await look().catch((cause: unknown) => {
    throw new DiskError(folder, cause);
  });
  again();
  return () => {
    stopped = true;
    cancel();
  };
}
