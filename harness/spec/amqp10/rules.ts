import type { Rule10 } from '../rule.ts';
import { framingRules } from './rules-framing.ts';
import { typesRules } from './rules-types.ts';

/** The rules of 1.0 by area, as they are taken up one after another by checks and faults. */
export const areas10 = {
  types: typesRules,
  framing: framingRules,
} as const satisfies Readonly<Record<string, Readonly<Record<string, Rule10>>>>;

export type Area10 = keyof typeof areas10;

/** The areas all of whose server duties that can be shown have a check and a fault. Whoever adds one owes them: a missing fault does not compile. */
export const judgedAreas10 = [] as const satisfies readonly Area10[];

type RuleIn<A> = A extends Area10 ? keyof (typeof areas10)[A] : never;

/** The rules of the areas that are judged. */
export type JudgedRule10 = RuleIn<(typeof judgedAreas10)[number]>;

/** Every rule of 1.0 and of its companions, by id. */
export const rules10 = {
  ...areas10.types,
  ...areas10.framing,
} as const satisfies Readonly<Record<string, Rule10>>;
