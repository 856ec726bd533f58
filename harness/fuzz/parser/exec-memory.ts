import { readdirSync, readFileSync } from 'node:fs';

/** The processes that a process started, itself included, as far as the system tells. */
function family(pid: number): readonly number[] {
  const all = [pid];
  for (const each of all) {
    try {
      for (const task of readdirSync(`/proc/${each}/task`)) {
        const children = readFileSync(`/proc/${each}/task/${task}/children`, 'utf8').trim();
        if (children !== '') all.push(...children.split(' ').map(Number));
      }
    } catch {
      // It has ended, or the system does not tell.
    }
  }
  return all;
}

function peakOf(pid: number): number {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kibibytes === undefined ? 0 : Number(kibibytes) * 1024;
  } catch {
    return 0;
  }
}

/** The most memory that a process and those that it started have had resident so far, in octets; 0 where the system does not tell. */
export function peakMemory(pid: number): number {
  return family(pid).reduce((sum, each) => sum + peakOf(each), 0);
}
