import { withPassword } from '../case-secrets.ts';
import type { FuzzCase } from '../case-text.ts';
import type { FuzzFinding } from '../finding.ts';
import type { Conversation, Setting, Speech } from './conversation.ts';
import { findingOf } from './findings.ts';
import { judge, type Verdict } from './judge.ts';
import { alonePatience, type Stage } from './stage.ts';

/** The conversation of a case; a sentence where the password of this login does not fit into it. */
export function conversationOf(saved: FuzzCase, password: string): Conversation | string {
  const { protocol, seed = 0, index = 0, state = '', served } = saved;
  const steps = withPassword(saved.steps, password);
  if (typeof steps === 'number') return `The case ${saved.id} was found with a password of ${steps} octets, so that only one as long fits into it.`;
  const departures = steps.flatMap(step => (step.kind === 'send' && step.departure !== undefined ? [step.departure] : []));
  return { protocol, seed, index, state, departures, steps, ...(served === true && { served }) };
}

/** How conversations of one protocol are played. */
export interface How {
  readonly speech: Speech;
  readonly setting: Setting;
}

/** What came of the cases of a corpus. */
export interface Replayed {
  readonly cases: number;
  readonly failing: number;
  readonly findings: readonly FuzzFinding[];
  /** What could not be played, in sentences. */
  readonly notes: readonly string[];
}

/** Plays saved cases one after the other, each alone and with patience, and judges them. Rejects with a `DialError` where nobody takes connections. */
export async function replayCases(
  cases: readonly FuzzCase[],
  stage: Stage,
  howOf: (conversation: Pick<Conversation, 'protocol' | 'index'>) => How,
  fails: (verdict: Verdict, conversation: Conversation) => boolean = () => true,
): Promise<Replayed> {
  const found = new Map<string, FuzzFinding>();
  const notes: string[] = [];
  let failing = 0;
  for (const saved of cases) {
    const conversation = conversationOf(saved, stage.target.credentials.password);
    if (typeof conversation === 'string') {
      notes.push(conversation);
      continue;
    }
    const verdict = judge(await stage.play(conversation, howOf(conversation), { patience: alonePatience }));
    if (verdict === undefined || !fails(verdict, conversation)) continue;
    failing += 1;
    const finding = findingOf(conversation, verdict, stage.target);
    found.set(finding.id, finding);
  }
  return { cases: cases.length, failing, findings: [...found.values()], notes };
}
