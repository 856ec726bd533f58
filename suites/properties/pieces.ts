import fc from 'fast-check';
import { joined } from '../../harness/wire/amqp10/craft.ts';

/** How octets are cut into pieces: at these places, or every so many octets. */
export type Cut = { readonly at: readonly number[] } | { readonly every: number };

/** Cuts of any kind. */
export const cut: fc.Arbitrary<Cut> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ at: fc.array(fc.nat(4000), { maxLength: 10 }) }) },
  { weight: 1, arbitrary: fc.record({ every: fc.integer({ min: 1, max: 30 }) }) },
);

/** A piece more takes a round through the kernel, so that not every octet of much can go alone. */
const piecesMax = 150;

/** The pieces of these octets; none of them is empty. */
export function pieces(octets: Uint8Array, how: Cut): readonly Uint8Array[] {
  const size = 'every' in how ? Math.max(how.every, Math.ceil(octets.length / piecesMax)) : octets.length;
  const places = 'at' in how ? how.at.map(place => place % octets.length) : Array.from({ length: Math.ceil(octets.length / size) }, (_, index) => index * size);
  const sorted = [...new Set([0, ...places, octets.length])].sort((one, other) => one - other);
  return sorted.slice(1).map((end, index) => octets.subarray(sorted[index], end));
}

/** In words. */
export function told(how: Cut): string {
  return 'every' in how ? `of ${how.every}` : how.at.length === 0 ? 'of any size' : `cut at ${how.at.join(', ')}`;
}

/** The frames of both channels in one stream, each channel's in their order. */
export function merged(lanes: readonly [readonly Uint8Array[], readonly Uint8Array[]], turns: readonly boolean[]): Uint8Array {
  const [one, other] = [[...lanes[0]], [...lanes[1]]];
  const stream: Uint8Array[] = [];
  for (let turn = 0; one.length + other.length > 0; turn++) {
    const lane = turns[turn % turns.length] === true && other.length > 0 ? other : one.length > 0 ? one : other;
    const frame = lane.shift();
    if (frame !== undefined) stream.push(frame);
  }
  return joined(...stream);
}
