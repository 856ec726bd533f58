import type { Rule } from '../rule.ts';

/** Extensions of queues: times to live, lengths, dead letters, priorities. */
export const queueExtensionRules = {} as const satisfies Readonly<Record<string, Rule>>;
