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
  const several = new Set(pieces.filter(piece => piece.connection > 0).map(piece => piece.connection)).size > 1;
  const legend = [...(headers[protocol] ?? []).map(([name]) => name), 'payload', ...(protocol === 'amqp091' ? ['end'] : [])];
  return html`<section class="log">
    <div class="legend"><h4>Wire log</h4><label><input type="checkbox" checked /> octets</label><span class="octets">${legend.map(name => html`<i class=${`o-${name}`}>${name}</i>`)}</span></div>
    ${scenesOf(pieces).map(({ handshake, pieces: part }) => {
      const lines = html`<ol>${part.map(piece => html`<${Line} piece=${piece} protocol=${protocol} several=${several} />`)}</ol>`;
      return handshake ? html`<details><summary>healthy handshake, ${plural(part.length, 'step')}</summary>${lines}</details>` : lines;
    })}
  </section>`;
}

interface Scene {
  readonly handshake: boolean;
  readonly pieces: Piece[];
}

const opening = /protocol header|\b(connection\.(start|secure|tune|open)(-ok)?|sasl-\w+)\b/;

/** Cuts out the handshakes that went well and that something follows: a reader who asks why a later frame failed can skip them. */
function scenesOf(pieces: readonly Piece[]): Scene[] {
  const scenes: Scene[] = [];
  let plain: Piece[] = [];
  for (let index = 0; index < pieces.length; ) {
    const length = handshakeLength(pieces.slice(index));
    if (length > 0 && index + length < pieces.length) {
      scenes.push({ handshake: false, pieces: plain }, { handshake: true, pieces: pieces.slice(index, index + length) });
      plain = [];
      index += length;
    } else plain.push(...pieces.slice(index, ++index));
  }
  return [...scenes, { handshake: false, pieces: plain }].filter(scene => scene.pieces.length > 0);
}

/** How many pieces, from a protocol header to connection.open-ok on the same connection; 0 where this is no whole handshake. */
function handshakeLength(pieces: readonly Piece[]): number {
  const [first] = pieces;
  if (first === undefined || !(first.decoded[0] ?? '').includes('protocol header')) return 0;
  const other = pieces.findIndex(
    piece => piece.connection !== first.connection || piece.direction === 'note' || piece.decoded.some(line => !opening.test(line)),
  );
  const whole = pieces.slice(0, other === -1 ? pieces.length : other);
  return whole.findIndex(piece => piece.decoded.some(line => line.includes('connection.open-ok'))) + 1;
}

function Line({ piece, protocol, several }: { readonly piece: Piece; readonly protocol: string; readonly several: boolean }): VNode {
  const { direction, connection, atMs, decoded, octets, hex, offset } = piece;
  const left = octets - hex.length / 2;
  const where = direction === 'note' ? undefined : `octets ${offset} to ${offset + octets - 1} ${said[direction]} on connection ${connection}`;
  return html`<li class=${direction} title=${where}>
    <span class="at">${duration(atMs)}</span>
    <span class="way">${several && piece.connection > 0 && html`<small>#${connection}</small>`}<span aria-hidden="true">${arrows[direction]}</span><span class="unseen"> ${said[direction]}</span></span>
    <div class="frame">${decoded.map(line => html`<p>${visible(line)}</p>`)}${hex !== '' && html`<${Octets} piece=${piece} protocol=${protocol} />`}${left > 0 && html`<p class="fine">${plural(left, 'more octet')} in run.json</p>`}</div>
  </li>`;
}

/** Rows of 16 in three columns: offset, octets, characters. In the octets the parts of a whole frame are told apart. */
function Octets({ piece, protocol }: { readonly piece: Piece; readonly protocol: string }): VNode {
  const rows = hexRows(piece.hex, piece.offset);
  const framed = piece.whole && piece.hex.length === piece.octets * 2;
  const hex = rows.map(row => row.hex).join('\n');
  return html`<div class="octets">
    <pre>${rows.map(row => row.offset).join('\n')}</pre>
    <pre>${framed ? marked(hex, protocol) : hex}</pre>
    <pre>${rows.map(row => row.ascii).join('\n')}</pre>
  </div>`;
}

/** Octets with the fields of the frame's header, and its last octet, marked. Each octet takes two digits and one space or line feed, and one more in the middle of a row. */
function marked(hex: string, protocol: string): (VNode | string)[] {
  const parts: (VNode | string)[] = [];
  let at = 0;
  for (const [name, octets] of headers[protocol] ?? []) {
    parts.push(html`<i class=${`o-${name}`}>${hex.slice(at, at + octets * 3 - 1)}</i>`, hex.slice(at + octets * 3 - 1, at + octets * 3));
    at += octets * 3;
  }
  if (protocol !== 'amqp091') return [...parts, hex.slice(at)];
  return [...parts, hex.slice(at, -2), html`<i class="o-end">${hex.slice(-2)}</i>`];
}
