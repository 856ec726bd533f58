import type { FaultTable } from './row.ts';

/** Extensions of exchanges: bindings between them, alternate exchanges, auto-delete and internal ones. */
export const topologyFaults = {} as const satisfies FaultTable;
