import type { Rule } from '../rule.ts';

/** Users, permissions, virtual hosts, TLS, alarms. */
export const securityRules = {} as const satisfies Readonly<Record<string, Rule>>;
