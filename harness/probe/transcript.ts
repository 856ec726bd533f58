import type { Protocol } from '../spec/catalogue.ts';
import { protocolAsked, unitHead, unitSize } from './framing.ts';
import type { CaseLog } from './peer.ts';

/** One piece of the wire log: octets as they went, with the connection they belong to. */
export interface TranscriptEntry {
  /** Connections of one check are numbered from 1 in the order they were dialled; 0 is the script itself. */
  readonly connection: number;
  readonly direction: 'sent' | 'received' | 'note';
  /** Milliseconds since the check began. */
  readonly atMs: number;
  /** Hexadecimal, no spaces. Empty for a note. The middle of a long piece is left out, and the next entry is a note that says so. */
  readonly hex: string;
  /** One line per frame that ends in this piece, or the note's text. */
  readonly decoded: readonly string[];
}

/** What bounds a transcript, in octets and pieces. */
export interface TranscriptLimits {
  /** Octets kept for decoding; of what comes after, each piece keeps its head only. */
  readonly octetsMax: number;
  readonly piecesMax: number;
  /** A piece longer than this shows its head and its tail. */
  readonly shownMax: number;
}

export const transcriptLimits: TranscriptLimits = { octetsMax: 1 << 20, piecesMax: 2000, shownMax: 1024 };

/** Turns octets that begin at `offset` of a stream of this protocol into lines, one per frame. */
export type Annotate = (bytes: Uint8Array, offset: number, protocol: Protocol) => readonly string[];

interface Followed {
  readonly connection: number;
  readonly direction: 'sent' | 'received';
  /** Octets of whole frames so far. */
  offset: number;
  lost: boolean;
  rest: Uint8Array;
}

interface Piece {
  readonly connection: number;
  readonly direction: 'sent' | 'received' | 'note';
  readonly atMs: number;
  readonly bytes: Uint8Array;
  /** Octets as they went, `bytes` being only their beginning where this is more. */
  readonly size: number;
  readonly text: string;
}

const nothing = new Uint8Array(0);
const tail = 64;

/** All octets of one check in both directions, kept by reference while it runs and decoded only when somebody reads them. */
export class Transcript implements CaseLog {
  /** Told of each piece as it goes; decoding is on whoever listens. */
  onPiece: ((entries: () => readonly TranscriptEntry[]) => void) | undefined;
  readonly #limits: TranscriptLimits;
  readonly #annotate: Annotate;
  #pieces: Piece[] = [];
  readonly #live: Decoding;
  #octets = 0;
  #omitted = 0;
  #paused = false;

  constructor(annotate: Annotate, limits: TranscriptLimits = transcriptLimits) {
    this.#annotate = annotate;
    this.#limits = limits;
    this.#live = new Decoding(annotate, limits.shownMax);
  }

