import { basicRules } from './amqp091/rules-basic.ts';
import { channelRules } from './amqp091/rules-channel.ts';
import { confirmRules } from './amqp091/rules-confirm.ts';
import { connectionRules } from './amqp091/rules-connection.ts';
import { consumerRules } from './amqp091/rules-consumer.ts';
import { contentRules } from './amqp091/rules-content.ts';
import { exchangeRules } from './amqp091/rules-exchange.ts';
import { fieldRules } from './amqp091/rules-fields.ts';
import { framingRules } from './amqp091/rules-framing.ts';
import { heartbeatRules } from './amqp091/rules-heartbeat.ts';
import { persistenceRules } from './amqp091/rules-persistence.ts';
import { publisherRules } from './amqp091/rules-publisher.ts';
import { queueRules } from './amqp091/rules-queue.ts';
import { queueExtensionRules } from './amqp091/rules-queue-extensions.ts';
import { replyRules } from './amqp091/rules-reply.ts';
import { securityRules } from './amqp091/rules-security.ts';
import { topologyRules } from './amqp091/rules-topology.ts';
import { txRules } from './amqp091/rules-tx.ts';
import type { DutyKey, Rule } from './rule.ts';

/** Every rule of every protocol, by id. */
export const rules = {
  ...framingRules,
  ...fieldRules,
  ...contentRules,
  ...heartbeatRules,
  ...connectionRules,
  ...channelRules,
  ...exchangeRules,
  ...queueRules,
  ...basicRules,
  ...persistenceRules,
  ...confirmRules,
  ...securityRules,
  ...consumerRules,
  ...queueExtensionRules,
  ...replyRules,
  ...topologyRules,
  ...publisherRules,
  ...txRules,
} as const satisfies Readonly<Record<string, Rule>>;

type Rules = typeof rules;

/** Names one normative statement in violations, checks, faults, deviations and reports alike. */
export type RuleId = keyof Rules & string;

/** `<rule>:<duty>`, as `amqp091/4.2.3.frame-end:enforce`. */
export type DutyId = { [R in RuleId]: `${R}:${keyof Rules[R]['duties'] & DutyKey}` }[RuleId];

type Judged<R extends RuleId, K extends DutyKey> = K extends keyof Rules[R]['duties']
  ? Rules[R]['duties'][K] extends { readonly shown: 'untestable' } | { readonly level: 'MAY' }
    ? never
    : `${R}:${K}`
  : never;

/** The duties of a server that can be shown and violated: each has a check and a fault. */
export type ServerDuty = { [R in RuleId]: Judged<R, 'emit'> | Judged<R, 'enforce'> }[RuleId];
