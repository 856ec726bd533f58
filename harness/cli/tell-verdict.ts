import { wireLogText } from '../../reports/wire-log.ts';
import { answerWords, endingWords, visible } from '../../reports/words.ts';
import type { Verdict } from '../check/verdict.ts';
import { ruleOf } from '../spec/ledger.ts';
import type { Terminal } from './terminal.ts';

/** Shows every octet of what was judged, and what came of it. */
export function tellVerdict(verdict: Verdict, { colors, say, warn }: Terminal): void {
  say(wireLogText(verdict.transcript, verdict.check.split('/')[0] ?? ''));
  const paint = verdict.outcome === 'pass' ? colors.green : colors.red;
  warn(`${paint(verdict.outcome)}  ${colors.bold(verdict.check)}  ${visible(verdict.title)}`);
  const rule = ruleOf(verdict.rule);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['why', verdict.message],
    ['rule', `${verdict.level} ${verdict.rule} (${rule.section}): ${rule.statement}`],
    ['expected', verdict.legal.length === 0 ? undefined : [...new Set(verdict.legal.map(answerWords))].join(', or ')],
    ['came back', verdict.reaction],
    ['ended', endingWords(verdict.ending)],
    ['case', verdict.counterexample?.steps.map((step, index) => `${index === 0 ? '' : ' '.repeat(13)}${step}`).join('\n')],
    ['others', verdict.alive === null ? undefined : verdict.alive ? 'a bystander was still served' : 'a bystander was no longer served'],
  ];
  for (const [name, text] of facts) if (text !== undefined) warn(`  ${colors.dim(name.padEnd(10))} ${visible(text)}`);
}
