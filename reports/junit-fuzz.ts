import type { Finding, FuzzRecord, RunRecord } from '../harness/check/record.ts';
import { findingFacts, fuzzWords } from './fuzz.ts';
import { visible } from './words.ts';

type Node = Readonly<Record<string, unknown>>;

const line = (text: string) => visible(text.replaceAll('\n', ' '));

/** A fuzz campaign as a suite of JUnit: each finding a case that failed, and one that passed where there is none. */
export function fuzzSuites(record: RunRecord, id: number): readonly Node[] {
  const { fuzz, findings } = record;
  if (fuzz === undefined && findings.length === 0) return [];
  const subject = fuzz?.subject ?? findings[0]?.subject ?? '';
  const cases = findings.length === 0 && fuzz !== undefined ? [campaign(fuzz)] : findings.map(testcase);
  return [
    {
      '@name': `fuzz.${subject}`,
      '@id': id,
      '@tests': cases.length,
      '@failures': findings.length,
      '@errors': 0,
      '@time': '0.000',
      '@skipped': 0,
      '@timestamp': record.startedAt.replace(/(\.\d+)?Z$/, ''),
      testcase: cases,
    },
  ];
}

const campaign = (fuzz: FuzzRecord): Node => ({
  '@name': 'no mistake found',
  '@classname': `fuzz.${fuzz.subject}`,
  '@time': '0.000',
  'system-out': line(fuzzWords(fuzz)),
});

function testcase(finding: Finding): Node {
  const { id, subject, severity, title, replay, text } = finding;
  const facts = findingFacts(finding).map(([name, value]) => `${`${name}:`.padEnd(10)} ${value}`);
  const story = [...facts, `${'replay:'.padEnd(10)} ${visible(replay)}`, '', ...text.split('\n').map(visible)].join('\n');
  return { '@name': id, '@classname': `fuzz.${subject}`, '@time': '0.000', failure: { '@message': line(title), '@type': severity, '#text': story } };
}
