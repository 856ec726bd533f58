import { type RuleId, rules } from '../../../spec/catalogue.ts';
import type { Answer, Answer10, Rule } from '../../../spec/rule.ts';

const discarded: Answer10 = { kind: 'discarded', reading: 'text' };
const bareClose: Answer10 = { kind: 'bare-close', reading: 'practice' };
const headerThenClose: Answer10 = { kind: 'header-then-close', reading: 'text' };

/** How far a peer had come when something illegal reached it: what it may still say is another thing in each. */
export type Stage = 'header' | 'sasl' | 'before-open' | 'open';

/** What was sent against the law. `uncertain`: the peer may not have told the limit, or may have told of more room meanwhile. */
export interface Offence {
  readonly rule: RuleId;
  readonly detail: string;
  readonly stage: Stage;
  readonly uncertain: boolean;
  /** Of the frame, where it is one frame's. */
  readonly channel?: number;
  /** What a reader of the law would say, where the rule itself names no answer. */
  readonly remedy: Answer10 | undefined;
}

/** Breaches after which no sense can be made of what follows; the standard names the condition and has the connection end. */
const wider: Readonly<Record<string, readonly Answer10['kind'][]>> = { detach: ['detach', 'end', 'close'], end: ['end', 'close'], close: ['close'] };

/**
 * Every answer that the law allows to an offence: those of the rule's duties under any reading, the same condition at a wider scope where the narrower one may not be there,
 * silence of the law as far as a peer that passes it over breaks no word, and before open the bare close.
 */
export function answersTo({ rule, stage, uncertain, remedy }: Offence): readonly Answer[] {
  const { duties }: Rule = rules[rule];
  const named = [...(duties.enforce?.answers ?? []), ...(duties.permit?.answers ?? [])] as readonly Answer10[];
  const all = named.length > 0 ? named : remedy === undefined ? [] : [remedy];
  const answers: Answer10[] = all.flatMap(answer => ('condition' in answer && answer.kind in wider ? widened(answer) : [answer]));
  if (duties.enforce?.level !== 'MUST' || uncertain) answers.push(discarded);
  if (stage !== 'open') answers.push(bareClose);
  if (stage === 'header') answers.push(headerThenClose);
  return answers;
}

function widened(answer: Answer10): readonly Answer10[] {
  return (wider[answer.kind] ?? []).map(kind => (kind === answer.kind ? answer : ({ ...answer, kind, reading: 'practice' } as Answer10)));
}

/**
 * What is legal after several offences: any answer to any of them, and to go on only where none forbids it. Nothing where anything goes: the law says of one that it must not be, and
 * nothing of what follows if it is.
 */
export function answersToAll(offences: readonly Offence[]): readonly Answer[] {
  if (offences.some(isOpen)) return [];
  const each = offences.map(answersTo);
  const bears = each.every(answers => answers.some(({ kind }) => kind === 'discarded'));
  return distinct(each.flat().filter(({ kind }) => bears || kind !== 'discarded'));
}

function isOpen({ rule, remedy }: Offence): boolean {
  const { duties }: Rule = rules[rule];
  return duties.enforce?.answers === undefined && duties.permit?.answers === undefined && remedy === undefined;
}

function distinct(answers: readonly Answer[]): readonly Answer[] {
  return [...new Map(answers.map(answer => [JSON.stringify({ ...answer, reading: '' }), answer])).values()];
}
