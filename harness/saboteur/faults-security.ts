import type { FaultTable } from './row.ts';

/** Users, permissions, virtual hosts, TLS, alarms. */
export const securityFaults = {} as const satisfies FaultTable;
