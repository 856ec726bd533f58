import { getHeapStatistics } from 'node:v8';

/** What one input may take: so much, and so many octets for each of its own. */
const floor = 64 * 2 ** 20;
const ratio = 1_000;

/** Octets of memory that this thread holds, on its heap and in buffers. */
export function held(): number {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
  return heap + buffers;
}

/** Whether so many octets more are out of all proportion to inputs of so many octets. */
export function balloons(grown: number, octets: number): boolean {
  return grown > floor + ratio * octets;
}

/** Octets of memory in words. */
export const inWords = (octets: number): string => `${Math.round(octets / 2 ** 20)} MiB`;
