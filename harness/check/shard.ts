import type { Check } from './check.ts';

/** The `index`th of `of` parts of a run, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** Reads `2/3`; undefined where that is no shard. */
export function parseShard(text: string): Shard | undefined {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  return shard.index >= 1 && shard.index <= shard.of ? shard : undefined;
}

type Sharing = Pick<Check, 'id' | 'isolation' | 'worstMs'>;

/** The ids of each part: the dearest first, each check goes to the part that has least to do so far. */
function dealt(checks: readonly Sharing[], of: number): readonly ReadonlySet<string>[] {
  const parts = Array.from({ length: of }, () => ({ load: 0, ids: new Set<string>() }));
  for (const { id, worstMs } of [...checks].sort((one, other) => other.worstMs - one.worstMs || (one.id < other.id ? -1 : 1))) {
    const lightest = parts.reduce((one, other) => (other.load < one.load ? other : one));
    lightest.ids.add(id);
    lightest.load += worstMs;
  }
  return parts.map(({ ids }) => ids);
}

/**
 * One part of the checks. Each check is in exactly one shard, whatever the order in which they are given. Those that run side by side and those that
 * run alone are dealt out apart, so that shards end at about the same time.
 */
export function shardOf<C extends Sharing>(checks: readonly C[], { index, of }: Shard): readonly C[] {
  const beside = dealt(
    checks.filter(({ isolation }) => isolation === 'shared'),
    of,
  );
  const alone = dealt(
    checks.filter(({ isolation }) => isolation !== 'shared'),
    of,
  );
  return checks.filter(({ id }) => beside[index - 1]?.has(id) === true || alone[of - index]?.has(id) === true);
}
