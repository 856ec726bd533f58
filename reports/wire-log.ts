import type { TranscriptEntry } from '../harness/check/verdict.ts';

/** One frame of a wire log, or as many octets as belong to one decoded text. */
export interface Piece {
  readonly connection: number;
  readonly direction: TranscriptEntry['direction'];
  readonly atMs: number;
  /** Of the first octet, in this direction of this connection. */
  readonly offset: number;
  /** How many octets there were; `hex` may hold fewer. */
  readonly octets: number;
  readonly hex: string;
  readonly decoded: readonly string[];
  /** Whether it is one frame from its first octet to its last. */
  readonly whole: boolean;
}

/** Octets of one piece that a report shows; the record holds all. */
const shownOctets = 1024;

/** A wire log frame by frame, where its decoded lines match the frames in the octets; else entry by entry. */
export function piecesOf(transcript: readonly TranscriptEntry[], protocol: string): Piece[] {
  const offsets = new Map<string, number>();
  return transcript.flatMap(({ connection, direction, atMs, hex, decoded }) => {
    const frames = framesOf(hex, protocol);
    const matched = frames.length === decoded.length;
    const stream = `${connection}${direction}`;
    return (matched ? frames : [hex]).map((part, index): Piece => {
      const lines = matched ? decoded.slice(index, index + 1) : decoded;
      const offset = (matched ? offsetIn(lines) : undefined) ?? offsets.get(stream) ?? 0;
      offsets.set(stream, offset + part.length / 2);
      return {
        connection,
        direction,
        atMs,
        offset,
        octets: part.length / 2,
        hex: part.slice(0, shownOctets * 2),
        decoded: lines.map(bare),
        whole: matched && isFrame(part, protocol),
      };
    });
  });
}

/** Decoded lines may begin with the offset of their frame, which counts also what a long log left out. */
const offsetIn = (lines: readonly string[]) =>
  lines.map(line => /^(\d+): /.exec(line)?.[1]).map(digits => (digits === undefined ? undefined : Number(digits)))[0];

const bare = (line: string) => line.replace(/^\d+: /, '');

/** Splits hexadecimal at the borders of frames; what is no whole frame stays one last part. */
export function framesOf(hex: string, protocol: string): string[] {
  const parts: string[] = [];
  let rest = hex;
  while (rest !== '') {
    const octets = frameOctets(rest, protocol);
    const part = octets * 2 > rest.length ? rest : rest.slice(0, octets * 2);
    parts.push(part);
    rest = rest.slice(part.length);
  }
  return parts;
}

const isFrame = (hex: string, protocol: string) => !hex.startsWith('414d5150') && frameOctets(hex, protocol) * 2 === hex.length;

function frameOctets(hex: string, protocol: string): number {
  if (hex.startsWith('414d5150')) return 8;
  const size = protocol === 'amqp10' ? Number.parseInt(hex.slice(0, 8), 16) : Number.parseInt(hex.slice(6, 14), 16) + 8;
  return size >= 8 ? size : Number.POSITIVE_INFINITY;
}

const directions = { sent: '->', received: '<-', note: '--' } as const;

/** The decoded lines with time, connection and direction, at most `limit` from the end, where the verdict was decided. */
export function decodedLines(transcript: readonly TranscriptEntry[], limit = 60): string[] {
  const lines = transcript.flatMap(({ connection, direction, atMs, decoded }) =>
    decoded.map(line => `${atMs.toFixed(1).padStart(8)} ms #${connection} ${directions[direction]} ${bare(line)}`),
  );
  const left = lines.length - limit;
  return left > 0 ? [`(${left} earlier lines are in run.json)`, ...lines.slice(left)] : lines;
}

/** Octets 16 to a row: offset, hexadecimal, printable characters. */
export function hexRows(hex: string, offset: number): { readonly offset: string; readonly hex: string; readonly ascii: string }[] {
  const bytes = Buffer.from(hex, 'hex');
  return Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) => {
    const octets = hex.slice(row * 32, row * 32 + 32).replace(/../g, '$& ');
    const ascii = bytes.toString('latin1', row * 16, row * 16 + 16).replace(/[^ -~]/g, '.');
    return { offset: (offset + row * 16).toString(16).padStart(6, '0'), hex: `${octets.slice(0, 24)} ${octets.slice(24)}`.trimEnd(), ascii };
  });
}

/** A whole wire log as text: each frame's line, then its octets. */
export function wireLogText(transcript: readonly TranscriptEntry[], protocol: string): string {
  const lines = piecesOf(transcript, protocol).flatMap(piece => [
    ...piece.decoded.map(line => `${piece.atMs.toFixed(1).padStart(8)} ms #${piece.connection} ${directions[piece.direction]} ${line}`),
    ...hexRows(piece.hex, piece.offset).map(row => `            ${row.offset}  ${row.hex.padEnd(48)}  ${row.ascii}`),
    ...(piece.hex.length / 2 < piece.octets ? [`            ${piece.octets - piece.hex.length / 2} more octets are in run.json`] : []),
  ]);
  return `${lines.join('\n')}\n`;
}
