import type { RunRecord } from '../harness/check/record.ts';
import type { InteropResult } from '../harness/check/record-interop.ts';
import { groupOfResult, groupWords, interopResults } from './interop.ts';
import { visible } from './words.ts';

type Node = Readonly<Record<string, unknown>>;

const line = (text: string) => visible(text.replaceAll('\n', ' '));

/** Pairs of clients as suites of JUnit, one for each pair; their ids go on from `first`. What is no surprise and did not pass is skipped and says why. */
export function pairSuites(record: RunRecord, first: number): readonly Node[] {
  const results = interopResults(record);
  const pairs = [...new Set(results.map(({ publisher, consumer }) => `${publisher} ${consumer}`))];
  return pairs.map((pair, at) => {
    const own = results.filter(({ publisher, consumer }) => `${publisher} ${consumer}` === pair);
    return {
      '@name': `interop.${pair.replace(' ', '.')}`,
      '@id': first + at,
      '@tests': own.length,
      '@failures': own.filter(({ surprise }) => surprise).length,
      '@errors': 0,
      '@time': '0.000',
      '@skipped': own.filter(({ surprise, outcome }) => !surprise && outcome !== 'pass').length,
      '@timestamp': record.startedAt.replace(/(\.\d+)?Z$/, ''),
      testcase: own.map(testcase),
    };
  });
}

function testcase(result: InteropResult): Node {
  const { publisher, consumer, outcome, surprise, message = '', where, declared } = result;
  const named = { '@name': result.case, '@classname': `interop.${publisher}.${consumer}`, '@time': '0.000' };
  if (outcome === 'pass' && !surprise) return named;
  const told = [groupWords[groupOfResult(result)], message, declared?.reason, where].filter(part => part !== undefined && part !== '').join(': ');
  return { ...named, [surprise ? 'failure' : 'skipped']: { '@message': line(told), ...(surprise && { '@type': 'interop' }) } };
}
