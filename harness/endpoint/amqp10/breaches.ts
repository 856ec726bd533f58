import { type RuleId, type RuleId10, rules } from '../../spec/catalogue.ts';
import type { Answer10, Condition, DutyKey, Rule } from '../../spec/rule.ts';
import { isAnswer091 } from '../../spec/rule.ts';
import type { AmqpError } from '../../wire/amqp10/codec.ts';
import { wireRules } from '../../wire/amqp10/wire-rules.ts';
import type { Remedy, Role } from './vocabulary.ts';

/** A rule that a peer's frame broke, before it is known where in the stream. */
export interface Breach {
  readonly rule: RuleId10;
  readonly detail: string;
  /** What is answered, where the rule leaves the choice. `borne`: a peer that can make sense of the frame takes it. */
  readonly answer?: Answer10 | 'borne';
}

const dutiesOf: Readonly<Record<Role, readonly DutyKey[]>> = {
  server: ['enforce', 'permit', 'emit', 'client-enforce'],
  client: ['client-enforce', 'client-permit', 'enforce', 'permit', 'emit'],
};

const framingError: Answer10 = { kind: 'close', condition: 'amqp:connection:framing-error', reading: 'text' };
const decodeError: Answer10 = { kind: 'close', condition: 'amqp:decode-error', reading: 'text' };
const ofFraming: ReadonlySet<RuleId> = new Set([wireRules.frameSize, wireRules.frameMax, wireRules.dataOffset, wireRules.frameType]);

const isOwn = (answer: object): answer is Answer10 =>
  !isAnswer091(answer as never) || ['bare-close', 'header-then-close', 'discarded'].includes((answer as Answer10).kind);

/**
 * What a peer in this role answers to a breach: the first answer that the standard's text gives in the catalogue. What octets alone break, and the catalogue does not know,
 * is a framing error in the head of a frame and a decode error behind it.
 */
export function answerTo(rule: RuleId, role: Role): Answer10 {
  const known: Rule | undefined = (rules as Readonly<Record<string, Rule>>)[rule];
  const answers = known === undefined ? [] : dutiesOf[role].flatMap(key => known.duties[key]?.answers ?? []);
  return answers.filter(isOwn).find(({ reading }) => reading === 'text') ?? (ofFraming.has(rule) ? framingError : decodeError);
}

/** Where the standard asks for an error and not for which. */
const conditionOf = (condition: Condition): string => (condition === 'any' ? 'amqp:not-allowed' : condition);

export const errorOf = (condition: Condition, description: string): AmqpError => ({ type: 'error', condition: conditionOf(condition), description });

/** An answer as what is done. What asks for an ordinary frame leaves the conversation going. */
export function remedyOf(answer: Answer10 | 'borne', detail: string): Remedy {
  if (answer === 'borne') return { kind: 'borne' };
  switch (answer.kind) {
    case 'close':
    case 'end':
    case 'detach':
      return { kind: answer.kind, error: errorOf(answer.condition, detail) };
    case 'sasl-outcome':
      return { kind: 'sasl-outcome', code: answer.saslCode };
    case 'bare-close':
    case 'header-then-close':
    case 'discarded':
      return { kind: answer.kind };
    default:
      return { kind: 'discarded' };
  }
}
