import { answeringDuties } from '../../../endpoint/amqp091/breaches.ts';
import { frameTypes } from '../../../spec/amqp091/constants.ts';
import { type RuleId, rules } from '../../../spec/catalogue.ts';
import type { Answer, Rule } from '../../../spec/rule.ts';
import { wireRules } from '../../../wire/amqp091/wire-rules.ts';
import type { Violation } from '../../../wire/decoded.ts';
import type { LegalAnswers } from '../conversation.ts';

/** Where a breach was made. */
export interface BreachPlace {
  /** Neither open nor open-ok was sent: errors end with a bare close (2.2.4). */
  readonly beforeOpen: boolean;
  readonly channel: number;
  /** First octet of the frame, where it is known. */
  readonly frameType: number | undefined;
}

const untold: readonly Answer[] = [{ kind: 'bare-close', reading: 'text' }];

/** Rules that the framing breaks; all others are about what has been said so far. */
const ofOctets: ReadonlySet<string> = new Set<string>([...Object.values(wireRules), 'amqp091/4.2.2.protocol-header', 'amqp091/4.2.2.unsupported-version']);

/** Whether a rule is broken by octets alone, whatever was said before. */
export const isOfOctets = (rule: RuleId): boolean => ofOctets.has(rule);

/** All that the catalogue allows in answer to a breach, under any reading; nothing is told apart where the standard only advises or permits. */
export function legalAnswers({ rule, detail }: Pick<Violation, 'rule' | 'detail'>, answered: RuleId, place: BreachPlace): LegalAnswers {
  const { duties }: Rule = rules[answered];
  const owed = answeringDuties.map(key => duties[key]).find(duty => duty?.answers !== undefined);
  const answers = owed?.answers ?? [];
  // Where a method may be carried out all the same, whatever it brings is legal.
  const mayGoOn = answers.some(({ kind }) => kind === 'method' || kind === 'discarded');
  const told = { rule, detail, channel: place.channel };
  if (isLenient(rule, place) || owed?.level !== 'MUST' || mayGoOn) return { ...told, answers: [] };
  if (place.beforeOpen && !answers.some(({ kind }) => kind === 'header-then-close')) return { ...told, answers: untold };
  return { ...told, answers };
}

/** Where another rule of the catalogue lets the peer take it all the same. */
function isLenient(rule: RuleId, { beforeOpen, frameType }: BreachPlace): boolean {
  // Methods and headers cannot be split, and the errata let them be larger (4.2.3.frame-max-method); before tune, too (connection.tune.frame-max-minimum).
  if (rule === 'amqp091/4.2.3.frame-max') return beforeOpen || frameType !== frameTypes.body;
  // The text's own number for heartbeats (4.2.7.heartbeat-type-4).
  return rule === 'amqp091/4.2.3.frame-type' && frameType === 4;
}
