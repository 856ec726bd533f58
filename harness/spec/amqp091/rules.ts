import type { Rule091 } from '../rule.ts';
import { basicRules } from './rules-basic.ts';
import { channelRules } from './rules-channel.ts';
import { confirmRules } from './rules-confirm.ts';
import { connectionRules } from './rules-connection.ts';
import { consumerRules } from './rules-consumer.ts';
import { contentRules } from './rules-content.ts';
import { exchangeRules } from './rules-exchange.ts';
import { fieldRules } from './rules-fields.ts';
import { framingRules } from './rules-framing.ts';
import { heartbeatRules } from './rules-heartbeat.ts';
import { persistenceRules } from './rules-persistence.ts';
import { publisherRules } from './rules-publisher.ts';
import { queueRules } from './rules-queue.ts';
import { queueExtensionRules } from './rules-queue-extensions.ts';
import { replyRules } from './rules-reply.ts';
import { securityRules } from './rules-security.ts';
import { topologyRules } from './rules-topology.ts';
import { txRules } from './rules-tx.ts';

/** Every rule of 0-9-1 and of the extensions that everybody uses, by id. */
export const rules091 = {
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
} as const satisfies Readonly<Record<string, Rule091>>;
