import { describe, expect, test } from 'vitest';
import { capabilityMeasurements } from './record-capabilities.ts';

const verdict = (check: string, outcome: 'pass' | 'fail' | 'unsupported') => ({ check, outcome });

/** The last column by row. */
const findings = (...args: Parameters<typeof capabilityMeasurements>) =>
  Object.fromEntries(capabilityMeasurements(...args).flatMap(({ cell, value }) => (cell?.column === 'verdict' ? [[cell.row, value]] : [])));

describe('what a server advertises', () => {
  const checks = [
    { id: 'one', capabilities: ['confirms'] },
    { id: 'two', capabilities: ['confirms', 'nack'] },
    { id: 'three', capabilities: ['priorities'] },
    { id: 'left out', capabilities: ['silence'] },
  ];

  test('is honoured where all its checks hold, and not where one is broken', () => {
    expect(findings({ confirms: true, nack: true }, checks, [verdict('one', 'fail'), verdict('two', 'pass')])).toEqual({
      confirms: 'not honoured',
      nack: 'honoured',
    });
  });

  test('and no check asks for is said to be so', () => {
    expect(findings({ teleport: true }, checks, [])).toEqual({ teleport: 'no check of this run asks for it' });
  });

  test('is told apart from what it does not', () => {
    expect(findings({ confirms: false }, checks, [verdict('three', 'unsupported')])).toEqual({ confirms: 'not advertised', priorities: 'not advertised' });
  });

  test('has its checks counted', () => {
    const cells = capabilityMeasurements({ confirms: true }, checks, [verdict('one', 'pass'), verdict('two', 'fail')]);
    expect(cells.filter(({ cell }) => cell?.row === 'confirms').map(({ cell, value }) => [cell?.column, value])).toEqual([
      ['advertised', 'yes'],
      ['checks', 2],
      ['hold', 1],
      ['broken', 1],
      ['verdict', 'not honoured'],
    ]);
  });
});
