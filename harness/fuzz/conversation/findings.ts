import { createHash } from 'node:crypto';
import { redactUrl } from '../../check/record-secrets.ts';
import { withoutPassword } from '../case-secrets.ts';
import type { CaseHead } from '../case-text.ts';
import { writeCase } from '../case-text.ts';
import type { FuzzFinding } from '../finding.ts';
import type { Conversation } from './conversation.ts';
import type { Verdict } from './judge.ts';
import type { FuzzTarget } from './stage.ts';

/** The same for the same mistake: of departure, state, reaction and rule. */
export function keyOf({ severity, departure, state, reaction, rule }: Verdict): string {
  return [severity, departure ?? '', state, reaction, rule ?? ''].join('\t');
}

/** A finding with its case, in which there is no password. */
export function findingOf(conversation: Conversation, verdict: Verdict, { name, url, credentials }: FuzzTarget): FuzzFinding {
  const { protocol, seed, index, served } = conversation;
  const target = name ?? redactUrl(url);
  const steps = withoutPassword(conversation.steps, credentials);
  const { severity, title, rule, departure, state, reaction } = verdict;
  const id = `${severity.replaceAll(' ', '-')}-${createHash('sha256')
    .update(`${protocol}\t${keyOf(verdict)}`)
    .digest('hex')
    .slice(0, 8)}`;
  const said = { severity, title, state, reaction, seed, index, ...(rule !== undefined && { rule }), ...(departure !== undefined && { departure }) };
  const head: CaseHead = { id, subject: 'broker', protocol, target, ...said, ...(served === true && { served }) };
  return { id, subject: 'broker', protocol, ...said, text: writeCase(head, steps) };
}
