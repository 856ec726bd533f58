import { describe, expect, test } from 'vitest';
import { type Format, kits } from './schema-kit.ts';

/** Numbers from a seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe.each(['json', 'avro', 'protobuf'] as const satisfies readonly Format[])('bodies of a schema in %s', format => {
  test('are legal, each, and the same for the same numbers', async () => {
    const kit = await kits[format]();
    const [one, again] = [numbers(7), numbers(7)];
    for (let count = 0; count < 200; count += 1) {
      const body = kit.body(one, count % 5);
      expect(kit.refuses(body)).toBeUndefined();
      expect(Buffer.compare(kit.body(again, count % 5), body)).toBe(0);
    }
    expect(kit.refuses(kit.smallest())).toBeUndefined();
  });

  test('are large where they shall be', async () => {
    const kit = await kits[format]();
    const body = kit.body(numbers(3), 20_000);
    expect(body.length).toBeGreaterThan(300_000);
    expect(kit.refuses(body)).toBeUndefined();
  });

  test('are told from what was cut short, lengthened or spoilt', async () => {
    const kit = await kits[format]();
    const random = numbers(11);
    for (let count = 0; count < 50; count += 1) {
      const body = kit.body(random, 3);
      expect(kit.refuses(body.subarray(0, body.length - 1))).toBeDefined();
      expect(kit.refuses(Buffer.concat([body, Buffer.of(0xff)]))).toBeDefined();
    }
    expect(kit.refuses(new TextEncoder().encode('{"id": 1}'))).toBeDefined();
  });
});
