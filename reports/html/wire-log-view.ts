import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { TranscriptEntry } from '../../harness/check/verdict.ts';
import { hexRows, type Piece, piecesOf } from '../wire-log.ts';
import { duration, plural, visible } from '../words.ts';

/** Fields around a frame's payload: name and octets, from the front. 0-9-1 has one more octet at the end. */
const headers: Readonly<Record<string, readonly (readonly [name: string, octets: number])[]>> = {
  amqp091: [
    ['type', 1],
    ['channel', 2],
    ['size', 4],
  ],
  amqp10: [
    ['size', 4],
    ['doff', 1],
    ['type', 1],
    ['channel', 2],
  ],
};

const arrows = { sent: '→', received: '←', note: '·' } as const;
const said = { sent: 'sent', received: 'received', note: 'note' } as const;

/** Both directions of every connection of a check: decoded, and octet by octet. */
export function WireLog({ transcript, protocol }: { readonly transcript: readonly TranscriptEntry[]; readonly protocol: string }): VNode {
  const pieces = piecesOf(transcript, protocol);
  const connections = new Set(pieces.map(piece => piece.connection)).size;
  const legend = [...(headers[protocol] ?? []).map(([name]) => name), 'payload', ...(protocol === 'amqp091' ? ['end'] : [])];
  return html`<section class="log">
    <h4>Wire log</h4>
    <p class="legend"><label><input type="checkbox" checked /> octets</label> <span class="octets">${legend.map(name => html`<i class=${`o-${name}`}>${name}</i>`)}</span></p>
    <ol>${pieces.map(piece => html`<${Line} piece=${piece} protocol=${protocol} several=${connections > 1} />`)}</ol>
  </section>`;
}

function Line({ piece, protocol, several }: { readonly piece: Piece; readonly protocol: string; readonly several: boolean }): VNode {
  const { direction, connection, atMs, decoded, octets, hex, offset } = piece;
  const left = octets - hex.length / 2;
  const where = direction === 'note' ? '' : `octets ${offset} to ${offset + octets - 1} ${said[direction]} on connection ${connection}`;
  return html`<li class=${direction} title=${where}>
    <span class="at">${duration(atMs)}</span>
    <span class="way">${several && html`<small>#${connection}</small>`}<span aria-hidden="true">${arrows[direction]}</span><span class="unseen"> ${said[direction]}</span></span>
    <div class="frame">${decoded.map(line => html`<p>${visible(line)}</p>`)}${hex !== '' && html`<${Octets} piece=${piece} protocol=${protocol} />`}${left > 0 && html`<p class="fine">${plural(left, 'more octet')} in run.json</p>`}</div>
  </li>`;
}

/** Rows of 16: offset, octets, characters. The first row shows which octets are the frame's header. */
function Octets({ piece, protocol }: { readonly piece: Piece; readonly protocol: string }): VNode {
  const rows = hexRows(piece.hex, piece.offset);
  const framed = piece.decoded.length === 1 && !piece.hex.startsWith('414d5150') && piece.hex.length === piece.octets * 2;
  return html`<pre class="octets">${rows.map((row, index) => {
    const marks = framed ? marked(row.hex, index === 0, protocol === 'amqp091' && index === rows.length - 1, protocol) : row.hex;
    return html`<span class="off">${row.offset}</span>  ${marks}${' '.repeat(48 - row.hex.length)}  <span class="asc">${visible(row.ascii)}</span>${'\n'}`;
  })}</pre>`;
}

function marked(hex: string, first: boolean, last: boolean, protocol: string): (VNode | string)[] {
  const parts: (VNode | string)[] = [];
  let at = 0;
  const take = (octets: number) => {
    const from = at;
    at = Math.min(hex.length, from + octets * 3 - 1);
    return hex.slice(from, at);
  };
  const fields = first ? (headers[protocol] ?? []) : [];
  for (const [name, octets] of fields) {
    parts.push(html`<i class=${`o-${name}`}>${take(octets)}</i>`, hex.slice(at, at + 1));
    at += 1;
  }
  const payload = last ? hex.slice(at, -2) : hex.slice(at);
  return [...parts, payload, ...(last ? [html`<i class="o-end">${hex.slice(-2)}</i>`] : [])];
}
