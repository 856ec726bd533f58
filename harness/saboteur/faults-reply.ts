import type { FaultTable } from './row.ts';

/** Direct reply-to. */
export const replyFaults = {} as const satisfies FaultTable;
