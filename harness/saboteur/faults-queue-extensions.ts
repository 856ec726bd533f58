import type { FaultTable } from './row.ts';

/** Extensions of queues: times to live, lengths, dead letters, priorities. */
export const queueExtensionFaults = {} as const satisfies FaultTable;
