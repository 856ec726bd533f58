/** Inputs that a lane takes one behind the other before the next lane's turn. */
export const blockSize = 1_024;

/** The part of a campaign's inputs that one thread is given: each of the `lanes` has its turn, a block at a time, from the index `origin` on. */
export interface Lane {
  readonly origin: number;
  readonly lane: number;
  readonly lanes: number;
}

/** The first index of a lane from this one on. */
export function firstFrom(at: number, { origin, lane, lanes }: Lane): number {
  const block = Math.floor((at - origin) / blockSize);
  const turns = (lane - (block % lanes) + lanes) % lanes;
  return turns === 0 ? at : origin + (block + turns) * blockSize;
}

/** The index behind this one in its lane. */
export function indexAfter(index: number, { origin, lanes }: Pick<Lane, 'origin' | 'lanes'>): number {
  const next = index + 1;
  return (next - origin) % blockSize === 0 ? next + (lanes - 1) * blockSize : next;
}

/** How many inputs of a lane stand before an index, which is of that lane or beyond the last. */
export function countBefore(index: number, { origin, lane, lanes }: Lane): number {
  const turn = blockSize * lanes;
  const [turns, rest] = [Math.floor((index - origin) / turn), (index - origin) % turn];
  return turns * blockSize + Math.min(blockSize, Math.max(0, rest - lane * blockSize));
}
