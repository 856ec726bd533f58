import { randomInt } from 'node:crypto';
import { visible } from '../../reports/words.ts';
import { saveFinding } from '../fuzz/case-file.ts';
import { spoken10 } from '../fuzz/conversation/amqp10/grounds.ts';
import { spoken091 } from '../fuzz/conversation/amqp091/grounds.ts';
import { fuzzBroker } from '../fuzz/conversation/campaign.ts';
import type { CampaignReport } from '../fuzz/conversation/campaign-options.ts';
import type { SpokenProtocol } from '../fuzz/conversation/grounds.ts';
import type { FuzzFinding } from '../fuzz/finding.ts';
import { prefixOf } from '../probe/names.ts';
import { Stop } from '../probe/stop.ts';
import { survey } from '../probe/survey.ts';
import type { Protocol } from '../spec/catalogue.ts';
import type { Target } from '../target/target.ts';
import { CommandError, exitStatus } from './errors.ts';
import { basicSlice } from './fuzz-afterwards.ts';
import { parseDuration } from './fuzz-campaign.ts';
import { declaredOf } from './fuzz-declared.ts';
import { memoryWatch } from './fuzz-memory.ts';
import { ownsIt } from './fuzz-reach.ts';
import type { Invocation } from './invocation.ts';
import { resolveTarget, type TargetOptions } from './resolve-target.ts';
import { type SharedOptions, type Terminal, terminal } from './terminal.ts';

export interface FuzzBrokerOptions extends SharedOptions, TargetOptions {
  readonly protocol: Protocol | 'all';
  readonly time: string;
  readonly runs?: number;
  readonly seed?: number;
  readonly rate?: number;
  readonly iOwnThisBroker?: boolean;
  readonly out: string;
}

/** By protocol; loaded where it is spoken. */
const spoken: Readonly<Record<Protocol, () => Promise<SpokenProtocol>>> = {
  '0-9-1': async () => spoken091,
  '1.0': async () => spoken10,
};

/** What of the target's protocols is to be fuzzed. */
async function protocolsOf(wanted: Protocol | 'all', served: readonly Protocol[], url: string): Promise<readonly [SpokenProtocol, ...SpokenProtocol[]]> {
  const asked = served.filter(each => wanted === 'all' || wanted === each);
  const [first, ...others] = await Promise.all(asked.flatMap(each => spoken[each]()));
  if (first === undefined) throw new CommandError(`${url} speaks AMQP ${served.join(' and ')}: there is nothing to fuzz of what was asked for.`);
  return [first, ...others];
}

/** The first Ctrl-C ends the campaign in order, the second at once. */
function interruptible(screen: Terminal): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      screen.warn('Ending: what was found is told, what was made is removed. Once more ends at once.');
      controller.abort();
    });
  }
  return controller.signal;
}

/** `amqpspec fuzz broker [TARGET]`. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const given = options as unknown as FuzzBrokerOptions;
  const screen = await terminal(given);
  const name = words[0] === undefined ? undefined : String(words[0]);
  const timeMs = parseDuration(given.time);
  const seed = given.seed ?? randomInt(2 ** 31);
  await ownsIt(name, given.iOwnThisBroker === true);
  await using target = await resolveTarget(name, given);
  const { version, product, protocols } = await survey(target).catch((error: unknown) => {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  });
  const speeches = await protocolsOf(given.protocol, protocols, target.url);
  screen.say(
    `fuzzing ${target.url}${product === null ? '' : ` (${[product, version].filter(each => each !== null).join(' ')})`} for ${given.time}, seed ${seed}; all names begin with ${prefixOf(`fuzz${seed.toString(36)}`)}`,
  );
  const report = await campaign(target, speeches, { given, timeMs, seed, screen, version: target.profileVersion ?? version });
  const after = await basicSlice(target, protocols, seed, version);
  return await tell(report, after, { screen, out: given.out, url: target.url, seed });
}

async function campaign(
  target: Target,
  protocols: readonly [SpokenProtocol, ...SpokenProtocol[]],
  { given, timeMs, seed, screen, version }: { given: FuzzBrokerOptions; timeMs: number; seed: number; screen: Terminal; version: string | null },
): Promise<CampaignReport> {
  const closeMs = target.profile?.budgets?.close;
  let told = 0;
  try {
    return await fuzzBroker({
      target,
      protocols,
      seed,
      timeMs,
      signal: interruptible(screen),
      declared: declaredOf(target.profile, version),
      watch: memoryWatch(target),
      ...(closeMs !== undefined && { closeMs }),
      ...(given.runs !== undefined && { runs: given.runs }),
      ...(given.rate !== undefined && { rate: given.rate }),
      onProgress: ({ conversations, departures, conversationsPerSecond, states, pairs, findings }) => {
        told += 1;
        const line = `${conversations} conversations, ${Math.round(conversationsPerSecond)} a second, ${departures} departures of ${pairs} kinds in ${states} states, ${findings} findings`;
        screen.progress(line, told % 10 === 0);
      },
    });
  } catch (error) {
    if (error instanceof Stop) throw new CommandError(`${target.url} does not let the campaign begin: ${error.message}`);
    throw error;
  }
}

async function tell(
  report: CampaignReport,
  after: readonly string[],
  { screen, out, url, seed }: { screen: Terminal; out: string; url: string; seed: number },
): Promise<number> {
  screen.settle();
  const findings: FuzzFinding[] = [];
  for (const finding of report.findings) {
    const file = await saveFinding(out, finding);
    findings.push({ ...finding, file });
    const { severity, title, departure, state, rule } = finding;
    screen.warn(`${screen.colors.red(severity)}  ${visible(title)}`);
    screen.warn(`  ${departure ?? 'nothing out of the ordinary'}, in ${state}${rule === undefined ? '' : `, ${rule}`}`);
    screen.warn(`  replay: amqpspec replay ${file} ${url}`);
  }
  for (const { finding, reason } of report.declared) screen.say(`${screen.colors.dim('declared')}  ${visible(finding.title)} (${reason})`);
  for (const note of report.notes) screen.say(`note  ${visible(note)}`);
  for (const sentence of after) screen.warn(`${screen.colors.red('afterwards')}  ${visible(sentence)}`);
  const { conversations, departures, seconds, coverage } = report;
  const each = (count: number): number => Math.round(count / Math.max(seconds, 0.001));
  const sums = `${conversations} conversations (${each(conversations)} a second), ${departures} departures (${each(departures)} a second)`;
  screen.say(`${sums} of ${coverage.length} kinds by state, ${findings.length} findings, ${report.declared.length} declared`);
  screen.result({ target: url, seed, ...report, findings, afterwards: after });
  return findings.length === 0 && after.length === 0 ? exitStatus.asDeclared : exitStatus.surprise;
}
