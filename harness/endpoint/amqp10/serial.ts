/** Serial numbers of 32 bits as in RFC 1982: they wrap around, and compare by the shorter way. */
export const serialMax = 0xffffffff;

/** The number that is `by` further on; `by` may be negative. */
export const serialPlus = (serial: number, by: number): number => (serial + by) >>> 0;

/** How far `to` is ahead of `from`: negative where it is behind. Half the circle away, which RFC 1982 leaves open, is behind. */
export const serialDistance = (from: number, to: number): number => (to - from) | 0;
