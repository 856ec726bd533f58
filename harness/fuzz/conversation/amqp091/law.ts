import { answeringDuties } from '../../../endpoint/amqp091/breaches.ts';
import type { Origin } from '../../../endpoint/amqp091/origin.ts';
import { classes } from '../../../spec/amqp091/classes.ts';
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
  /** It came with a method of class connection, or with one that has content. */
  readonly ofConnection: boolean;
  readonly ofContent: boolean;
  /** It came on a channel that is not open, or in the middle of a content. */
  readonly notOpen: boolean;
  readonly inContent: boolean;
  /** Above the agreed channel-max. */
  readonly beyondChannelMax: boolean;
  /** We asked to close this channel, and have not been told that it is closed. */
  readonly closing: boolean;
}

/** What any error before open breaks, whatever else it breaks. */
const beforeOpenRule: RuleId = 'amqp091/2.2.4.error-before-open';
const untold: readonly Answer[] = [{ kind: 'bare-close', reading: 'text' }];

/** Rules that the framing breaks; all others are about what has been said so far. */
const ofOctets: ReadonlySet<string> = new Set<string>([...Object.values(wireRules), 'amqp091/4.2.2.protocol-header', 'amqp091/4.2.2.unsupported-version']);

/** Whether a rule is broken by octets alone, whatever was said before. */
export const isOfOctets = (rule: RuleId): boolean => ofOctets.has(rule);

const { publish, return: returned, deliver, 'get-ok': got } = classes.basic.methods;
const contentMethods: ReadonlySet<number> = new Set([publish.id, returned.id, deliver.id, got.id]);

/** What the name of a mechanism may be (RFC 4422). */
export const isMechanism = /^[A-Z0-9_-]{2,20}$/;

/** Whether a method is followed by content. */
export const hasContent = ({ classId, methodId }: Origin): boolean => classId === classes.basic.id && contentMethods.has(methodId);

export const isOfConnection = ({ classId }: Origin): boolean => classId === classes.connection.id;

/** All that the catalogue allows in answer to a breach, under any reading; nothing is told apart where the standard only advises or permits. */
export function legalAnswers({ rule, detail }: Pick<Violation, 'rule' | 'detail'>, answered: RuleId, place: BreachPlace): LegalAnswers {
  const owed = answering(answered);
  const answers = [answered, ...alsoBroken(rule, place)].flatMap(each => answering(each)?.answers ?? []);
  // Where a method may be carried out all the same, whatever it brings is legal.
  const mayGoOn = answers.some(({ kind }) => kind === 'method' || kind === 'discarded');
  const told = { rule, detail, channel: place.channel };
  if (isLenient(rule, place) || owed?.level !== 'MUST' || mayGoOn) return { ...told, answers: [] };
  if (place.beforeOpen && !answers.some(({ kind }) => kind === 'header-then-close')) return { ...told, rule: beforeOpenRule, answers: untold };
  return { ...told, answers };
}

function answering(rule: RuleId) {
  const { duties }: Rule = rules[rule];
  return answeringDuties.map(key => duties[key]).find(duty => duty?.answers !== undefined);
}

/** Rules that the same octets break, so that their answers are as good. */
function alsoBroken(rule: RuleId, { channel, frameType, ofConnection, ofContent, beyondChannelMax, notOpen, inContent }: BreachPlace): readonly RuleId[] {
  const content = ofContent || frameType === frameTypes.header || frameType === frameTypes.body;
  return [
    ...(beyondChannelMax ? (['amqp091/connection.tune.channel-max'] as const) : []),
    ...(rule === 'amqp091/channel.not-open' && content ? (['amqp091/channel.not-open-content'] as const) : []),
    ...(channel > 0 && notOpen ? (['amqp091/channel.not-open'] as const) : []),
    ...(inContent ? (['amqp091/4.2.6.header-missing'] as const) : []),
    // Out of place, and whatever it holds may be wrong besides.
    ...(rule === 'amqp091/4.2.6.unexpected-header' ? (['amqp091/4.2.6.1.content-header'] as const) : []),
    ...(rule === 'amqp091/4.2.4.method-direction' && ofConnection ? (['amqp091/connection.sequence'] as const) : []),
  ];
}

/** Where another rule of the catalogue lets the peer take it all the same. */
function isLenient(rule: RuleId, { beforeOpen, frameType, closing, ofContent }: BreachPlace): boolean {
  // What comes while a channel closes may be dropped, and a method without its content may be waited for.
  if (closing || ((rule === 'amqp091/channel.not-open' || rule === 'amqp091/4.2.4.method-direction') && ofContent)) return true;
  // Who has fewer channels than channel-max and a higher number may be served all the same (connection.tune.channel-max).
  if (rule === 'amqp091/connection.tune.channel-max') return true;
  // Methods and headers cannot be split, and the errata let them be larger (4.2.3.frame-max-method); before tune, too (connection.tune.frame-max-minimum).
  if (rule === 'amqp091/4.2.3.frame-max') return beforeOpen || frameType !== frameTypes.body;
  // The text's own number for heartbeats (4.2.7.heartbeat-type-4).
  return rule === 'amqp091/4.2.3.frame-type' && frameType === 4;
}
