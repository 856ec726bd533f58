import { describe, expect, test } from 'vitest';
import type { Rule } from '../spec/rule.ts';
import { buildRecord, type RecordInput } from './record.ts';
import { exitOf, type VerdictRecord } from './record-verdicts.ts';

const rules = {
  'amqp091/a.one': {
    source: [{ kind: 'text', section: '1' }],
    section: '1',
    statement: 'One.',
    duties: { emit: { level: 'MUST', shown: 'wire' }, enforce: { level: 'SHOULD', shown: 'wire' } },
  },
  'amqp091/a.two': {
    source: [{ kind: 'text', section: '2' }],
    section: '2',
    statement: 'Two.',
    duties: { enforce: { level: 'SHOULD', shown: 'wire' }, 'client-emit': { level: 'MUST', shown: 'wire' } },
  },
  'amqp091/a.client': {
    source: [{ kind: 'text', section: '3' }],
    section: '3',
    statement: 'Three.',
    duties: { 'client-emit': { level: 'MUST', shown: 'wire' } },
  },
  'amqp091/a.dark': {
    source: [{ kind: 'text', section: '4' }],
    section: '4',
    statement: 'Four.',
    duties: { emit: { level: 'MUST', shown: 'untestable', reason: 'disks are not on the wire' } },
  },
} as const satisfies Record<string, Rule>;

const passing: VerdictRecord = {
  check: 'amqp091/a/one',
  title: 'does one thing',
  outcome: 'pass',
  declared: 'conforms',
  surprise: false,
  rule: 'amqp091/a.one',
  duties: ['amqp091/a.one:emit'],
  level: 'MUST',
  reaction: 'queue.declare-ok',
  ending: { kind: 'open' },
  alive: null,
  legal: [],
  transcript: [],
  durationMs: 1,
  replay: 'amqpspec replay amqp091/a/one',
};

function record(verdicts: readonly VerdictRecord[], more: Partial<RecordInput> = {}) {
  return buildRecord({
    tool: { name: 'amqpspec', version: '0.0.0' },
    target: { url: 'amqp://u:p@h/', kind: 'url', product: null, version: null, protocols: [], capabilities: {}, properties: {} },
    seed: 1,
    startedAt: new Date(0),
    durationMs: 1.6,
    rules,
    checks: [],
    verdicts,
    ...more,
  });
}

const ruleOf = (made: ReturnType<typeof record>, id: string) => made.rules.find(rule => rule.id === id);

describe('the ledger of rules', () => {
  test('a pass keeps the rules whose duties the check owns, and only those', () => {
    const made = record([passing]);
    expect(ruleOf(made, 'amqp091/a.one')).toMatchObject({ verdict: 'pass', level: 'MUST', checks: ['amqp091/a/one'] });
    expect(ruleOf(made, 'amqp091/a.one')?.duties.map(duty => duty.verdict)).toEqual(['pass', 'untested']);
    expect(ruleOf(made, 'amqp091/a.two')).toMatchObject({ verdict: 'untested', why: 'no check shows it yet' });
  });

  test('a failure counts against the rule that decided it, also where the check owns no duty of it', () => {
    const made = record([{ ...passing, outcome: 'fail', rule: 'amqp091/a.two' }]);
    expect(ruleOf(made, 'amqp091/a.two')).toMatchObject({ verdict: 'fail', checks: ['amqp091/a/one'] });
    expect(ruleOf(made, 'amqp091/a.one')).toMatchObject({ verdict: 'untested', why: 'amqp091/a/one failed by another rule' });
  });

  test('one failing check breaks a rule that another check kept', () => {
    const made = record([passing, { ...passing, check: 'amqp091/a/other', outcome: 'fail' }]);
    expect(ruleOf(made, 'amqp091/a.one')?.verdict).toBe('fail');
  });

  test('says why a rule was not tested', () => {
    const made = record([{ ...passing, outcome: 'inconclusive', reason: 'peer-slow' }], {
      checks: [{ id: 'amqp091/a/left-out', duties: ['amqp091/a.two:enforce' as never] }],
    });
    expect(made.rules.map(rule => rule.why)).toEqual([
      'amqp091/a/one is inconclusive: peer-slow',
      'its checks were not selected',
      'binds the client only, which a run against a broker does not judge',
      'disks are not on the wire',
    ]);
  });

  test('counts the rules that bind a server at each level of its duties', () => {
    const { must, should, may } = record([passing]).summary.rules;
    expect(must).toEqual({ total: 2, pass: 1, fail: 0, untested: 1, unshowable: 1 });
    expect(should).toEqual({ total: 2, pass: 0, fail: 0, untested: 2, unshowable: 0 });
    expect(may.total).toBe(0);
  });

  test('a SHOULD that was not kept breaks no MUST of the same rule', () => {
    const failing: VerdictRecord = { ...passing, check: 'amqp091/a/should', duties: ['amqp091/a.one:enforce'], level: 'SHOULD', outcome: 'fail' };
    const { must, should } = record([passing, failing]).summary.rules;
    expect([must.pass, must.fail]).toEqual([1, 0]);
    expect([should.pass, should.fail]).toEqual([0, 1]);
  });

  test('a failure of a level that the rule has not counts at its strictest', () => {
    const { must, may } = record([{ ...passing, outcome: 'fail', level: 'MAY' }]).summary.rules;
    expect([must.fail, may.fail]).toEqual([1, 0]);
  });
});

