import { describe, expect, test } from 'vitest';
import { compare, type DeclaredEntry, type DeclaringContext, declarationFor, declare } from './declared.ts';
import type { Declaration } from './record-declarations.ts';
import { exitOf } from './record-verdicts.ts';
import type { Verdict } from './verdict.ts';
import { inRange } from './versions.ts';

const context: DeclaringContext = {
  checks: [
    { id: 'amqp091/queue/one', duties: ['amqp091/queue.declare.passive-missing:enforce'], aliases: ['amqp091/queue/old'] },
    { id: 'amqp091/queue/two', duties: ['amqp091/queue.declare.reserved:enforce', 'amqp091/queue.declare.passive-missing:enforce'] },
  ],
  rules: ['amqp091/queue.declare.passive-missing', 'amqp091/queue.declare.reserved', 'amqp091/4.2.3.frame-end'],
  version: '4.0.7',
  today: '2026-06-15',
};

const entry = (given: Partial<DeclaredEntry>): DeclaredEntry => ({ reason: 'because', origin: 'expect.yaml', ...given });
const problemsOf = (given: Partial<DeclaredEntry>) => declare([entry(given)], context).problems;

describe('entries', () => {
  test('stand for a check, also by its former name, or for all checks of a rule', () => {
    const { declarations, problems } = declare(
      [entry({ check: 'amqp091/queue/old', link: 'https://example.org' }), entry({ rule: 'amqp091/queue.declare.passive-missing', reaction: 'silence' })],
      context,
    );
    expect(problems).toEqual([]);
    expect(declarations).toMatchObject([
      { kind: 'check', checks: ['amqp091/queue/one'], outcome: 'fail', source: 'https://example.org' },
      { kind: 'rule', checks: ['amqp091/queue/one', 'amqp091/queue/two'], reaction: 'silence' },
    ]);
  });

  test.each([
    [{ check: 'amqp091/queue/three' }, 'expect.yaml: there is no check amqp091/queue/three.'],
    [{ rule: 'amqp091/9.9' }, 'expect.yaml: there is no rule amqp091/9.9.'],
    [{ check: 'a', rule: 'b' }, 'expect.yaml: an entry names both check a and rule b; it may name one.'],
    [{}, 'expect.yaml: an entry names neither a check nor a rule.'],
    [{ check: 'amqp091/queue/one', until: '2026-06-14' }, 'expect.yaml: the entry for amqp091/queue/one expired on 2026-06-14.'],
    [
      { check: 'amqp091/queue/one', versions: 'newish' },
      'expect.yaml: the versions "newish" of the entry for amqp091/queue/one are no range that can be read.',
    ],
  ])('%o is an error', (given, sentence) => {
    expect(problemsOf(given).map(problem => problem.sentence)).toEqual([sentence]);
  });

  test('that name nothing say what they named, for a better guess', () => {
    expect(problemsOf({ check: 'amqp091/queue/three' }).map(({ unknown }) => unknown)).toEqual(['amqp091/queue/three']);
    expect(problemsOf({ check: 'amqp091/queue/one', versions: 'newish' }).map(({ unknown }) => unknown)).toEqual([undefined]);
  });

  test('count on their last day', () => {
    expect(declare([entry({ check: 'amqp091/queue/one', until: '2026-06-15' })], context).declarations).toHaveLength(1);
  });

  test('for other versions do not count, and are no error', () => {
    expect(declare([entry({ check: 'amqp091/queue/one', versions: '<4' })], context)).toEqual({ declarations: [], problems: [] });
  });

  test('for versions count where the peer does not tell its own', () => {
    expect(declare([entry({ check: 'amqp091/queue/one', versions: '<4' })], { ...context, version: null }).declarations).toHaveLength(1);
  });

  test('for a check come before those for its rule', () => {
    const { declarations } = declare(
      [entry({ rule: 'amqp091/queue.declare.reserved', reason: 'rule' }), entry({ check: 'amqp091/queue/two', reason: 'check' })],
      context,
    );
    expect(declarationFor('amqp091/queue/two', declarations)?.reason).toBe('check');
    expect(declarationFor('amqp091/queue/one', declarations)).toBeUndefined();
  });
});

