import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Finding, FuzzRecord, RunRecord } from '../../harness/check/record.ts';
import { type CoverageTable, coverageTable, findingFacts, fuzzHeadline, fuzzWords, grouped } from '../fuzz.ts';
import { visible } from '../words.ts';
import { anchorOf } from './anchor.ts';

/** What fuzzing found, each mistake with the octets that show it. */
export function Findings({ record }: { readonly record: RunRecord }): VNode | null {
  if (record.findings.length === 0) return null;
  return html`<section id="findings" aria-labelledby="h-findings">
    <h2 id="h-findings">Fuzz findings</h2>
    ${record.findings.map(finding => html`<${One} finding=${finding} />`)}
  </section>`;
}

function One({ finding }: { readonly finding: Finding }): VNode {
  const { id, severity, title, text, replay } = finding;
  return html`<div class="panel finding" id=${anchorOf(`finding-${id}`)}>
    <h3><span class="state fail">${severity}</span> ${visible(title)}</h3>
    <dl class="facts">${findingFacts(finding).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    <pre class="case">${stepsOf(text).map(line => html`<span class=${lineClass(line)}>${visible(line)}${'\n'}</span>`)}</pre>
    <p class="copy"><code>${visible(replay)}</code><button type="button" data-copy=${visible(replay)}>Copy</button></p>
  </div>`;
}

/** The lines of a case from its first step on: what the directives before it say stands above. */
function stepsOf(text: string): readonly string[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const first = lines.findIndex(line => line !== '' && !line.startsWith('-- '));
  return first < 0 ? [] : lines.slice(first).filter((line, at, all) => line !== '' || all[at + 1] !== '');
}

function lineClass(line: string): string {
  if (line.startsWith('#')) return 'words';
  if (/^departs /.test(line)) return 'departs';
  return /^(send|await|stall|half-close|reset)\b/.test(line) ? 'step' : 'hex';
}

/** What a campaign tried: how often each departure, in which state. */
export function Fuzzed({ record }: { readonly record: RunRecord }): VNode | null {
  const { fuzz } = record;
  if (fuzz === undefined) return null;
  return html`<section id="fuzz" aria-labelledby="h-fuzz">
    <h2 id="h-fuzz">What was fuzzed</h2>
    <p class="lead">${fuzzHeadline(record)} ${fuzzWords(fuzz)}.</p>
    ${fuzz.departures.length + fuzz.coverage.length > 0 && html`<${Grid} fuzz=${fuzz} />`}
  </section>`;
}

function Grid({ fuzz }: { readonly fuzz: FuzzRecord }): VNode {
  const table = coverageTable(fuzz);
  const plain = table.states.every(state => state === '');
  const largest = Math.max(1, ...table.rows.flatMap(({ counts }) => counts));
  return html`<div class="wide"><table class=${plain ? '' : 'tried'}>
    <thead><tr><th scope="col">Departure</th>${!plain && table.states.map(state => html`<th scope="col" class="upright"><span>${visible(state)}</span></th>`)}<th scope="col" class="number">Tried</th></tr></thead>
    <tbody>${table.rows.map(row => html`<${Row} row=${row} states=${plain ? [] : table.states} largest=${largest} />`)}</tbody>
  </table></div>`;
}

interface RowProps {
  readonly row: CoverageTable['rows'][number];
  readonly states: readonly string[];
  readonly largest: number;
}

function Row({ row: { departure, counts, total }, states, largest }: RowProps): VNode {
  return html`<tr>
    <th scope="row">${visible(departure)}</th>
    ${states.map((state, at) => {
      const count = counts[at] ?? 0;
      return html`<td class=${`number heat${heat(count, largest)}`} title=${`${visible(departure)} in ${visible(state)}: ${grouped(count)}`}>${count === 0 ? '·' : short(count)}</td>`;
    })}
    <td class="number">${total === 0 ? 'not tried' : grouped(total)}</td>
  </tr>`;
}

/** From 0, never, to 4, in steps of magnitude. */
const heat = (count: number, largest: number): number => (count === 0 ? 0 : 1 + Math.min(3, Math.floor((3.999 * Math.log1p(count)) / Math.log1p(largest))));

const short = (count: number): string =>
  count < 10_000 ? String(count) : count < 10_000_000 ? `${Math.round(count / 1000)}k` : `${Math.round(count / 1_000_000)}M`;
