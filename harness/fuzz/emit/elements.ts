import type { Draft, Mark } from './draft.ts';

const nothing = new Uint8Array(0);

/** The count of the closest compound around octets, where there is one. */
function countAround(draft: Draft, at: number, end: number): Mark | undefined {
  let closest: Mark | undefined;
  for (const size of draft.all('size')) {
    const encloses = size.from <= at && size.end >= end && size.at + size.width <= at;
    if (encloses && (closest === undefined || size.end - size.from < closest.end - closest.from)) closest = size;
  }
  return closest && draft.all('count').find(count => count.at === closest.from);
}

function recount(draft: Draft, at: number, end: number, by: number): void {
  const count = countAround(draft, at, end);
  if (count) draft.setNumber(count.at, count.width, Math.max(0, draft.numberAt(count.at, count.width) + by));
}

/** The value behind one, as the second of a pair stands behind the first; the value itself where none does. */
export function pairedWith(draft: Draft, value: Mark): { readonly mark: Mark; readonly values: number } {
  const next = draft.all('type').find(({ at }) => at === value.end);
  return next ? { mark: { ...value, end: next.end }, values: 2 } : { mark: value, values: 1 };
}

/** Leaves out so many values that stand at a mark; sizes and the count around them fit. */
export function leaveOut(draft: Draft, { at, end }: Mark, values: number): void {
  recount(draft, at, end, -values);
  draft.replace(at, end - at, nothing);
}

/** Writes so many values that stand at a mark a second time; sizes and the count around them fit. */
export function writeTwice(draft: Draft, mark: Mark, values: number): void {
  const { at, end } = mark;
  recount(draft, at, end, values);
  // Before the values rather than behind them, where the end of what encloses them is the same place.
  draft.replace(at, 0, draft.bytes.slice(at, end), mark);
}