  octets(connection: number, direction: 'sent' | 'received', bytes: Uint8Array, atMs: number): void {
    if (this.#paused && this.onPiece === undefined) return;
    const room = this.#octets + bytes.length <= this.#limits.octetsMax;
    const kept = room ? bytes : bytes.slice(0, Math.min(bytes.length, tail));
    if (!this.#paused) this.#octets += kept.length;
    this.#add({ connection, direction, atMs, bytes: kept, size: bytes.length, text: '' });
  }

  note(connection: number, text: string, atMs: number): void {
    this.#add({ connection, direction: 'note', atMs, bytes: nothing, size: 0, text });
  }

  begin(): void {
    [this.#pieces, this.#octets, this.#omitted, this.#paused] = [[], 0, 0, false];
  }

  pause(): void {
    this.#paused = true;
  }

  save(): () => void {
    const [pieces, omitted] = [[...this.#pieces], this.#omitted];
    return () => {
      [this.#pieces, this.#omitted, this.#paused] = [pieces, omitted, true];
    };
  }

  /** The wire log so far, decoded. */
  entries(): readonly TranscriptEntry[] {
    const decoding = new Decoding(this.#annotate, this.#limits.shownMax);
    const entries = this.#pieces.flatMap(piece => decoding.entries(piece));
    const rest = decoding.leftovers(this.#pieces.at(-1)?.atMs ?? 0);
    return this.#omitted === 0
      ? [...entries, ...rest]
      : [...entries, ...rest, noteOf(0, this.#pieces.at(-1)?.atMs ?? 0, `${this.#omitted} more pieces were not kept`)];
  }

  #add(piece: Piece): void {
    if (!this.#paused) this.#keep(piece);
    const listener = this.onPiece;
    if (listener !== undefined) listener(() => this.#live.entries(piece));
  }

  #keep(piece: Piece): void {
    if (this.#pieces.length >= this.#limits.piecesMax) this.#omitted += 1;
    else this.#pieces.push(piece);
  }
}

/** Follows the streams piece by piece, so that a frame is shown where its last octet went. */
class Decoding {
  readonly #annotate: Annotate;
  readonly #shownMax: number;
  readonly #streams = new Map<string, Followed>();
  /** By connection: what its first octets asked for, which are ours. */
  readonly #protocols = new Map<number, Protocol>();

  constructor(annotate: Annotate, shownMax: number) {
    this.#annotate = annotate;
    this.#shownMax = shownMax;
  }

  entries(piece: Piece): readonly TranscriptEntry[] {
    const { connection, direction, atMs, bytes, size } = piece;
    if (direction === 'note') return [noteOf(connection, atMs, piece.text)];
    const decoded = this.#follow(connection, direction, bytes, bytes.length < size);
    if (bytes.length === size && size <= this.#shownMax) return [{ connection, direction, atMs, hex: hexOf(bytes), decoded }];
    const head = bytes.subarray(0, this.#shownMax - tail);
    const end = bytes.length < size ? nothing : bytes.subarray(-tail);
    const left = size - head.length - end.length;
    const parts: TranscriptEntry[] = [
      { connection, direction, atMs, hex: hexOf(head), decoded },
      noteOf(connection, atMs, `${left} octets of this piece are left out here`),
    ];
    if (end.length > 0) parts.push({ connection, direction, atMs, hex: hexOf(end), decoded: [] });
    return parts;
  }

  /** What never became a whole frame. */
  leftovers(atMs: number): readonly TranscriptEntry[] {
    return [...this.#streams.values()]
      .filter(stream => stream.rest.length > 0 && !stream.lost)
      .map(({ connection, direction, rest, offset }) =>
        noteOf(connection, atMs, `${direction} last, ${this.#annotate(rest, offset, this.#protocolOf(connection)).join(' · ')}`),
      );
  }

  #protocolOf(connection: number): Protocol {
    return this.#protocols.get(connection) ?? '0-9-1';
  }

  #follow(connection: number, direction: 'sent' | 'received', bytes: Uint8Array, partial: boolean): readonly string[] {
    const key = `${connection} ${direction}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = { connection, direction, offset: 0, lost: false, rest: nothing };
      this.#streams.set(key, stream);
    }
    stream.lost ||= partial;
    if (stream.lost) return ['not decoded: this conversation is longer than what is kept'];
    const all = stream.rest.length === 0 ? bytes : Buffer.concat([stream.rest, bytes]);
    const { offset } = stream;
    if (direction === 'sent' && offset === 0 && all.length >= unitHead) this.#protocols.set(connection, protocolAsked(all));
    const protocol = this.#protocolOf(connection);
    const end = wholeUpTo(all, protocol, offset === 0);
    stream.offset += end;
    stream.rest = all.subarray(end);
    return end === 0 ? [] : this.#annotate(all.subarray(0, end), offset, protocol);
  }
}

/** How many octets from the start are whole frames or protocol headers; `begins`: nothing stood before them. */
function wholeUpTo(bytes: Uint8Array, protocol: Protocol, begins: boolean): number {
  let at = 0;
  while (at + unitHead <= bytes.length) {
    const end = at + unitSize(bytes, at, protocol, begins && at === 0);
    if (end > bytes.length) break;
    at = end;
  }
  return at;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function noteOf(connection: number, atMs: number, text: string): TranscriptEntry {
  return { connection, direction: 'note', atMs, hex: '', decoded: [text] };
}
