import { type Area10, type RuleIn10, rules10 } from './amqp10/rules.ts';
import { rules091 } from './amqp091/rules.ts';
import type { DutyKey, Rule } from './rule.ts';

/** Every rule of every protocol, by id. */
export const rules = { ...rules091, ...rules10 } as const satisfies Readonly<Record<string, Rule>>;

type Rules = typeof rules;

/** Names one normative statement in violations, checks, faults, deviations and reports alike. */
export type RuleId = keyof Rules & string;
export type RuleId091 = keyof typeof rules091;
export type RuleId10 = keyof typeof rules10;

/** `<rule>:<duty>`, as `amqp091/4.2.3.frame-end:enforce`. */
export type DutyId = { [R in RuleId]: `${R}:${keyof Rules[R]['duties'] & DutyKey}` }[RuleId];

type Judged<R extends RuleId, K extends DutyKey> = K extends keyof Rules[R]['duties']
  ? Rules[R]['duties'][K] extends { readonly shown: 'untestable' } | { readonly level: 'MAY' }
    ? never
    : `${R}:${K}`
  : never;

/** The duties of a server under these rules that can be shown and violated. */
type ServerDutyOf<R extends RuleId> = { [Each in R]: Judged<Each, 'emit'> | Judged<Each, 'enforce'> }[R];

export type ServerDuty091 = ServerDutyOf<RuleId091>;
export type ServerDuty10 = ServerDutyOf<RuleId10>;
/** Those of one area of 1.0, or several. */
export type ServerDutyIn<A extends Area10> = ServerDutyOf<RuleIn10<A>>;

/** The duties of a server that can be shown and violated. Each has a check and a fault; a missing fault does not compile. */
export type ServerDuty = ServerDuty091 | ServerDuty10;

/** A protocol by its version, as the command line names it. */
export type Protocol = '0-9-1' | '1.0';

/** The prefix that the ids of a protocol's rules, duties and checks have. */
export const idPrefixes = { '0-9-1': 'amqp091/', '1.0': 'amqp10/' } as const satisfies Readonly<Record<Protocol, string>>;

/** The protocol of a rule, a duty or a check, by its id. */
export const protocolOf = (id: string): Protocol => (id.startsWith(idPrefixes['1.0']) ? '1.0' : '0-9-1');
