import { createHash } from 'node:crypto';
import type { RunRecord } from '../harness/check/record.ts';
import type { InteropResult } from '../harness/check/record-interop.ts';
import type { RuleRecord } from '../harness/check/record-rules.ts';
import type { VerdictRecord } from '../harness/check/record-verdicts.ts';
import { findingFiles } from './allure-fuzz.ts';
import { exchangeId, groupOfResult, type InteropGroup, interopResults, pairOf } from './interop.ts';
import { declarationOf, groupOf, placeOf, productOf, protocolName, ruleIndex } from './summarize.ts';
import { wireLogText } from './wire-log.ts';
import { answerWords, counterexampleLines, endingWords, reasonWords, visible } from './words.ts';

type Status = 'passed' | 'failed' | 'broken' | 'skipped';

/** An Allure results directory: contents of files by name. Failures that were declared are marked as known and have a category of their own. */
export function renderAllure(record: RunRecord): Readonly<Record<string, string>> {
  const rules = ruleIndex(record);
  const files: Record<string, string> = {
    'categories.json': json(categories),
    'environment.properties': environment(record),
  };
  for (const verdict of record.verdicts) {
    const uuid = uuidOf(`${record.startedAt} ${record.seed} ${verdict.check}`);
    const log = verdict.transcript.length === 0 ? undefined : `${uuid}-wire-log-attachment.txt`;
    const script = verdict.counterexample === undefined ? undefined : `${uuid}-counterexample-attachment.txt`;
    const attachments = [
      ...(script === undefined ? [] : [{ name: 'Counterexample', source: script, type: 'text/plain' }]),
      ...(log === undefined ? [] : [{ name: 'Wire log', source: log, type: 'text/plain' }]),
    ];
    files[`${uuid}-result.json`] = json({ ...result(record, rules.get(verdict.rule), verdict, uuid), attachments });
    if (script !== undefined && verdict.counterexample !== undefined) files[script] = `${counterexampleLines(verdict.counterexample).join('\n')}\n`;
    if (log !== undefined) files[log] = visible(wireLogText(verdict.transcript, placeOf(verdict.check).protocol));
  }
  for (const result of interopResults(record)) {
    const uuid = uuidOf(`${record.startedAt} ${record.seed} ${exchangeId(result)}`);
    files[`${uuid}-result.json`] = json(pairResult(record, result, uuid));
  }
  for (const finding of record.findings) {
    const uuid = uuidOf(`${record.startedAt} ${record.seed} ${finding.id}`);
    for (const [name, contents] of Object.entries(findingFiles(record, finding, uuid))) files[name] = typeof contents === 'string' ? contents : json(contents);
  }
  return files;
}

const marks = {
  declared: 'As declared',
  advisory: 'Does not gate',
  stale: 'Declared to fail, and passed',
  client: 'Known fault of a client',
  observed: 'No standard decides',
  fuzz: 'Found by fuzzing',
} as const;

/** How Allure sorts what is not green. It files a result under every category that matches, so each message matches one. */
const categories = [
  { name: 'Failed as declared', matchedStatuses: ['failed'], messageRegex: `(?s)${marks.declared}: .*` },
  { name: 'Stale declarations', matchedStatuses: ['failed'], messageRegex: `(?s)${marks.stale}: .*` },
  { name: 'Rules broken below the level that gates', matchedStatuses: ['failed'], messageRegex: `(?s)${marks.advisory}: .*` },
  {
    name: 'Pairs of clients: known faults of a client, or no standard decides',
    matchedStatuses: ['failed'],
    messageRegex: `(?s)(${marks.client}|${marks.observed}): .*`,
  },
  { name: 'Found by fuzzing', matchedStatuses: ['failed'], messageRegex: `(?s)${marks.fuzz}: .*` },
  { name: 'Rules broken', matchedStatuses: ['failed'], messageRegex: `(?s)(?!(${Object.values(marks).join('|')}): ).*` },
  { name: 'Could not be judged', matchedStatuses: ['broken'] },
  { name: 'Not supported, nothing to judge, or not run', matchedStatuses: ['skipped'] },
];

function statusOf(verdict: VerdictRecord): Status {
  if (verdict.surprise || verdict.outcome === 'fail') return 'failed';
  if (verdict.outcome === 'inconclusive') return 'broken';
  return verdict.outcome === 'pass' ? 'passed' : 'skipped';
}

function messageOf(record: RunRecord, verdict: VerdictRecord): string {
  const plain = verdict.message ?? verdict.reaction;
  if (verdict.surprise && verdict.outcome === 'pass') return `${marks.stale}: ${plain}`;
  const group = groupOf(verdict);
  if (group === 'declared') return `${marks.declared}: ${declarationOf(record, verdict.check)?.reason ?? plain}`;
  if (group === 'advisory') return `${marks.advisory}: ${plain}`;
  return verdict.outcome === 'fail' ? plain : reasonWords(verdict);
}

