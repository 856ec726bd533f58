import { createHash } from 'node:crypto';
import type { Finding, RunRecord } from '../harness/check/record.ts';
import { findingFacts } from './fuzz.ts';
import { visible } from './words.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** How bad, in Allure's words. */
const grave = ['crash', 'hang', 'balloon', 'bystander harmed'];

/** A finding as a failed result of Allure, with the text of its case attached. */
export function findingFiles(record: RunRecord, finding: Finding, uuid: string): Readonly<Record<string, object | string>> {
  const { id, subject, protocol, severity, title, text, replay, rule } = finding;
  const start = Date.parse(record.startedAt);
  const source = `${uuid}-case-attachment.txt`;
  const suite = `Fuzzing AMQP ${protocol}`;
  const labels = {
    parentSuite: suite,
    suite: subject,
    epic: suite,
    feature: severity,
    story: rule ?? severity,
    package: `fuzz.${subject}`,
    testMethod: id,
    severity: grave.includes(severity) ? 'blocker' : 'critical',
    tag: severity,
    framework: 'amqpspec',
  };
  const facts = [...findingFacts(finding), ['replay', visible(replay)] as const];
  const result = {
    uuid,
    historyId: hash(id),
    testCaseId: hash(id),
    fullName: `fuzz/${subject}/${id}`,
    name: visible(title),
    status: 'failed',
    statusDetails: {
      known: false,
      message: `Found by fuzzing: ${severity}: ${visible(title)}`,
      trace: facts.map(([name, value]) => `${name}: ${value}`).join('\n'),
    },
    stage: 'finished',
    start,
    stop: start,
    labels: Object.entries(labels).map(([name, value]) => ({ name, value })),
    parameters: facts.map(([name, value]) => ({ name, value })),
    attachments: [{ name: 'Case', source, type: 'text/plain' }],
  };
  return { [`${uuid}-result.json`]: result, [source]: text };
}
