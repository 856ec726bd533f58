import type { Rule } from '../rule.ts';

/** Extensions for publishers: user-id validation and sender-selected distribution. */
export const publisherRules = {} as const satisfies Readonly<Record<string, Rule>>;
