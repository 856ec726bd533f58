import type { Rule10 } from '../rule.ts';
import { soleConnectionRules, webSocketRules } from './rules-binding.ts';
import { connectionRules } from './rules-connection.ts';
import { conversionRules } from './rules-conversion.ts';
import { errorRules } from './rules-errors.ts';
import { flowRules } from './rules-flow.ts';
import { framingRules } from './rules-framing.ts';
import { linkRules } from './rules-link.ts';
import { claimsRules, httpManagementRules, managementRules, pairingRules } from './rules-management.ts';
import { messageRules, outcomeRules } from './rules-message.ts';
import { filterRules, routingRules } from './rules-routing.ts';
import { securityRules } from './rules-security.ts';
import { sessionRules } from './rules-session.ts';
import { terminusRules } from './rules-terminus.ts';
import { transactionRules } from './rules-transaction.ts';
import { resumeRules, transferRules } from './rules-transfer.ts';
import { typesRules } from './rules-types.ts';

/** The rules of 1.0 by area. */
export const areas10 = {
  types: typesRules,
  framing: framingRules,
  connection: connectionRules,
  session: sessionRules,
  link: linkRules,
  flow: flowRules,
  transfer: transferRules,
  resume: resumeRules,
  errors: errorRules,
  message: messageRules,
  outcome: outcomeRules,
  terminus: terminusRules,
  transaction: transactionRules,
  security: securityRules,
  routing: routingRules,
  filter: filterRules,
  pairing: pairingRules,
  management: managementRules,
  httpManagement: httpManagementRules,
  claims: claimsRules,
  webSocket: webSocketRules,
  soleConnection: soleConnectionRules,
  conversion: conversionRules,
} as const satisfies Readonly<Record<string, Readonly<Record<string, Rule10>>>>;

export type Area10 = keyof typeof areas10;

/** The rules of some areas. */
export type RuleIn10<A> = A extends Area10 ? keyof (typeof areas10)[A] : never;

/** Every rule of 1.0 and of its companions, by id. */
export const rules10 = {
  ...typesRules,
  ...framingRules,
  ...connectionRules,
  ...sessionRules,
  ...linkRules,
  ...flowRules,
  ...transferRules,
  ...resumeRules,
  ...errorRules,
  ...messageRules,
  ...outcomeRules,
  ...terminusRules,
  ...transactionRules,
  ...securityRules,
  ...routingRules,
  ...filterRules,
  ...pairingRules,
  ...managementRules,
  ...httpManagementRules,
  ...claimsRules,
  ...webSocketRules,
  ...soleConnectionRules,
  ...conversionRules,
} as const satisfies Readonly<Record<string, Rule10>>;
