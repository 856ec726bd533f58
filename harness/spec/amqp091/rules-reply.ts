import type { Rule } from '../rule.ts';

/** Direct reply-to. */
export const replyRules = {} as const satisfies Readonly<Record<string, Rule>>;
