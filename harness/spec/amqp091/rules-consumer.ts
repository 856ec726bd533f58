import type { Rule } from '../rule.ts';

/** Extensions for consumers: priorities, single active consumer, acknowledgement time-out. */
export const consumerRules = {} as const satisfies Readonly<Record<string, Rule>>;
