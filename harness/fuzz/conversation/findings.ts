import { createHash } from 'node:crypto';
import type { CaseHead } from '../case-text.ts';
import { writeCase } from '../case-text.ts';
import type { FuzzFinding } from '../finding.ts';
import type { Conversation } from './conversation.ts';
import type { Verdict } from './judge.ts';

/** The same for the same mistake: of departure, state, reaction and rule. */
export function keyOf({ severity, departure, state, reaction, rule }: Verdict): string {
  return [severity, departure ?? '', state, reaction, rule ?? ''].join('\t');
}

/** A finding with its case. */
export function findingOf(conversation: Conversation, verdict: Verdict, target: string): FuzzFinding {
  const { protocol, seed, index, steps } = conversation;
  const { severity, title, rule, departure, state, reaction } = verdict;
  const id = `${severity.replaceAll(' ', '-')}-${createHash('sha256')
    .update(`${protocol}\t${keyOf(verdict)}`)
    .digest('hex')
    .slice(0, 8)}`;
  const said = { severity, title, state, reaction, seed, index, ...(rule !== undefined && { rule }), ...(departure !== undefined && { departure }) };
  const head: CaseHead = { id, subject: 'broker', protocol, target, ...said };
  return { id, subject: 'broker', protocol, ...said, text: writeCase(head, steps) };
}
