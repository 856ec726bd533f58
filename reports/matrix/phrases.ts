import type { VerdictRecord } from '../../harness/check/record-verdicts.ts';
import { withoutNames } from '../compare.ts';
import { reasonWords, visible } from '../words.ts';

const quoteMax = 70;

/** A broker's own words, cut where they go on. */
const cutQuotes = (text: string) =>
  text.replace(/\("([^"]+)"\)/g, (whole, words: string) => (words.length <= quoteMax ? whole : `("${words.slice(0, quoteMax)}…")`));

/** What a broker did in one check: neither what was expected, nor the names of this run. */
export function answerOf(verdict: VerdictRecord): string {
  const { outcome, message, reaction } = verdict;
  if (outcome !== 'pass' && outcome !== 'fail') return visible(withoutNames(reasonWords(verdict)));
  const whole = withoutNames(outcome === 'pass' ? reaction : (message ?? reaction)).replaceAll("'NAME'", 'NAME');
  const got = /^Expected .+?, got (.+)$/s.exec(whole)?.[1];
  const plain = got === undefined || whole.startsWith('Expected no ') ? whole : got;
  return visible(cutQuotes(plain).replace(/\.$/, ''));
}

/** A reason that begins with its verb, with the broker as its subject. */
export function subjectOf(name: string, reason: string): string {
  return /^(?:[A-Z][a-z]+s|Cannot|Never|Does) /.test(reason) ? `${name} ${reason[0]?.toLowerCase()}${reason.slice(1)}` : `${name}: ${reason}`;
}