function result(record: RunRecord, rule: RuleRecord | undefined, verdict: VerdictRecord, uuid: string): object {
  const start = Date.parse(record.startedAt);
  const status = statusOf(verdict);
  const trace = rule === undefined ? verdict.rule : `${verdict.level} ${rule.id}, section ${rule.section}: ${rule.statement}`;
  const details = { known: groupOf(verdict) === 'declared', message: visible(messageOf(record, verdict)), trace: visible(trace) };
  return {
    uuid,
    historyId: hash(verdict.check),
    testCaseId: hash(verdict.check),
    fullName: verdict.check,
    name: visible(verdict.title),
    status,
    ...(status === 'passed' ? {} : { statusDetails: details }),
    stage: 'finished',
    start,
    stop: start + Math.round(verdict.durationMs),
    labels: labels(rule, verdict),
    parameters: parameters(rule, verdict),
  };
}

function labels(rule: RuleRecord | undefined, verdict: VerdictRecord): { name: string; value: string }[] {
  const { protocol, area, slug } = placeOf(verdict.check);
  const severity = { MUST: 'critical', SHOULD: 'normal', MAY: 'minor' }[verdict.level];
  const suite = `AMQP ${protocolName(protocol)}`;
  const all = {
    parentSuite: suite,
    suite: area,
    epic: suite,
    feature: rule?.section ?? area,
    story: verdict.rule,
    package: `${protocol}.${area}`,
    testMethod: slug,
    severity,
    tag: verdict.level,
    framework: 'amqpspec',
  };
  return Object.entries(all).map(([name, value]) => ({ name, value }));
}

function parameters(rule: RuleRecord | undefined, verdict: VerdictRecord): { name: string; value: string }[] {
  const all = {
    check: verdict.check,
    rule: rule === undefined ? verdict.rule : `${rule.statement} (${rule.id}, section ${rule.section})`,
    expected: [...new Set(verdict.legal.map(answerWords))].join(', or '),
    'came back': verdict.reaction,
    ended: endingWords(verdict.ending),
    bystander: verdict.alive === null ? 'not asked' : verdict.alive ? 'still worked afterwards' : 'no longer worked afterwards',
    replay: verdict.replay,
  };
  return Object.entries(all)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => ({ name, value: visible(value) }));
}

const statusOfPair = {
  surprise: 'failed',
  stale: 'failed',
  advisory: 'failed',
  declared: 'failed',
  client: 'failed',
  observed: 'failed',
  'not-run': 'skipped',
  unsupported: 'skipped',
  pass: 'passed',
} as const satisfies Record<InteropGroup, Status>;

/** An exchange of two clients: what gates nothing has a mark before its message, so that it has a category of its own. */
function pairResult(record: RunRecord, result: InteropResult, uuid: string): object {
  const start = Date.parse(record.startedAt);
  const { case: name, publisher, consumer, message = '', where, declared, level } = result;
  const group = groupOfResult(result);
  const mark = group === 'surprise' || group === 'pass' || group === 'not-run' || group === 'unsupported' ? '' : `${marks[group]}: `;
  const titled = record.interop?.cases.find(({ id }) => id === name);
  const rules = titled?.rules.map(({ pairs, rule }) => `${pairs}: ${rule}`).join(', ') ?? '';
  const told = [declared?.reason, message, where].filter(part => part !== undefined && part !== '').join('; ');
  const place = {
    parentSuite: 'Pairs of clients',
    suite: `${publisher} → ${consumer}`,
    epic: 'Pairs of clients',
    feature: name.split('/')[0] ?? name,
    story: name,
  };
  const more = { package: `interop.${publisher}.${consumer}`, testMethod: name, tag: level, framework: 'amqpspec' };
  const status = statusOfPair[group];
  return {
    uuid,
    historyId: hash(exchangeId(result)),
    testCaseId: hash(exchangeId(result)),
    fullName: exchangeId(result),
    name: visible(`${pairOf(result)}: ${titled?.title ?? name}`),
    status,
    ...(status !== 'passed' && {
      statusDetails: { known: ['declared', 'client', 'observed'].includes(group), message: visible(`${mark}${told}`), trace: visible(rules) },
    }),
    stage: 'finished',
    start,
    stop: start,
    labels: Object.entries({ ...place, ...more }).map(([label, value]) => ({ name: label, value })),
    parameters: [
      { name: 'publishes', value: publisher },
      { name: 'consumes', value: consumer },
    ],
    attachments: [],
  };
}

function environment(record: RunRecord): string {
  const facts = {
    target: record.target.url,
    product: productOf(record),
    profile: record.profile === null ? 'none' : [record.profile.name, record.profile.version].filter(part => part !== null).join(' '),
    protocols: record.target.protocols.join(', '),
    seed: String(record.seed),
    amqpspec: record.tool.version,
    exit: `${record.exit.status}: ${record.exit.reason}`,
  };
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${property(value)}\n`)
    .join('');
}

/** Java properties know backslash escapes and Latin-1 only. */
const property = (value: string) =>
  visible(value.replaceAll('\n', ' ')).replace(/[\\]|[^\x20-\x7e]/g, character =>
    character === '\\' ? '\\\\' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);

const uuidOf = (text: string) => hash(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
