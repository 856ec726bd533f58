import { type ReplyCode, replyCodes } from '../../spec/amqp091/constants.ts';
import { rules091 } from '../../spec/amqp091/rules.ts';
import type { RuleId } from '../../spec/catalogue.ts';
import type { Answer, DutyKey, Rule } from '../../spec/rule.ts';
import type { Exception, Role } from './vocabulary.ts';

/** A rule that a peer's frame broke, before it is known where in the stream. */
export interface Breach {
  readonly rule: RuleId;
  readonly detail: string;
  /** The rule whose answer is due, where it is not the broken one. */
  readonly answered?: RuleId;
}

/** The duties by which a server answers breaches of its client's, the first that has answers counts. */
export const answeringDuties: readonly DutyKey[] = ['enforce', 'permit', 'client-enforce'];

const dutiesOf: Readonly<Record<Role, readonly DutyKey[]>> = {
  server: answeringDuties,
  client: ['client-enforce', 'client-permit', 'enforce', 'permit'],
};

/**
 * What a peer in this role answers to a breach: the first answer that the standard's text gives in the catalogue, whose duty may be the other
 * role's where both owe the same. Rules without any are of a bad sequence of methods, 503.
 */
export function answerTo(rule: RuleId, role: Role): Answer {
  const duties = ownRules[rule]?.duties;
  const answers = dutiesOf[role].flatMap(key => duties?.[key]?.answers ?? []);
  return answers.find(({ kind, reading }) => reading === 'text' && kind !== 'method' && kind !== 'discarded') ?? commandInvalid;
}

/** This machine's peers break rules of 0-9-1 alone; those of 1.0 need not be loaded for it. */
const ownRules: Readonly<Partial<Record<string, Rule>>> = rules091;

const commandInvalid: Answer = { kind: 'connection-close', code: 503, reading: 'text' };

/** A reply text: the name of the code, then what happened, within the 255 octets of a short string. */
export function replyText(code: ReplyCode, detail: string): string {
  const whole = `${replyCodes[code].name}: ${detail}`;
  return new TextEncoder().encode(whole).length <= 255 ? whole : `${whole.slice(0, 80).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** An exception as the code's own severity has it: a soft error closes the channel, a hard one the connection. */
export function exception(code: ReplyCode, detail: string, origin: { readonly classId: number; readonly methodId: number }): Exception {
  const scope = replyCodes[code].severity === 'hard' ? 'connection' : 'channel';
  return { scope, code, text: replyText(code, detail), classId: origin.classId, methodId: origin.methodId };
}
