import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What one input may take: so much, and so many octets for each of its own. */
const floor = 64 * 2 ** 20;
const ratio = 1_000;

/** Octets of memory that this thread holds, on its heap and in buffers. */
export function held(): number {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
  return heap + buffers;
}

let collect: (() => void) | undefined;

/** Gives back what nobody holds any longer, where that is much: else it would hide what is taken next. */
export function tidy(): void {
  if (held() < floor) return;
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}

/** Whether so many octets more are out of all proportion to inputs of so many octets. */
export function balloons(grown: number, octets: number): boolean {
  return grown > floor + ratio * octets;
}

/** Octets of memory in words. */
export const inWords = (octets: number): string => `${Math.round(octets / 2 ** 20)} MiB`;
