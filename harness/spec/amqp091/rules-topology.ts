import type { Rule } from '../rule.ts';

/** Extensions of exchanges: bindings between them, alternate exchanges, auto-delete and internal ones. */
export const topologyRules = {} as const satisfies Readonly<Record<string, Rule>>;
