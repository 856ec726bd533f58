import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { pairTones } from '../html/interop.ts';
import { Icon } from '../html/tone.ts';
import type { Square } from '../interop.ts';
import { plural, visible } from '../words.ts';
import type { Broker } from './model.ts';
import { type PairMatrix, type PairRow, pairLead, squareText } from './pairs.ts';

/** Pairs of real clients: a row for each client, a column for each broker, and the cases that brokers make differently. */
export function PairsSection({ pairs, brokers }: { readonly pairs: PairMatrix; readonly brokers: readonly Broker[] }): VNode {
  const { clients, cases, same } = pairs;
  return html`<section id="pairs" aria-labelledby="h-pairs">
    <h2 id="h-pairs">Pairs of clients</h2>
    <p class="lead">${pairLead}</p>
    <${Table} what="Client" brokers=${brokers} rows=${clients} head=${({ name, protocol, language }: PairMatrix['clients'][number]) => html`${name} <span class="fine">${protocol}, ${language}</span>`} />
    <p class="lead under">${same === 1 ? 'One case comes' : `${plural(same, 'case')} come`} out the same on every broker that was asked${cases.length === 0 ? '.' : `; these do not (${cases.length}):`}</p>
    ${cases.length > 0 && html`<${Table} what="Case" brokers=${brokers} rows=${cases} head=${({ name, title }: PairMatrix['cases'][number]) => html`<code>${name}</code> <span class="fine line">${visible(title)}</span>`} />`}
  </section>`;
}

interface TableOptions {
  readonly what: string;
  readonly brokers: readonly Broker[];
  readonly rows: readonly PairRow[];
  readonly head: (row: PairRow) => VNode;
}

function Table({ what, brokers, rows, head }: TableOptions): VNode {
  return html`<div class="panel wide"><table class="matrix">
    <thead><tr><th scope="col">${what}</th>${brokers.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${rows.map(row => html`<tr><th scope="row">${head(row)}</th>${row.squares.map(square => html`<${Cell} square=${square} />`)}</tr>`)}</tbody>
  </table></div>`;
}

function Cell({ square }: { readonly square: Square | undefined }): VNode {
  const tone = square === undefined ? 'mute' : pairTones[square.group];
  return html`<td><span class=${`state ${tone}`}><${Icon} tone=${tone} />${squareText(square)}</span></td>`;
}
