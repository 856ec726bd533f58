import { join, relative } from 'node:path';
import { visible } from '../../reports/words.ts';
import { buildRecord, type Finding, type RecordInput, type RunRecord } from '../check/record.ts';
import { saveFinding } from '../fuzz/case-file.ts';
import type { FuzzFinding, FuzzProtocol } from '../fuzz/finding.ts';
import { version } from '../version.ts';
import { type Campaign, type CampaignOutcome, wholeOutcome } from './fuzz-campaign.ts';
import { writeState } from './fuzz-state.ts';
import { tellRecord } from './tell.ts';
import type { Terminal } from './terminal.ts';
import { parseFormats, writeReports } from './write-reports.ts';

export const protocolNames: Readonly<Record<FuzzProtocol, string>> = { amqp091: '0-9-1', amqp10: '1.0' };

/** What else of the record a campaign knows: its target, and what checks said of it afterwards. */
export interface HandOver {
  readonly target: RecordInput['target'];
  readonly startedAt: Date;
  /** What follows `amqpspec replay CASE`: the target, or the command. */
  readonly replayWith?: string;
  readonly more?: Partial<Pick<RecordInput, 'verdicts' | 'rules' | 'checks' | 'faults' | 'profile' | 'declarations' | 'measurements' | 'notes' | 'logins'>>;
}

/** Saves findings and state, writes record and reports, and says what a campaign came to. Answers the exit status. */
export async function handOver(campaign: Campaign, part: CampaignOutcome, handed: HandOver, screen: Terminal): Promise<number> {
  const { flags } = campaign;
  const outcome = wholeOutcome(campaign, part);
  const saved = await Promise.all(outcome.findings.map(async finding => ({ ...finding, file: await saveFinding(join(flags.out, 'findings'), finding) })));
  const kept = flags.save === true ? await Promise.all(saved.map(finding => saveFinding(flags.corpus, finding))) : [];
  await writeState(flags.out, stateOf(campaign, outcome));
  const record = recordOf(campaign, { ...outcome, findings: saved }, handed);
  const written = await writeReports(record, flags.out, parseFormats(flags.format));
  // The one JSON value is of the campaign; the record is a file of its own.
  tellRecord(record, written, { ...screen, result: () => undefined });
  if (kept.length > 0) screen.say(`${kept.length === 1 ? 'one case' : `${kept.length} cases`} added to ${flags.corpus}, which is played first from now on`);
  screen.result(resultOf(campaign, { ...outcome, findings: saved }));
  return record.exit.status;
}

function stateOf({ subject, target, version: of, protocols, seed, shard }: Campaign, { next, inputs, seconds, findings, coverage }: CampaignOutcome) {
  const known = { subject, target, ...(of !== undefined && { version: of }), protocols, seed, shard: `${shard.index}/${shard.of}` };
  return { ...known, next, inputs, seconds, findings, coverage };
}

function resultOf({ subject, target, seed }: Campaign, outcome: CampaignOutcome): object {
  const { inputs, seconds, next, findings, replayed, figures, notes } = outcome;
  const named = subject === 'parser' ? { parser: target } : { target };
  return { subject, ...named, seed, inputs, inputsPerSecond: perSecond(outcome), seconds, next, replayed, ...figures, findings, notes };
}

const perSecond = ({ inputs, seconds }: CampaignOutcome): number => (seconds > 0 ? Math.round((10 * inputs) / seconds) / 10 : 0);

function recordOf(campaign: Campaign, outcome: CampaignOutcome, { target, startedAt, replayWith, more = {} }: HandOver): RunRecord {
  const { subject, protocols, seed, shard } = campaign;
  const { inputs, next, replayed, states, departures, coverage } = outcome;
  const names = protocols.map(protocol => protocolNames[protocol]);
  return buildRecord({
    tool: { name: 'amqpspec', version },
    target,
    seed,
    startedAt,
    durationMs: Date.now() - startedAt.getTime(),
    rules: {},
    checks: [],
    verdicts: [],
    ...more,
    notes: [...(more.notes ?? []), ...shortened(outcome.notes).map(text => ({ kind: 'other' as const, text }))],
    measurements: [...(more.measurements ?? []), ...Object.entries(outcome.figures ?? {}).map(([name, value]) => ({ name, value }))],
    selection: { protocol: names.length === 1 ? String(names[0]) : 'all', shard: shard.of === 1 ? null : `${shard.index}/${shard.of}` },
    findings: outcome.findings.map(finding => findingRecord(finding, replayWith)),
    fuzz: { subject, protocols: names, inputs, inputsPerSecond: perSecond(outcome), next, replayed, states, departures, coverage },
  });
}

/** Notes that a report tells; the JSON of the campaign has all. */
const notesMax = 12;

const shortened = (notes: readonly string[]): readonly string[] =>
  notes.length <= notesMax ? notes : [...notes.slice(0, notesMax), `And ${notes.length - notesMax} more, which --json tells.`];

/** Longest text of a case in a record, in characters; the whole of it is in its file. */
const textMax = 65_536;

function findingRecord({ text, file, protocol, ...finding }: FuzzFinding, replayWith?: string): Finding {
  const path = file === undefined ? undefined : relative('', file);
  const cut = text.length > textMax ? `${text.slice(0, text.lastIndexOf('\n', textMax))}\n# the rest stands in the file\n` : text;
  return {
    ...finding,
    protocol: protocolNames[protocol],
    text: cut,
    ...(path !== undefined && { case: path }),
    replay: visible(['amqpspec replay', path ?? finding.id, ...(replayWith === undefined ? [] : [replayWith])].join(' ')),
  };
}
