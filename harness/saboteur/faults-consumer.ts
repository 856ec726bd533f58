import type { FaultTable } from './row.ts';

/** Extensions for consumers: priorities, single active consumer, acknowledgement time-out. */
export const consumerFaults = {} as const satisfies FaultTable;
