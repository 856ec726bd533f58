import type { AmqpDisposition } from '../../wire/amqp10/codec.ts';
import { serialDistance, serialPlus } from './serial.ts';

/** What is kept of the deliveries that a disposition is about, in as many steps as there are ids or entries, whichever are fewer. */
export function inRange<T>(kept: ReadonlyMap<number, T>, { first, last = first }: Pick<AmqpDisposition, 'first' | 'last'>): readonly T[] {
  if (first === last) {
    const one = kept.get(first);
    return one === undefined ? [] : [one];
  }
  const span = serialDistance(first, last);
  if (span < 0 || kept.size === 0) return [];
  if (span < kept.size) return Array.from({ length: span + 1 }, (_, at) => kept.get(serialPlus(first, at))).filter(each => each !== undefined) as T[];
  return [...kept].flatMap(([id, each]) => {
    const at = serialDistance(first, id);
    return at >= 0 && at <= span ? [each] : [];
  });
}

/** Ids as ranges without gaps, ascending. */
export function rangesOf(ids: readonly number[]): readonly (readonly [first: number, last: number])[] {
  if (ids.length === 1) return [[ids[0] as number, ids[0] as number]];
  const sorted = ascending(ids) ? ids : [...ids].sort((one, other) => serialDistance(other, one));
  const ranges: [number, number][] = [];
  for (const id of sorted) {
    const open = ranges.at(-1);
    if (open !== undefined && id === open[1]) continue;
    if (open !== undefined && id === serialPlus(open[1], 1)) open[1] = id;
    else ranges.push([id, id]);
  }
  return ranges;
}

const ascending = (ids: readonly number[]): boolean => ids.every((id, at) => at === 0 || serialDistance(ids[at - 1] as number, id) > 0);
