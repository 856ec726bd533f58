import { XMLBuilder } from 'fast-xml-parser';
import type { RunRecord } from '../harness/check/record.ts';
import type { RuleRecord } from '../harness/check/record-rules.ts';
import type { VerdictRecord } from '../harness/check/record-verdicts.ts';
import { fuzzSuites } from './junit-fuzz.ts';
import { pairSuites } from './junit-interop.ts';
import { areasOf, declarationOf, groupOf, placeOf, productOf, ruleIndex } from './summarize.ts';
import { decodedLines } from './wire-log.ts';
import { answerWords, counterexampleLines, endingWords, reasonWords, visible } from './words.ts';

type Attributes = Readonly<Record<`@${string}`, string | number>>;
type Node = Readonly<Record<string, unknown>>;

/**
 * The run as JUnit XML, one suite per area of a protocol. It is red where the exit status is: surprises are failures and what could not be judged is an
 * error. What failed as declared, or below the level that gates, is skipped and says so, as other tools do with expected failures.
 */
export function renderJunit(record: RunRecord): string {
  const rules = ruleIndex(record);
  const suites = areasOf(record.verdicts).map((area, id) => suite(record, rules, area, id));
  const exchanges = pairSuites(record, suites.length);
  const others = [...exchanges, ...fuzzSuites(record, suites.length + exchanges.length)];
  const document = {
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: { '@name': line(`${record.tool.name}: ${productOf(record)}`), ...joined(totals(record.verdicts), others), testsuite: [...suites, ...others] },
  };
  const builder = new XMLBuilder({
    attributeNamePrefix: '@',
    ignoreAttributes: false,
    suppressBooleanAttributes: false,
    suppressEmptyNode: true,
    format: true,
  });
  return builder.build(document);
}

/** What a verdict is in JUnit's words. */
function kindOf(verdict: VerdictRecord): 'failure' | 'error' | 'skipped' | 'passed' {
  const group = groupOf(verdict);
  if (group === 'surprises') return 'failure';
  if (group === 'inconclusive') return 'error';
  return group === 'passed' ? 'passed' : 'skipped';
}

function totals(verdicts: readonly VerdictRecord[]): Attributes {
  const of = (kind: ReturnType<typeof kindOf>) => verdicts.filter(verdict => kindOf(verdict) === kind).length;
  return {
    '@tests': verdicts.length,
    '@failures': of('failure'),
    '@errors': of('error'),
    '@time': seconds(verdicts.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
}

/** The totals of all suites. Exchanges of clients take no time of their own. */
function joined(own: Attributes, pairs: readonly Node[]): Attributes {
  const sum = (name: '@tests' | '@failures') => pairs.reduce((total, pair) => total + Number(pair[name]), Number(own[name]));
  return { ...own, '@tests': sum('@tests'), '@failures': sum('@failures') };
}

function suite(record: RunRecord, rules: ReadonlyMap<string, RuleRecord>, area: string, id: number): Node {
  const verdicts = record.verdicts.filter(({ check }) => check.startsWith(`${area}/`));
  const properties = { target: record.target.url, product: productOf(record), seed: record.seed, tool: `${record.tool.name} ${record.tool.version}` };
  return {
    '@name': area.replace('/', '.'),
    '@id': id,
    ...totals(verdicts),
    '@skipped': verdicts.filter(verdict => kindOf(verdict) === 'skipped').length,
    '@timestamp': record.startedAt.replace(/(\.\d+)?Z$/, ''),
    '@hostname': hostname(record.target.url),
    properties: { property: Object.entries(properties).map(([name, value]) => ({ '@name': name, '@value': line(String(value)) })) },
    testcase: verdicts.map(verdict => testcase(record, rules.get(verdict.rule), verdict)),
  };
}

function testcase(record: RunRecord, rule: RuleRecord | undefined, verdict: VerdictRecord): Node {
  const { protocol, area, slug } = placeOf(verdict.check);
  const kind = kindOf(verdict);
  const told =
    kind === 'passed'
      ? {}
      : { [kind]: { '@message': line(message(record, verdict)), ...(kind === 'skipped' ? {} : { '@type': type(verdict), '#text': story(rule, verdict) }) } };
  const log = kind === 'skipped' && verdict.outcome === 'fail' ? { 'system-out': story(rule, verdict) } : {};
  return { '@name': slug, '@classname': `${protocol}.${area}`, '@time': seconds(verdict.durationMs), ...told, ...log };
}

const type = (verdict: VerdictRecord) =>
  verdict.outcome === 'inconclusive' ? (verdict.reason ?? 'inconclusive') : verdict.outcome === 'pass' ? 'stale-declaration' : verdict.level;

function message(record: RunRecord, verdict: VerdictRecord): string {
  switch (groupOf(verdict)) {
    case 'declared':
      return `${verdict.outcome} as declared: ${declarationOf(record, verdict.check)?.reason ?? verdict.reaction}`;
    case 'advisory':
      return `${verdict.level} not kept, which does not gate: ${verdict.message ?? verdict.reaction}`;
    case 'surprises':
      return verdict.message ?? verdict.reaction;
    default:
      return reasonWords(verdict);
  }
}

function story(rule: RuleRecord | undefined, verdict: VerdictRecord): string {
  const lines = [
    `check:     ${verdict.check} (${verdict.title})`,
    `rule:      ${verdict.level} ${verdict.rule}${rule === undefined ? '' : `, section ${rule.section}: ${rule.statement}`}`,
    ...(verdict.legal.length === 0 ? [] : [`expected:  ${[...new Set(verdict.legal.map(answerWords))].join(', or ')}`]),
    `came back: ${verdict.reaction}`,
    `ended:     ${endingWords(verdict.ending)}`,
    ...(verdict.alive === false ? ['harm:      a bystander connection no longer worked afterwards'] : []),
    `replay:    ${verdict.replay}`,
    ...(verdict.counterexample === undefined ? [] : counterexampleLines(verdict.counterexample)),
    ...decodedLines(verdict.transcript),
  ];
  return lines.map(visible).join('\n');
}

const seconds = (ms: number) => (ms / 1000).toFixed(3);

const line = (text: string) => visible(text.replaceAll('\n', ' '));

const hostname = (url: string) => (URL.canParse(url) ? new URL(url).hostname : 'unknown');
