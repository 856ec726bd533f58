import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { RunRecord } from '../../harness/check/record.ts';
import type { InteropDeclaration, InteropRecord } from '../../harness/check/record-interop.ts';
import { clientWords, countsOf, groupWords, type InteropGroup, interopWords, reasonsOf, squareOf, squareWords, type Told, toldOf } from '../interop.ts';
import { visible } from '../words.ts';
import type { Tone } from './tone.ts';

/** How each group looks. */
export const pairTones = {
  surprise: 'fail',
  stale: 'fail',
  advisory: 'advisory',
  declared: 'declared',
  client: 'declared',
  observed: 'advisory',
  'not-run': 'mute',
  unsupported: 'mute',
  pass: 'pass',
} as const satisfies Record<InteropGroup, Tone>;

/** What pairs of real clients showed on the broker: the matrix, and each thing that came otherwise. */
export function Interop({ record: { interop } }: { readonly record: RunRecord }): VNode | null {
  if (interop === undefined) return null;
  return html`<section id="interop" aria-labelledby="h-interop">
    <h2 id="h-interop">Pairs of clients</h2>
    <p class="lead">${interopWords(interop)}. Each square is one client that publishes, and one that consumes, both libraries that people use, each in a process of its own: how many exchanges passed of those that both can express.</p>
    <${Matrix} interop=${interop} />
    <${Missing} interop=${interop} />
    <${Otherwise} interop=${interop} />
    <${Declared} interop=${interop} />
    <${Cases} interop=${interop} />
  </section>`;
}

function Matrix({ interop }: { readonly interop: InteropRecord }): VNode {
  const { clients } = interop;
  return html`<div class="wide"><table>
    <thead><tr><th scope="col">publishes ↓ consumes →</th>${clients.map(client => html`<th scope="col">${clientWords(client)}</th>`)}</tr></thead>
    <tbody>${clients.map(
      client => html`<tr><th scope="row">${clientWords(client)} <span class="fine">${client.protocol}, ${client.language}</span></th>
        ${clients.map(({ name }) => {
          const square = squareOf(interop, client.name, name);
          return html`<td><span class=${`state ${square === undefined ? 'mute' : pairTones[square.group]}`}>${squareWords(square)}</span></td>`;
        })}</tr>`,
    )}</tbody>
  </table></div>`;
}

function Missing({ interop }: { readonly interop: InteropRecord }): VNode | null {
  const missing = interop.clients.filter(client => client.missing !== undefined);
  if (missing.length === 0) return null;
  return html`<div>${missing.map(({ name, missing: why }) => html`<p class="note"><strong>${name} was not run.</strong> ${visible(why ?? '')}</p>`)}</div>`;
}

function Otherwise({ interop }: { readonly interop: InteropRecord }): VNode | null {
  const told = toldOf(interop).filter(({ group }) => group !== 'not-run');
  if (told.length === 0) return null;
  return html`<details><summary>What did not pass (${told.length})</summary><div class="wide stacked"><table>
    <thead><tr><th scope="col">State</th><th scope="col">Case</th><th scope="col">What came</th><th scope="col">Where</th><th scope="col">Pairs</th></tr></thead>
    <tbody>${told.map(each => html`<${Row} told=${each} />`)}</tbody>
  </table></div></details>`;
}

function Row({ told }: { readonly told: Told }): VNode {
  const { group, message = '', declared, pairs } = told;
  return html`<tr>
    <td><span class=${`state ${pairTones[group]}`}>${groupWords[group]}</span></td>
    <td><code>${told.case}</code></td>
    <td data-label="What came">${visible(message)}</td>
    <td data-label="Where">${visible(reasonsOf(told))}${declared !== undefined && html` <span class="fine">${visible(declared.source)}</span>`}</td>
    <td data-label="Pairs">${pairs.join(', ')}</td>
  </tr>`;
}

const states = {
  met: ['declared', 'as declared'],
  stale: ['fail', 'stale'],
  unseen: ['mute', 'not seen here'],
  unjudged: ['mute', 'not judged'],
} as const satisfies Record<InteropDeclaration['state'], readonly [Tone, string]>;

function Declared({ interop: { declarations } }: { readonly interop: InteropRecord }): VNode | null {
  if (declarations.length === 0) return null;
  return html`<details><summary>Known beforehand (${declarations.length})</summary><div class="wide"><table>
    <thead><tr><th scope="col">State</th><th scope="col">Exchanges</th><th scope="col">Whose, and what</th><th scope="col" class="number">failed</th><th scope="col" class="number">of</th></tr></thead>
    <tbody>${declarations.map(({ cases, client, reason, source, versions, state, judged, failed }) => {
      const [tone, word] = states[state];
      const whose = client === undefined ? `the broker${versions === undefined ? '' : ` ${versions}`}` : `${client.name} as ${client.as}`;
      return html`<tr><td><span class=${`state ${tone}`}>${word}</span></td><td><code>${cases}</code></td><td>${visible(`${whose}: ${reason}`)} <span class="fine">${visible(source)}</span></td><td class="number">${failed}</td><td class="number">${judged}</td></tr>`;
    })}</tbody>
  </table></div></details>`;
}

function Cases({ interop }: { readonly interop: InteropRecord }): VNode {
  const { cases, results } = interop;
  return html`<details><summary>Case by case (${cases.length})</summary><div class="wide"><table>
    <thead><tr><th scope="col">Case</th><th scope="col"></th><th scope="col" class="number">passed</th><th scope="col" class="number">of</th><th scope="col">Rule</th></tr></thead>
    <tbody>${cases.map(each => {
      const counts = countsOf(results.filter(result => result.case === each.id));
      const of = Object.values(counts).reduce((sum, count) => sum + count, 0) - counts.unsupported - counts['not-run'];
      const rules = [...new Set(each.rules.map(({ rule }) => rule))].filter(rule => rule.includes('/'));
      return html`<tr><th scope="row"><code>${each.id}</code></th><td>${visible(each.title)}</td><td class="number">${counts.pass + counts.stale}</td><td class="number">${of}</td><td>${rules.map(rule => html`<code>${rule}</code> `)}</td></tr>`;
    })}</tbody>
  </table></div></details>`;
}
