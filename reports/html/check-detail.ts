import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import type { RunRecord } from '../../harness/check/record.ts';
import type { RuleRecord } from '../../harness/check/record-rules.ts';
import type { VerdictRecord } from '../../harness/check/record-verdicts.ts';
import type { Answer } from '../../harness/spec/rule.ts';
import { declarationOf, placeOf } from '../summarize.ts';
import { answerWords, counterexampleLines, endingWords, reasonWords, sourceWords, visible } from '../words.ts';
import { anchorOf } from './anchor.ts';
import { WireLog } from './wire-log-view.ts';

/** All about one check: its clause, what was legal, what came back, and the evidence. */
export function CheckDetail({
  record,
  rule,
  verdict,
}: {
  readonly record: RunRecord;
  readonly rule: RuleRecord | undefined;
  readonly verdict: VerdictRecord;
}): VNode {
  return html`<div class="detail">
    <${Clause} rule=${rule} verdict=${verdict} />
    <dl class="facts">
      ${verdict.message !== undefined && html`<${Fact} name="In short">${visible(verdict.message)}<//>`}
      ${verdict.reason !== undefined && html`<${Fact} name="Not judged">${visible(reasonWords({ reason: verdict.reason }))}<//>`}
      ${verdict.legal.length > 0 && html`<${Fact} name="Legal"><${Answers} answers=${verdict.legal} /><//>`}
      <${Fact} name="Came back"><code>${visible(verdict.reaction)}</code>${verdict.reading !== undefined && html` <span class="tag">reading: ${verdict.reading}</span>`}<//>
      ${verdict.counterexample !== undefined && html`<${Fact} name="Case"><pre class="case">${counterexampleLines(verdict.counterexample).join('\n')}</pre><//>`}
      <${Fact} name="Ended">${visible(endingWords(verdict.ending))}<//>
      <${Fact} name="Bystander">${bystander(verdict)}<//>
      <${Fact} name="Declared"><${Declared} record=${record} verdict=${verdict} /><//>
      <${Fact} name="Check"><code>${verdict.check}</code><//>
      <${Fact} name="Duties">${verdict.duties.map(duty => html`<code class="line">${duty}</code>`)}<//>
      <${Fact} name="Replay"><span class="copy"><code>${visible(verdict.replay)}</code><button type="button" data-copy=${visible(verdict.replay)}>Copy</button></span><//>
    </dl>
    ${verdict.transcript.length > 0 && html`<${WireLog} protocol=${placeOf(verdict.check).protocol} />`}
  </div>`;
}

export function Fact({ name, children }: { readonly name: string; readonly children?: ComponentChildren }): VNode {
  return html`<div><dt>${name}</dt><dd>${children}</dd></div>`;
}

function Clause({ rule, verdict }: { readonly rule: RuleRecord | undefined; readonly verdict: VerdictRecord }): VNode {
  if (rule === undefined) return html`<p class="clause">${verdict.level} <code>${verdict.rule}</code></p>`;
  return html`<blockquote class="clause">
    <p>${visible(rule.statement)}</p>
    <footer><strong>${verdict.level}</strong>, section ${rule.section} (${rule.source.map(sourceWords).join(', ')}), <a href=${`#${anchorOf(rule.id)}`}><code>${rule.id}</code></a></footer>
  </blockquote>`;
}

/** Legal answers, each with the readings of the standard that allow it. */
export function Answers({ answers }: { readonly answers: readonly Answer[] }): VNode {
  const readings = new Map<string, Set<string>>();
  for (const answer of answers) readings.set(answerWords(answer), (readings.get(answerWords(answer)) ?? new Set()).add(answer.reading));
  return html`<ul class="answers">${[...readings].map(([words, by]) => html`<li><code>${words}</code> ${[...by].map(reading => html`<span class="tag">${reading}</span>`)}</li>`)}</ul>`;
}

function bystander({ alive }: VerdictRecord): string {
  if (alive === null) return 'not needed: nothing illegal was sent';
  return alive ? 'still published and consumed afterwards' : 'no longer worked afterwards';
}

function Declared({ record, verdict }: { readonly record: RunRecord; readonly verdict: VerdictRecord }): ComponentChildren {
  const entry = declarationOf(record, verdict.check);
  if (entry === undefined) return verdict.declared === 'conforms' ? 'to conform' : 'to deviate';
  return html`to deviate, by ${visible(entry.origin)}: ${visible(entry.reason)}`;
}
