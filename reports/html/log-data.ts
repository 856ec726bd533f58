import type { VerdictRecord } from '../../harness/check/record-verdicts.ts';
import { placeOf } from '../summarize.ts';
import { type Piece, piecesOf } from '../wire-log.ts';
import { duration, visible } from '../words.ts';
import { anchorOf } from './anchor.ts';

/**
 * One piece of a wire log as the page's script draws it. `hex` and `lines` are places in the shared strings. `whole`: 1 for a frame whose header is
 * marked. `fold`: pieces with the same number above 0 are one healthy handshake.
 */
export type LogRow = readonly [
  connection: number,
  way: 'sent' | 'received' | 'note',
  at: string,
  offset: number,
  octets: number,
  hex: number,
  lines: readonly number[],
  whole: 0 | 1,
  fold: number,
];

export interface LogData {
  /** Frames repeat from check to check: each text and each run of octets is here once. */
  readonly strings: readonly string[];
  /** By the element id of the check. */
  readonly logs: Readonly<Record<string, readonly LogRow[]>>;
}

/** The wire logs of all checks, small enough to be carried in a page. */
export function logData(verdicts: readonly VerdictRecord[]): LogData {
  const places = new Map<string, number>();
  const place = (text: string) => {
    const known = places.get(text) ?? places.size;
    places.set(text, known);
    return known;
  };
  const rowOf = (piece: Piece, fold: number): LogRow => {
    const { connection, direction, atMs, offset, octets, hex, decoded, whole } = piece;
    const marked = whole && hex.length === octets * 2;
    return [connection, direction, duration(atMs), offset, octets, place(hex), decoded.map(line => place(visible(line))), marked ? 1 : 0, fold];
  };
  const logs = verdicts.map(({ check, transcript }) => {
    const pieces = piecesOf(transcript, placeOf(check).protocol);
    const folds = foldsOf(pieces);
    return [anchorOf(check), pieces.map((piece, index) => rowOf(piece, folds[index] ?? 0))] as const;
  });
  return { logs: Object.fromEntries(logs), strings: [...places.keys()] };
}

/** Numbers the handshakes that went well and that something follows: who asks why a later frame failed can skip them. 0 elsewhere. */
function foldsOf(pieces: readonly Piece[]): number[] {
  const folds: number[] = [];
  let handshakes = 0;
  while (folds.length < pieces.length) {
    const length = handshakeLength(pieces, folds.length);
    if (length > 0 && folds.length + length < pieces.length) {
      handshakes += 1;
      folds.push(...Array.from({ length }, () => handshakes));
    } else folds.push(0);
  }
  return folds;
}

const opening = /protocol header|\b(connection\.(start|secure|tune|open)(-ok)?|sasl-\w+)\b/;

/** How many pieces, from a protocol header to connection.open-ok on the same connection; 0 where this is no whole handshake. */
function handshakeLength(pieces: readonly Piece[], from: number): number {
  const first = pieces[from];
  if (first === undefined || !(first.decoded[0] ?? '').includes('protocol header')) return 0;
  for (let index = from; index < pieces.length; index += 1) {
    const piece = pieces[index];
    if (piece === undefined || piece.connection !== first.connection || piece.direction === 'note') return 0;
    if (piece.decoded.some(line => !opening.test(line))) return 0;
    if (piece.decoded.some(line => line.includes('connection.open-ok'))) return index - from + 1;
  }
  return 0;
}
