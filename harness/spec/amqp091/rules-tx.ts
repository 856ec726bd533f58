import type { Rule } from '../rule.ts';

/** Class tx: what a transaction holds back, and how it ends. */
export const txRules = {} as const satisfies Readonly<Record<string, Rule>>;
