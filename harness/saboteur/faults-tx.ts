import type { FaultTable } from './row.ts';

/** Class tx: what a transaction holds back, and how it ends. */
export const txFaults = {} as const satisfies FaultTable;
