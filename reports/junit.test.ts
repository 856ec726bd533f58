import { readFileSync } from 'node:fs';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../harness/check/record.ts';
import { renderJunit } from './junit.ts';

/** What the schema of JUnit reports, as build servers read them, allows: attributes that must and may be there, and children in any number. */
const elements: Readonly<Record<string, { readonly must: readonly string[]; readonly may: readonly string[]; readonly children: readonly string[] }>> = {
  testsuites: { must: [], may: ['name', 'time', 'tests', 'failures', 'errors', 'disabled'], children: ['testsuite'] },
  testsuite: {
    must: ['name', 'tests', 'failures', 'errors'],
    may: ['id', 'time', 'timestamp', 'hostname', 'skipped', 'disabled', 'package'],
    children: ['properties', 'testcase', 'system-out', 'system-err'],
  },
  properties: { must: [], may: [], children: ['property'] },
  property: { must: ['name', 'value'], may: [], children: [] },
  testcase: { must: ['name', 'classname'], may: ['time', 'assertions', 'status'], children: ['skipped', 'error', 'failure', 'system-out', 'system-err'] },
  failure: { must: [], may: ['message', 'type'], children: ['#text'] },
  error: { must: [], may: ['message', 'type'], children: ['#text'] },
  skipped: { must: [], may: ['message'], children: ['#text'] },
  'system-out': { must: [], may: [], children: ['#text'] },
  'system-err': { must: [], may: [], children: ['#text'] },
};

type Ordered = Readonly<Record<string, unknown>> & { readonly ':@'?: Readonly<Record<string, string>> };

const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '', trimValues: true, parseTagValue: false });

const nameOf = (node: Ordered) => Object.keys(node).find(key => key !== ':@') ?? '';
const childrenOf = (node: Ordered) => node[nameOf(node)] as readonly Ordered[];
const attributes = (node: Ordered) => node[':@'] ?? {};

function* breaches(node: Ordered): Generator<string> {
  const name = nameOf(node);
  const known = elements[name];
  if (known === undefined) return yield `<${name}> is unknown`;
  const has = Object.keys(attributes(node));
  for (const must of known.must) if (!has.includes(must)) yield `<${name}> lacks ${must}`;
  for (const each of has) if (!known.must.includes(each) && !known.may.includes(each)) yield `<${name}> has ${each}`;
  for (const child of childrenOf(node)) {
    if (!known.children.includes(nameOf(child))) yield `<${name}> holds <${nameOf(child)}>`;
    if (nameOf(child) !== '#text') yield* breaches(child);
  }
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/run-records/${name}.json`, import.meta.url), 'utf8')) as RunRecord;
const parsed = (record: RunRecord) => (parser.parse(renderJunit(record)) as readonly Ordered[]).filter(node => nameOf(node) !== '?xml');
const allSuites = (record: RunRecord) => parsed(record).flatMap(childrenOf);
const ofPairs = (suite: Ordered) => attributes(suite).name?.startsWith('interop.') === true;
const suitesOf = (record: RunRecord) => allSuites(record).filter(suite => !ofPairs(suite));
const casesOf = (record: RunRecord) => suitesOf(record).flatMap(suite => childrenOf(suite).filter(node => nameOf(node) === 'testcase'));

describe.each(['mixed', 'clean', 'down'])('JUnit of %s', name => {
  const record = read(name);

  test('is well-formed, and made of what the schema knows', () => {
    expect(XMLValidator.validate(renderJunit(record))).toBe(true);
    expect(parsed(record).flatMap(root => [...breaches(root)])).toEqual([]);
  });

  test('holds no character that XML cannot', () => {
    expect(renderJunit(record)).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  });

  test('has one case for each verdict, each name once', () => {
    const names = casesOf(record).map(node => `${attributes(node).classname}/${attributes(node).name}`);
    expect(names.map(each => each.replace('.', '/'))).toEqual([
      ...record.verdicts.map(verdict => verdict.check),
      ...record.findings.map(({ subject, id }) => `fuzz/${subject}/${id}`),
    ]);
  });

  test('counts what it holds, suite by suite', () => {
    for (const suite of suitesOf(record)) {
      const cases = childrenOf(suite).filter(node => nameOf(node) === 'testcase');
      const holding = (kind: string) => cases.filter(node => childrenOf(node).some(child => nameOf(child) === kind)).length;
      const { tests, failures, errors, skipped, timestamp } = attributes(suite);
      expect({ tests, failures, errors, skipped }).toEqual({
        tests: `${cases.length}`,
        failures: `${holding('failure')}`,
        errors: `${holding('error')}`,
        skipped: `${holding('skipped')}`,
      });
      expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    }
  });
});

test('is red where the exit status is: surprises fail, the unjudged are errors, the declared are skipped', () => {
  const record = read('mixed');
  const kinds = casesOf(record).map(
    node =>
      childrenOf(node)
        .map(nameOf)
        .find(kind => kind !== 'system-out') ?? 'passed',
  );
  const expected = record.verdicts.map(verdict => {
    if (verdict.surprise) return 'failure';
    if (verdict.outcome === 'inconclusive') return 'error';
    return verdict.outcome === 'pass' ? 'passed' : 'skipped';
  });
  expect(kinds).toEqual([...expected, ...record.findings.map(() => 'failure')]);
  expect(new Set(kinds)).toEqual(new Set(['failure', 'error', 'passed', 'skipped']));
});

test('pairs of clients are suites of their own: surprises fail, what a client or no standard decides is skipped and says why', () => {
  const record = read('mixed');
  const pairs = allSuites(record).filter(ofPairs);
  expect(pairs.map(suite => attributes(suite).name)).toEqual([...new Set(record.interop?.results.map(each => `interop.${each.publisher}.${each.consumer}`))]);
  const cases = pairs.flatMap(childrenOf);
  const kinds = cases.map(node => childrenOf(node).map(nameOf).join());
  expect(kinds.sort()).toEqual(['', 'failure', 'failure', ...Array.from({ length: 6 }, () => 'skipped')]);
  const told = cases.flatMap(childrenOf).map(node => attributes(node).message ?? '');
  expect(told.filter(message => message.startsWith('not run: go-amqp: go is not on this machine'))).toHaveLength(2);
  expect(told.filter(message => message.startsWith('passed, though declared to fail: '))).toHaveLength(1);
  const [root] = parsed(record);
  const failures = allSuites(record).reduce((sum, suite) => sum + Number(attributes(suite).failures), 0);
  expect(Number(attributes(root as Ordered).failures)).toBe(failures);
});
