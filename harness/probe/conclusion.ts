import { type DutyId, rules } from '../spec/catalogue.ts';
import type { Answer, Duty, DutyKey, Rule } from '../spec/rule.ts';
import type { ProbeContext } from './context.ts';
import { describeAnswers, describeText, describeWait } from './expectation.ts';
import type { WaitKind } from './peer.ts';
import { type Ending, Stop } from './stop.ts';

/** The answers that the catalogue holds for legal. */
export function legalAnswers(duty: DutyId): readonly Answer[] {
  const [rule, key] = [duty.slice(0, duty.lastIndexOf(':')), duty.slice(duty.lastIndexOf(':') + 1)];
  const row: Rule | undefined = (rules as Readonly<Record<string, Rule>>)[rule];
  const answers = (row?.duties as Readonly<Partial<Record<string, Duty>>> | undefined)?.[key as DutyKey]?.answers;
  if (answers === undefined) throw new Error(`${duty} lists no answers: name them where it is used`);
  return answers;
}

/** Closing takes longer than answering: some peers wait on purpose before they close. */
export function waitFor(legal: readonly Answer[]): WaitKind {
  return legal.some(({ kind }) => kind === 'bare-close' || kind === 'header-then-close') ? 'close' : 'reply';
}

/** What a peer did about a departure, in words, and which legal answer that is. */
export interface Reaction {
  readonly answer: Answer | undefined;
  readonly reaction: string;
  readonly ending: Ending;
  /** The peer's own, empty where it said none. */
  readonly text: string;
  /** The stream was reset while octets of ours were under way. */
  readonly cut: boolean;
}

/** Takes down a legal answer, or ends the check with what came instead. */
export function conclude(context: ProbeContext, duty: DutyId, legal: readonly Answer[], { answer, reaction, ending, text, cut }: Reaction): Answer {
  if (answer !== undefined) {
    context.observation = { duty, answer, reaction, ending, legal };
    return answer;
  }
  const finding = { duty, reaction, ending, legal, sentence: `Expected ${describeAnswers(legal)}, got ${reaction}${describeText(text)}.` };
  throw new Stop({ kind: cut ? 'cut' : 'failed', ...finding });
}

/** Nothing came that could be an answer, but perhaps a protocol header. */
export function unanswered(duty: DutyId, legal: readonly Answer[], wait: WaitKind, waitedMs: number, header: boolean): Stop {
  const reaction = header ? 'protocol header, then silence' : 'silence';
  const sentence = `Expected ${describeAnswers(legal)} within ${describeWait(waitedMs)}, got ${reaction}.`;
  return new Stop({ kind: 'silent', wait, waitedMs, duty, legal, reaction, sentence, ending: { kind: 'silence' } });
}
