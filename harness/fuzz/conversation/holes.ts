import type { Hole } from './conversation.ts';

/**
 * The octets with what is known put into their holes; others stay as they are. Where a value is longer or shorter than its place, the sizes around it
 * grow with it, and what lies behind moves.
 */
export function filled(octets: Uint8Array, holes: readonly Hole[], known: ReadonlyMap<string, Uint8Array>): Uint8Array {
  if (holes.length === 0) return octets;
  let whole = octets.slice();
  let moved = 0;
  for (const { name, at, width, sizes } of [...holes].sort((one, other) => one.at - other.at)) {
    const value = known.get(name);
    if (value === undefined || at + moved + width > whole.length) continue;
    const grown = value.length - width;
    // Sizes stand before what they count, behind holes that were filled before only where those lie before them.
    for (const size of sizes) grow(whole, size.at + (size.at > at ? 0 : shiftBefore(size.at, holes, known, at)), size.width, grown);
    const next = new Uint8Array(whole.length + grown);
    next.set(whole.subarray(0, at + moved));
    next.set(value, at + moved);
    next.set(whole.subarray(at + moved + width), at + moved + value.length);
    whole = next;
    moved += grown;
  }
  return whole;
}

/** How far holes before `offset` have moved what stands there; those from `end` on are not filled yet. */
function shiftBefore(offset: number, holes: readonly Hole[], known: ReadonlyMap<string, Uint8Array>, end: number): number {
  return holes.reduce((sum, { name, at, width }) => {
    const value = known.get(name);
    return value !== undefined && at < offset && at < end ? sum + value.length - width : sum;
  }, 0);
}

function grow(octets: Uint8Array, at: number, width: 1 | 4, by: number): void {
  if (by === 0 || at + width > octets.length) return;
  const view = new DataView(octets.buffer, octets.byteOffset);
  if (width === 1) view.setUint8(at, view.getUint8(at) + by);
  else view.setUint32(at, view.getUint32(at) + by);
}
