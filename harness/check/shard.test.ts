import { describe, expect, test } from 'vitest';
import { parseShard, shardOf } from './shard.ts';

const checks = Array.from({ length: 101 }, (_, index) => ({
  id: `amqp091/area/check-${index}`,
  isolation: index % 20 === 0 ? ('exclusive' as const) : ('shared' as const),
  worstMs: 100 + ((index * 37) % 900),
}));
const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);
const parts = (of: number, from = checks) => Array.from({ length: of }, (_, at) => shardOf(from, { index: at + 1, of }));

describe('shards', () => {
  test.each([1, 2, 3, 7, 101])('of %i: every check is in exactly one', of => {
    expect(parts(of).flatMap(ids).sort()).toEqual(ids(checks).sort());
  });

  test('are the same in whatever order the checks are told', () => {
    expect(parts(4, [...checks].reverse()).map(part => ids(part).sort())).toEqual(parts(4).map(part => ids(part).sort()));
  });

  test('take about as long as each other', () => {
    const shared = parts(4).map(part => part.filter(({ isolation }) => isolation === 'shared'));
    const loads = shared.map(part => part.reduce((sum, { worstMs }) => sum + worstMs, 0));
    expect(Math.max(...loads) / Math.min(...loads)).toBeLessThan(1.05);
    expect(parts(3).map(part => part.filter(({ isolation }) => isolation === 'exclusive').length)).toEqual([2, 2, 2]);
  });
});

describe('a shard as it is written', () => {
  test.each(['1/1', '2/3', '12/12'])('%s', text => expect(parseShard(text)).toEqual({ index: Number(text.split('/')[0]), of: Number(text.split('/')[1]) }));
  test.each(['0/3', '4/3', '1/0', '1', 'a/b', '1/2/3', '-1/2', '1.5/2', ''])('%j is none', text => expect(parseShard(text)).toBeUndefined());
});
