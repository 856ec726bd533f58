import type { InteropResult } from './record-interop.ts';

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/**
 * Where else a case failed on this broker: a pair that fails where one client has a part, and passes where others play it, is told so. Answers the results with
 * `where` on each that failed.
 */
export function attributed(results: readonly InteropResult[]): readonly InteropResult[] {
  return results.map(result => {
    if (result.outcome !== 'fail' && result.outcome !== 'observed' && result.outcome !== 'client') return result;
    const { publisher, consumer } = result;
    const others = results.filter(each => each.case === result.case && each !== result && (each.outcome === 'pass' || each.outcome === result.outcome));
    return { ...result, where: whereOf(publisher, consumer, others) };
  });
}

/** `others`: the same case with other pairs, those alone that passed or failed likewise. */
function whereOf(publisher: string, consumer: string, others: readonly InteropResult[]): string {
  const passed = others.filter(({ outcome }) => outcome === 'pass');
  if (others.length === 0) return 'no other pair shows it';
  if (passed.length === 0) return `so it does with all ${plural(others.length, 'other pair')}: it is the broker's`;
  const told = `${plural(passed.length, 'other pair')} of ${others.length} ${passed.length === 1 ? 'passes' : 'pass'} on this broker`;
  const alone = (part: 'publisher' | 'consumer', name: string): boolean =>
    passed.every(each => each[part] !== name) && others.every(each => each.outcome === 'pass' || each[part] === name);
  if (alone('publisher', publisher)) return `only where ${publisher} publishes; ${told}`;
  if (alone('consumer', consumer)) return `only where ${consumer} consumes; ${told}`;
  return told;
}
