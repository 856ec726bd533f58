import type { FaultTable } from './row.ts';

/** Extensions for publishers: user-id validation and sender-selected distribution. */
export const publisherFaults = {} as const satisfies FaultTable;
