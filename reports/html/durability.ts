import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { RunRecord } from '../../harness/check/record.ts';
import { type Account, accountsOf, counts, outageWords, wrongOf } from '../accounts.ts';
import { visible } from '../words.ts';
import { anchorOf } from './anchor.ts';
import { Bar } from './bar.ts';

/** What became of the messages that a broker held when it was taken down. */
export function Durability({ record }: { readonly record: RunRecord }): VNode | null {
  const accounts = accountsOf(record);
  if (accounts.length === 0) return null;
  return html`<section id="durability" aria-labelledby="h-durability">
    <h2 id="h-durability">Durability</h2>
    <p class="lead">What became of messages when the broker was killed, or stopped in order, and started again. Lost: taken over by the broker and not there. Unexpected: there, though acknowledged, rolled back or never published. The bars show what was recovered, what went wrong, and what the broker never answered for.</p>
    <div class="wide"><table>
      <thead><tr><th scope="col">Scenario</th><th scope="col">Broker</th>${counts.map(count => html`<th scope="col" class="number">${count}</th>`)}</tr></thead>
      <tbody>${accounts.map(account => html`<${Row} account=${account} />`)}</tbody>
    </table></div>
  </section>`;
}

function Row({ account }: { readonly account: Account }): VNode {
  const { scenario, outage, check, attempted, recovered } = account;
  const wrong = wrongOf(account);
  const name = check === undefined ? visible(scenario) : html`<a href=${`#${anchorOf(check)}`}>${visible(scenario)}</a>`;
  const parts = [
    { tone: 'pass', count: Math.max(0, recovered - (wrong - account.lost)) },
    { tone: 'fail', count: wrong },
    { tone: 'mute', count: Math.max(0, attempted - recovered - account.lost) },
  ] as const;
  return html`<tr>
    <th scope="row">${name}<${Bar} parts=${parts} /></th>
    <td>${outageWords[outage]}</td>
    ${counts.map(count => html`<td class="number">${account[count]}</td>`)}
  </tr>`;
}
