import { closest, distance } from 'fastest-levenshtein';

/** ` Did you mean X?` when one of the known names is near, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const best = closest(name, known);
  return distance(name, best) <= Math.max(3, Math.floor(name.length / 3)) ? ` Did you mean ${best}?` : '';
}