describe('the exit status', () => {
  const open: VerdictRecord = { ...passing, outcome: 'inconclusive' };

  test.each([
    ['all as declared', [passing], 'must', 0],
    ['a declared failure', [{ ...passing, outcome: 'fail', declared: 'deviates' }], 'must', 0],
    ['a surprise beats what could not be judged', [open, { ...passing, surprise: true }], 'must', 1],
    ['a gated MUST could not be judged', [passing, open], 'must', 2],
    ['a SHOULD could not be judged', [passing, { ...open, level: 'SHOULD' }], 'must', 0],
    ['a SHOULD that gates could not be judged', [passing, { ...open, level: 'SHOULD' }], 'should', 2],
    ['nothing was judged', [{ ...passing, outcome: 'unsupported' }], 'must', 2],
    ['there was no check', [], 'must', 2],
  ] as const)('%s', (_, verdicts, gate, status) => {
    expect(exitOf(verdicts, gate).status).toBe(status);
  });
});

describe('declarations', () => {
  const failing: VerdictRecord = { ...passing, outcome: 'fail', declared: 'deviates' };
  const declaration = { id: passing.check, kind: 'check', checks: [passing.check], outcome: 'fail', reason: 'known', origin: 'expect.yaml' } as const;

  test.each([
    ['met', [failing]],
    ['stale', [{ ...failing, outcome: 'pass', surprise: true }]],
    ['changed', [{ ...failing, surprise: true }]],
    ['unjudged', [{ ...failing, outcome: 'inconclusive' }]],
    ['unjudged', []],
  ] as const)('%s', (state, verdicts) => {
    expect(record(verdicts, { declarations: [declaration] }).declarations).toEqual([{ ...declaration, state }]);
  });
});

test('of the target a record keeps what it knows, as plain JSON', () => {
  const properties = { big: 2n ** 63n, small: 7n, octets: Uint8Array.of(1, 255), at: new Date(0), odd: [Number.NaN, undefined], none: null };
  const target = {
    url: 'amqp://u:p@h/',
    kind: 'url',
    product: 'X',
    version: null,
    protocols: [],
    capabilities: {},
    properties,
    roundTripMs: 2,
    socket: {},
  } as const;
  expect(record([], { target }).target).toStrictEqual({
    url: 'amqp://u:***@h/',
    kind: 'url',
    product: 'X',
    version: null,
    protocols: [],
    capabilities: {},
    properties: { big: '9223372036854775808', small: 7, octets: '0x01ff', at: '1970-01-01T00:00:00.000Z', odd: ['NaN', 'undefined'], none: null },
    roundTripMs: 2,
  });
});

test('a record is plain JSON, sorted by check, and free of the password', () => {
  const made = record([{ ...passing, check: 'amqp091/b/two' }, passing]);
  expect(JSON.parse(JSON.stringify(made))).toStrictEqual(made);
  expect(made.verdicts.map(verdict => verdict.check)).toEqual(['amqp091/a/one', 'amqp091/b/two']);
  expect(made.target.url).toBe('amqp://u:***@h/');
  expect(made.durationMs).toBe(2);
});
