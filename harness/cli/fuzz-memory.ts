import { readFile } from 'node:fs/promises';
import type { Target } from '../target/target.ts';

const mebi = 1024 * 1024;
/** Octets by which a broker may grow over a campaign, besides a share of what it was sent. */
const slack = 256 * mebi;
const share = 0.5;

/** Resident octets of a process; undefined where they cannot be known. */
async function resident(pid: number | undefined): Promise<number | undefined> {
  if (pid === undefined) return undefined;
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kilo] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? [];
  return kilo === undefined ? undefined : Number(kilo) * 1024;
}

/** Watches the resident memory of a target whose process is known: bounded by what was sent. */
export function memoryWatch(target: Target): (octets: number) => Promise<{ readonly severity: 'balloon'; readonly title: string } | undefined> {
  let first: { readonly pid: number | undefined; readonly octets: number; readonly sent: number } | undefined;
  return async sent => {
    const pid = target.pid?.();
    const octets = await resident(pid);
    if (octets === undefined) return undefined;
    if (first === undefined || first.pid !== pid) first = { pid, octets, sent };
    const grown = octets - first.octets;
    const allowed = slack + share * (sent - first.sent);
    if (grown <= allowed) return undefined;
    return {
      severity: 'balloon',
      title: `the broker has grown by ${Math.round(grown / mebi)} MiB over ${Math.round((sent - first.sent) / mebi)} MiB that it was sent`,
    };
  };
}
