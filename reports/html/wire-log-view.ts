import { html } from 'htm/preact';
import type { VNode } from 'preact';

/** Fields around a frame's payload: name and octets, from the front, and whether an octet ends it. */
const shapes: Readonly<Record<string, { readonly fields: readonly (readonly [name: string, octets: number])[]; readonly end: boolean }>> = {
  amqp091: {
    fields: [
      ['type', 1],
      ['channel', 2],
      ['size', 4],
    ],
    end: true,
  },
  amqp10: {
    fields: [
      ['size', 4],
      ['doff', 1],
      ['type', 1],
      ['channel', 2],
    ],
    end: false,
  },
};

/** The frame of a wire log; the page's script draws the log itself into it, since all logs together would be too much of a page. */
export function WireLog({ protocol }: { readonly protocol: string }): VNode {
  const { fields, end } = shapes[protocol] ?? { fields: [], end: false };
  const legend = [...fields.map(([name]) => name), 'payload', ...(end ? ['end'] : [])];
  return html`<section class="log" data-fields=${fields.map(([name, octets]) => `${name}:${octets}`).join(' ')} data-end=${end ? '1' : '0'}>
    <div class="legend"><h4>Wire log</h4><label><input type="checkbox" checked /> octets</label><span class="octets">${legend.map(name => html`<i class=${`o-${name}`}>${name}</i>`)}</span></div>
  </section>`;
}
