import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Json } from '../../harness/check/json.ts';
import type { RunRecord } from '../../harness/check/record.ts';
import { duration, visible } from '../words.ts';
import { anchorOf } from './anchor.ts';
import type { Tone } from './tone.ts';

const stateTones: Readonly<Record<string, Tone>> = { met: 'pass', stale: 'fail', changed: 'fail', unjudged: 'open' };

/** What was known beforehand, and what became of it. */
export function Declarations({ record }: { readonly record: RunRecord }): VNode | null {
  if (record.declarations.length === 0) return null;
  return html`<section id="declarations" aria-labelledby="h-declarations">
    <h2 id="h-declarations">Declared deviations</h2>
    <div class="wide stacked"><table>
      <thead><tr><th scope="col">State</th><th scope="col">Check or rule</th><th scope="col">Expected</th><th scope="col">Reason</th><th scope="col">Said by</th></tr></thead>
      <tbody>${record.declarations.map(
        entry => html`<tr>
          <td><span class=${`state ${stateTones[entry.state] ?? 'mute'}`}>${entry.state}</span></td>
          <td>${entry.kind === 'check' ? html`<a href=${`#${anchorOf(entry.id)}`}><code>${entry.id}</code></a>` : html`<code>${entry.id}</code>${entry.checks.map(check => html`<a class="line" href=${`#${anchorOf(check)}`}><code>${check}</code></a>`)}`}</td>
          <td data-label="Expected">${entry.outcome}${entry.reaction !== undefined && html`: <code>${visible(entry.reaction)}</code>`}</td>
          <td data-label="Reason">${visible(entry.reason)}${entry.source !== undefined && html` <${Source} source=${entry.source} />`}</td>
          <td data-label="Said by">${[visible(entry.origin), entry.versions, entry.until === undefined ? undefined : `until ${entry.until}`].filter(part => part !== undefined).join(', ')}</td>
        </tr>`,
      )}</tbody>
    </table></div>
  </section>`;
}

function Source({ source }: { readonly source: string }): VNode {
  return /^https?:\/\//.test(source) ? html`<a href=${source} rel="noreferrer">source</a>` : html`<span class="fine">${visible(source)}</span>`;
}

/** What the broker says of itself; a parser or a client says nothing. */
export function Properties({ record: { target } }: { readonly record: RunRecord }): VNode | null {
  if (target.kind === 'parser' || target.kind === 'client') return null;
  const capabilities = Object.entries(target.capabilities);
  const properties = Object.entries(target.properties).filter(([name]) => name !== 'capabilities');
  return html`<section id="target" aria-labelledby="h-target">
    <h2 id="h-target">The broker on itself</h2>
    <dl class="facts panel">
      <div><dt>Capabilities</dt><dd>${capabilities.length === 0 ? 'none advertised' : capabilities.map(([name, has]) => html`<span class=${`capability ${has ? '' : 'lacks'}`}>${has ? '' : 'no '}${visible(name)}</span>`)}</dd></div>
      ${offers(target).map(([name, value]) => html`<div><dt>${name}</dt><dd>${visible(value)}</dd></div>`)}
      ${properties.map(([name, value]) => html`<div><dt>${visible(name)}</dt><dd>${visible(plain(value))}</dd></div>`)}
    </dl>
  </section>`;
}

/** What the broker offered before anything was asked of it. */
function offers({ mechanisms, locales, tune, amqp10, roundTripMs }: RunRecord['target']): (readonly [string, string])[] {
  const limit = (value: number) => (value === 0 ? 'no limit' : String(value));
  return [
    ...(mechanisms === undefined ? [] : [['Mechanisms', mechanisms.join(', ')] as const]),
    ...(locales === undefined ? [] : [['Locales', locales.join(', ')] as const]),
    ...(tune === undefined
      ? []
      : [['Limits', `channel-max ${limit(tune.channelMax)}, frame-max ${limit(tune.frameMax)}, heartbeat ${tune.heartbeatS} s`] as const]),
    ...(amqp10 === undefined
      ? []
      : [
          [
            'Limits in 1.0',
            `channel-max ${amqp10.channelMax}, max-frame-size ${amqp10.maxFrameSize}, idle-time-out ${duration(amqp10.idleTimeOutMs)}`,
          ] as const,
        ]),
    ...(roundTripMs === undefined ? [] : [['Greeted in', duration(roundTripMs)] as const]),
  ];
}

const plain = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value));
