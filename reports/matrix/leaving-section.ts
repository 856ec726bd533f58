import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { didWords } from '../compare.ts';
import { anchorOf } from '../html/anchor.ts';
import { Icon, type Tone } from '../html/tone.ts';
import { plural } from '../words.ts';
import type { Chapter, Difference, Leaving } from './leaving.ts';
import { sameWords } from './markdown.ts';
import type { Broker } from './model.ts';

const slug = (name: string) => name.replace(/[^A-Za-z0-9.]+/g, '-');

/** Where the section of a move is in the page. */
export const leavingId = ({ from, to }: Pick<Leaving, 'from' | 'to'>) => `leaving-${slug(from)}-for-${slug(to)}`;

const tones: Readonly<Record<Chapter['id'], Tone>> = {
  dies: 'fail',
  outlives: 'fail',
  breaks: 'fail',
  missing: 'fail',
  access: 'fail',
  mistakes: 'declared',
  should: 'advisory',
  wire: 'mute',
  otherwise: 'mute',
  better: 'pass',
};

interface Sides {
  readonly from: Broker | undefined;
  readonly to: Broker | undefined;
}

/** What changes for who leaves one broker for another. */
export function LeavingSection({ leaving, brokers }: { readonly leaving: Leaving; readonly brokers: readonly Broker[] }): VNode {
  const { from, to, chapters, unknown } = leaving;
  const id = leavingId(leaving);
  const sides: Sides = { from: brokers.find(({ name }) => name === from), to: brokers.find(({ name }) => name === to) };
  return html`<section id=${id} aria-labelledby=${`h-${id}`}>
    <h2 id=${`h-${id}`}>Leaving ${from} for ${to}</h2>
    <p class="lead">${sameWords(leaving)}</p>
    ${chapters.length === 0 ? html`<p class="empty">No behaviour differs.</p>` : html`<${InShort} leaving=${leaving} />`}
    ${chapters.map(
      chapter => html`<${ChapterPanel} chapter=${chapter} id=${`${id}-${chapter.id}`}>
        ${chapter.differences.map(difference => html`<${DifferenceRow} difference=${difference} sides=${sides} from=${from} to=${to} />`)}
      <//>`,
    )}
    ${unknown.length > 0 && html`<details class="area move"><summary>Of which nothing can be said <span class="fine">${unknown.length}</span></summary><p class="fine unknown">${unknown.map(check => html`<code>${check}</code> `)}</p></details>`}
  </section>`;
}

/** How many differences of which gravity, each a link. */
function InShort({ leaving }: { readonly leaving: Leaving }): VNode {
  const items = leaving.chapters.map(
    ({ id, title, differences }) =>
      html`<li><a href=${`#${leavingId(leaving)}-${id}`}><${Icon} tone=${tones[id]} /><b>${differences.length}</b> ${title}</a></li>`,
  );
  return html`<ul class="in-short">${items}</ul>`;
}

/** A chapter; one that few read is closed. */
function ChapterPanel({ chapter: { id: kind, title, lead, folded, differences }, id, children }: ChapterProps): VNode {
  const head = html`<${Icon} tone=${tones[kind]} /> ${title} <span class="fine">${differences.length}</span>`;
  if (folded) return html`<details class="area move" id=${id}><summary>${head}</summary><p class="fine">${lead}</p>${children}</details>`;
  return html`<div class="area move" id=${id}><h3>${head}</h3><p class="fine">${lead}</p>${children}</div>`;
}

interface ChapterProps {
  readonly chapter: Chapter;
  readonly id: string;
  readonly children?: unknown;
}

interface DifferenceProps {
  readonly difference: Difference;
  readonly sides: Sides;
  readonly from: string;
  readonly to: string;
}

function DifferenceRow({ difference, sides, from, to }: DifferenceProps): VNode {
  const { heading, means, areas, level, checks, source, from: before, to: after } = difference;
  return html`<details class="difference">
    <summary>
      <span class="title">${heading}</span>
      <span class="where">${areas.join(', ')}</span>
      <span class="level">${level}</span>
      <span class="counts">${plural(checks.length, 'check')}</span>
      ${means !== undefined && html`<span class="means">${means}</span>`}
      <dl class="sides">${before !== undefined && html`<div><dt>${from}</dt><dd>${before}</dd></div>`}${after !== undefined && html`<div><dt>${to}</dt><dd>${after}</dd></div>`}</dl>
    </summary>
    <div class="detail">
      ${source !== undefined && html`<p class="fine">Said by <a href=${source} rel="noreferrer">${source}</a></p>`}
      <ul class="evidence">${checks.map(({ check, title }) => html`<li><strong>${title}</strong> <code class="line">${check}</code><${Evidence} name=${from} broker=${sides.from} check=${check} /><${Evidence} name=${to} broker=${sides.to} check=${check} /></li>`)}</ul>
    </div>
  </details>`;
}

/** What one broker did in one check; linked to its wire log where the run's own report lies beside its record. */
function Evidence({ name, broker, check }: { readonly name: string; readonly broker: Broker | undefined; readonly check: string }): VNode | null {
  const verdict = broker?.record.verdicts.find(each => each.check === check);
  if (verdict === undefined) return null;
  const shown = broker?.report === undefined ? name : html`<a href=${`${broker.report}#${anchorOf(check)}`}>${name}</a>`;
  return html`<span class="line fine">${shown}: ${didWords(verdict)}</span>`;
}
