import type { Rule } from '../rule.ts';

export const framingRules = {} as const satisfies Readonly<Record<string, Rule>>;