describe('a verdict against what was declared', () => {
  const declaration: Declaration = { id: 'x', kind: 'check', checks: ['x'], outcome: 'fail', reaction: 'connection.close 501', reason: '', origin: '' };
  const byChance: Declaration = { ...declaration, otherwise: ['the peer hung'], sometimes: true };
  const verdict = (given: Partial<Verdict>) => ({ outcome: 'fail', level: 'MUST', reaction: 'connection.close 501 frame-error', ...given }) as const;

  test.each([
    ['a failure that nobody declared', verdict({}), undefined, true],
    ['a pass that nobody spoke of', verdict({ outcome: 'pass' }), undefined, false],
    ['a failure as declared', verdict({}), declaration, false],
    ['a failure with another reaction than declared', verdict({ reaction: 'silence' }), declaration, true],
    ['a pass where a failure was declared', verdict({ outcome: 'pass' }), declaration, true],
    ['no support where a failure was declared', verdict({ outcome: 'unsupported' }), declaration, true],
    ['what could not be judged', verdict({ outcome: 'inconclusive' }), declaration, false],
    ['what was not run', verdict({ outcome: 'not-run' }), declaration, false],
    ['a failure with the other reaction of the same cause', verdict({ reaction: 'the peer hung' }), byChance, false],
    ['a failure with neither reaction', verdict({ reaction: 'silence' }), byChance, true],
    ['a pass where a failure comes only sometimes', verdict({ outcome: 'pass' }), byChance, false],
    ['no support where a failure comes only sometimes', verdict({ outcome: 'unsupported' }), byChance, false],
    ['an undeclared failure of a SHOULD, where only MUST gates', verdict({ level: 'SHOULD' }), undefined, false],
  ])('%s', (_, judged, declared, surprise) => {
    expect(compare(judged, declared, 'must')).toEqual({ declared: declared === undefined ? 'conforms' : 'deviates', surprise });
  });

  test('a SHOULD gates where it is asked to', () => {
    expect(compare(verdict({ level: 'SHOULD' }), undefined, 'should').surprise).toBe(true);
  });
});

describe('exit status', () => {
  const of = (outcome: Verdict['outcome'], surprise = false, level: Verdict['level'] = 'MUST') => ({ outcome, surprise, level });

  test.each([
    ['0: all as declared', [of('pass'), of('fail')], 'must', 0],
    ['1: a surprise', [of('pass'), of('fail', true)], 'must', 1],
    ['2: a MUST that could not be judged', [of('pass'), of('inconclusive')], 'must', 2],
    ['0: a SHOULD that could not be judged does not gate', [of('pass'), of('inconclusive', false, 'SHOULD')], 'must', 0],
    ['2: unless it is asked to', [of('pass'), of('inconclusive', false, 'SHOULD')], 'should', 2],
    ['2: nothing was judged', [of('not-run'), of('unsupported')], 'must', 2],
    ['1 beats 2', [of('inconclusive'), of('fail', true)], 'must', 1],
  ] as const)('%s', (_, verdicts, gate, status) => {
    expect(exitOf(verdicts, gate).status).toBe(status);
  });
});

describe('version ranges', () => {
  test.each([
    ['3.10.25', '>=3.8 <4', true],
    ['4.0.7', '>=3.8 <4', false],
    ['4.0.7', '4.0', true],
    ['4.1.0', '4.0', false],
    ['4.1.0', '4.x', true],
    ['4.0.7', '^4.0.1', true],
    ['5.0.0', '^4.0.1', false],
    ['4.0.9', '~4.0.3', true],
    ['4.1.0', '~4.0.3', false],
    ['3.9.1', '<3.8 || >=3.9', true],
    ['3.8.5', '<3.8 || >=3.9', false],
    ['3.8.5', '<=3.8', true],
    ['3.9.0', '>3.8', true],
    ['3.8.9', '>3.8', false],
    ['4.0.0-beta.2', '>= 4.0', true],
    ['1.2.3', '*', true],
    ['0.3.1', '^0.3', true],
    ['0.4.0', '^0.3', false],
    ['unknown', '*', undefined],
    ['1.0.0', 'latest', undefined],
  ])('%s in %s: %s', (version, range, expected) => {
    expect(inRange(version, range)).toBe(expected);
  });
});
