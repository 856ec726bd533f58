import fc from 'fast-check';
import type { PerformativeName } from '../../harness/wire/amqp10/codec.ts';
import { type FrameOctets, frameOf, joined } from '../../harness/wire/amqp10/craft.ts';
import { formed, wide } from '../amqp10/forms.ts';

/** One of the legal ways to write a frame. */
export interface Writing {
  /** Of composites, in them too. */
  readonly descriptor: 'smallulong' | 'ulong' | 'sym8' | 'sym32';
  /** Composites in list32. */
  readonly wide: boolean;
  /** Nulls at the end of composites are written. */
  readonly nulls: boolean;
  /** Each value in its widest encoding, whatever else is said of composites. */
  readonly widest: boolean;
  /** Words of an extended header, which nobody knows. */
  readonly header: number;
}

const often = fc.constantFrom(false, false, true);

/** Ways to write a frame, the usual one the simplest. */
export const writing: fc.Arbitrary<Writing> = fc.record({
  descriptor: fc.constantFrom<Writing['descriptor']>('smallulong', 'smallulong', 'ulong', 'sym8', 'sym32'),
  wide: often,
  nulls: often,
  widest: fc.constantFrom(false, false, false, true),
  header: fc.constantFrom(0, 0, 0, 1, 3),
});

/** Writes one frame after another, each in the next of these ways. */
export class Writer10 {
  readonly #ways: readonly Writing[];
  #written = 0;

  constructor(ways: readonly Writing[]) {
    this.#ways = ways;
  }

  frame(channel: number, name: PerformativeName, values: Readonly<Record<string, unknown>>, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
    const way = this.#ways[this.#written % this.#ways.length];
    this.#written += 1;
    if (way === undefined) throw new Error('there is no way to write a frame');
    const { descriptor, wide: inList32, nulls } = way;
    const form = way.widest ? wide : formed({ descriptor, ...(inList32 && { wide: true }), ...(nulls && { trailing: 'nulls' as const }) });
    const head: FrameOctets = { channel, ...(way.header > 0 && { extendedHeader: new Uint8Array(4 * way.header).fill(0xa5) }) };
    return frameOf(joined(form(name, values), payload), head);
  }
}

/** In a few words. */
export function toldWriting({ descriptor, wide: inList32, nulls, widest, header }: Writing): string {
  const said = [
    ...(widest ? ['values as wide as can be'] : [`descriptor ${descriptor}`, ...(inList32 ? ['list32'] : []), ...(nulls ? ['nulls written'] : [])]),
    ...(header > 0 ? [`an extended header of ${header * 4} octets`] : []),
  ];
  return said.join(', ');
}
