import { frameHead } from '../../../spec/amqp10/constants.ts';
import { describedCode, primitives } from '../../../spec/amqp10/primitives.ts';
import type { Hole } from '../conversation.ts';

type Size = Hole['sizes'][number];

/** What stands for a number of four octets that only the peer knows; no encoding is shorter. */
export const numberMarker = 0xa1b2c3d4;
const numberOctets = Uint8Array.of(0xa1, 0xb2, 0xc3, 0xd4);
/** What stands for octets or text that only the peer knows. */
export const textMarker = 'to.be.said.by.the.peer';
export const octetsMarker: Uint8Array = new TextEncoder().encode(textMarker);

/** The holes of a frame: where a marker stands, with the sizes around it. */
export function holesIn(frame: Uint8Array, name: string, kind: 'number' | 'text'): readonly Hole[] {
  const marker = kind === 'number' ? numberOctets : octetsMarker;
  const at = Buffer.from(frame.buffer, frame.byteOffset, frame.length).indexOf(marker);
  if (at < 0) return [];
  return [{ name, at, width: marker.length, sizes: kind === 'number' ? [] : sizesAround(frame, at) }];
}

interface Layout {
  readonly category: 'fixed' | 'variable' | 'compound' | 'array';
  readonly width: number;
}

const layouts: ReadonlyMap<number, Layout> = new Map(Object.values(primitives).flatMap(rows => Object.values(rows).map(row => [row.code, row] as const)));

/** The sizes of a frame that we made, from the frame's own to the innermost, that enclose an octet. */
function sizesAround(frame: Uint8Array, inner: number): readonly Size[] {
  const sizes: Size[] = [{ at: 0, width: 4 }];
  for (let at = frameHead; at < inner; ) {
    const start = frame[at] === describedCode ? behindDescriptor(frame, at) : at;
    const layout = layouts.get(frame[start] as number) ?? { category: 'fixed', width: 0 };
    const end = endOf(frame, start, layout);
    if (end <= inner) at = end;
    else {
      sizes.push({ at: start + 1, width: layout.width === 1 ? 1 : 4 });
      // Items stand behind size and count; the octets of a text behind its size.
      at = layout.category === 'compound' ? start + 1 + 2 * layout.width : inner;
    }
  }
  return sizes;
}

const behindDescriptor = (frame: Uint8Array, at: number): number =>
  endOf(frame, at + 1, layouts.get(frame[at + 1] as number) ?? { category: 'fixed', width: 0 });

function endOf(frame: Uint8Array, at: number, { category, width }: Layout): number {
  if (category === 'fixed') return at + 1 + width;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  return at + 1 + width + (width === 1 ? view.getUint8(at + 1) : view.getUint32(at + 1));
}
