import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { didWords } from '../compare.ts';
import { anchorOf } from '../html/anchor.ts';
import { Icon, type Tone } from '../html/tone.ts';
import { plural } from '../words.ts';
import type { Chapter, Difference, Leaving } from './leaving.ts';
import type { Broker } from './model.ts';

const slug = (name: string) => name.replace(/[^A-Za-z0-9.]+/g, '-');

/** Where the section of a move is in the page. */
export const leavingId = ({ from, to }: Pick<Leaving, 'from' | 'to'>) => `leaving-${slug(from)}-for-${slug(to)}`;

const tones: Readonly<Record<Chapter['id'], Tone>> = {
  breaks: 'fail',
  missing: 'fail',
  mistakes: 'declared',
  should: 'advisory',
  otherwise: 'mute',
  better: 'pass',
};

interface Sides {
  readonly from: Broker | undefined;
  readonly to: Broker | undefined;
}

/** What changes for who leaves one broker for another. */
export function LeavingSection({ leaving, brokers }: { readonly leaving: Leaving; readonly brokers: readonly Broker[] }): VNode {
  const { from, to, chapters, same, unknown } = leaving;
  const id = leavingId(leaving);
  const sides: Sides = { from: brokers.find(({ name }) => name === from), to: brokers.find(({ name }) => name === to) };
  return html`<section id=${id} aria-labelledby=${`h-${id}`}>
    <h2 id=${`h-${id}`}>Leaving ${from} for ${to}</h2>
    <p class="lead">${same === 1 ? '1 check comes out the same.' : `${same} checks come out the same.`}${unknown.length > 0 && html` Of <abbr title=${unknown.join(', ')}>${plural(unknown.length, 'more')}</abbr> nothing can be said: one of the two runs did not judge them, or the broker leaves them to chance.`}</p>
    ${chapters.length === 0 && html`<p class="empty">No behaviour differs.</p>`}
    ${chapters.map(
      ({ id: kind, title, lead, differences }) => html`<div class="area move">
        <h3><${Icon} tone=${tones[kind]} /> ${title} <span class="fine">${differences.length}</span></h3>
        <p class="fine">${lead}</p>
        ${differences.map(difference => html`<${DifferenceRow} difference=${difference} sides=${sides} from=${from} to=${to} />`)}
      </div>`,
    )}
  </section>`;
}

interface DifferenceProps {
  readonly difference: Difference;
  readonly sides: Sides;
  readonly from: string;
  readonly to: string;
}

function DifferenceRow({ difference, sides, from, to }: DifferenceProps): VNode {
  const { heading, areas, level, checks, source } = difference;
  return html`<details class="difference">
    <summary>
      <span class="title">${heading}</span>
      <span class="where">${areas.join(', ')}</span>
      <span class="level">${level}</span>
      <span class="counts">${plural(checks.length, 'check')}</span>
      <dl class="sides"><div><dt>${from}</dt><dd>${difference.from}</dd></div><div><dt>${to}</dt><dd>${difference.to}</dd></div></dl>
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
