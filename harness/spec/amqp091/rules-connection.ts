import type { Rule } from '../rule.ts';

export const connectionRules = {} as const satisfies Readonly<Record<string, Rule>>;
