import { emitCuts } from '../emit/emitter.ts';
import type { Random } from '../random.ts';
import type { Look } from './oracle.ts';
import type { Parser } from './parsers.ts';

/** One input in so many is given in pieces, is encoded again where it was accepted, and is described: by its index, so that each is looked at in the same way again. */
const shares = { cut: 16, encoded: 8, described: 128 } as const;

const none: readonly (readonly number[])[] = [];

/** What is looked at in the input with that index; `random` is what its octets were drawn from. */
export function lookFor({ parse, create }: Pick<Parser, 'parse' | 'create'>, index: number, length: number, random: Random): Look {
  // Where streams are all that it reads, every second one is cut.
  const cut = create !== undefined && index % (parse === undefined ? 2 : shares.cut) === 0;
  const cuts = cut ? emitCuts(length, random) : [];
  return { cuts: cuts.length === 0 ? none : [cuts], encoded: index % shares.encoded === 1, described: index % shares.described === 2 };
}
