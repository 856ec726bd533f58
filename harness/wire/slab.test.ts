import { describe, expect, it } from 'vitest';
import { Slab } from './slab.ts';

function write(slab: Slab, size: number, value: number): Uint8Array {
  const at = slab.reserve(size);
  slab.bytes.fill(value, at, at + size);
  return slab.cut(at + size);
}

describe('a slab', () => {
  it('lays what is cut side by side and never writes to it again', () => {
    const slab = new Slab();
    const cuts = Array.from({ length: 200 }, (_, index) => write(slab, 1000, index));
    expect(cuts.every((cut, index) => cut.length === 1000 && cut.every(octet => octet === index))).toBe(true);
    expect(cuts[1]?.byteOffset).toBe(1000);
    expect(cuts[1]?.buffer).toBe(cuts[0]?.buffer);
  });

  it('has room for what is larger than its pieces', () => {
    const slab = new Slab();
    expect(write(slab, 100_000, 7)).toHaveLength(100_000);
  });

  it('gives back what was reserved and not used', () => {
    const slab = new Slab();
    const at = slab.reserve(1000);
    expect(slab.cut(at + 10)).toHaveLength(10);
    expect(slab.reserve(1000)).toBe(at + 10);
  });
});
