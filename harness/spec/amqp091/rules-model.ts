import type { Rule } from '../rule.ts';

export const modelRules = {} as const satisfies Readonly<Record<string, Rule>>;
