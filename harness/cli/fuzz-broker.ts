import { visible } from '../../reports/words.ts';
import type { Json } from '../check/json.ts';
import { loginsOf, redactUrl } from '../check/record-secrets.ts';
import { spoken10 } from '../fuzz/conversation/amqp10/grounds.ts';
import { spoken091 } from '../fuzz/conversation/amqp091/grounds.ts';
import { fuzzBroker } from '../fuzz/conversation/campaign.ts';
import type { CampaignReport } from '../fuzz/conversation/campaign-options.ts';
import type { SpokenProtocol } from '../fuzz/conversation/grounds.ts';
import { prefixOf } from '../probe/names.ts';
import { Stop } from '../probe/stop.ts';
import { survey } from '../probe/survey.ts';
import { factsOf } from '../run.ts';
import type { Protocol } from '../spec/catalogue.ts';
import type { Target } from '../target/target.ts';
import { CommandError } from './errors.ts';
import { basicSlice } from './fuzz-afterwards.ts';
import { announce, type Campaign, type CampaignFlags, type CampaignOutcome, openCampaign, progressTeller } from './fuzz-campaign.ts';
import { declaredOf } from './fuzz-declared.ts';
import { memoryWatch } from './fuzz-memory.ts';
import { ownsIt } from './fuzz-reach.ts';
import { handOver } from './fuzz-report.ts';
import type { Invocation } from './invocation.ts';
import { resolveTarget, type TargetOptions } from './resolve-target.ts';
import { type Terminal, terminal } from './terminal.ts';

export interface FuzzBrokerOptions extends CampaignFlags, TargetOptions {
  readonly protocol: Protocol | 'all';
  readonly rate?: number;
  readonly iOwnThisBroker?: boolean;
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
export async function execute({ words, options, given }: Invocation): Promise<number> {
  const flags = options as unknown as FuzzBrokerOptions;
  const screen = await terminal(flags);
  const name = words[0] === undefined ? undefined : String(words[0]);
  await ownsIt(name, flags.iOwnThisBroker === true);
  await using target = await resolveTarget(name, flags);
  const seen = await survey(target).catch((error: unknown) => {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  });
  const speeches = await protocolsOf(flags.protocol, seen.protocols, target.url);
  const shown = `${redactUrl(target.url)}${seen.product === null ? '' : ` (${[seen.product, seen.version].filter(each => each !== null).join(' ')})`}`;
  const campaign = await openCampaign(flags, given, {
    subject: 'broker',
    // The port of one that was started for the campaign is another each time.
    target: target.kind === 'url' ? redactUrl(target.url) : (name ?? 'reference'),
    ...(seen.version !== null && { version: seen.version }),
    protocols: [speeches[0], ...speeches.slice(1)].map(({ speech }) => speech.protocol),
  });
  const startedAt = new Date();
  announce(campaign, screen, shown);
  screen.say(`all names begin with ${prefixOf(`fuzz${campaign.seed.toString(36)}`)}`);
  const report = await played(target, speeches, { campaign, flags, screen, version: target.profileVersion ?? seen.version });
  const after = await basicSlice(target, seen.protocols, campaign.seed, seen.version);
  screen.settle();
  for (const { finding, reason } of report.declared) screen.say(`${screen.colors.dim('declared')}  ${visible(finding.title)} (${reason})`);
  const handed = { target: { ...factsOf(seen), url: target.url, kind: target.kind, properties: seen.properties as Readonly<Record<string, Json>> }, startedAt };
  const replayWith = target.kind === 'reference' ? {} : { replayWith: target.kind === 'url' ? redactUrl(target.url) : String(name) };
  return handOver(campaign, outcomeOf(report, speeches), { ...handed, ...replayWith, more: { ...after, logins: loginsOf(target) } }, screen);
}

async function played(
  target: Target,
  protocols: readonly [SpokenProtocol, ...SpokenProtocol[]],
  { campaign, flags, screen, version }: { campaign: Campaign; flags: FuzzBrokerOptions; screen: Terminal; version: string | null },
): Promise<CampaignReport> {
  const closeMs = target.profile?.budgets?.close;
  const { seed, timeMs, runs, shard, from, corpus } = campaign;
  const tell = progressTeller(screen, campaign);
  try {
    return await fuzzBroker({
      target,
      protocols,
      seed,
      timeMs,
      corpus,
      // A shard has every so many conversations, from its own on.
      from: from === 0 ? shard.index - 1 : from,
      step: shard.of,
      signal: interruptible(screen),
      declared: declaredOf(target.profile, version),
      watch: memoryWatch(target),
      ...(closeMs !== undefined && { closeMs }),
      ...(runs !== undefined && { runs }),
      ...(flags.rate !== undefined && { rate: flags.rate }),
      onProgress: ({ conversations, conversationsPerSecond, states, pairs, findings }) =>
        tell({ inputs: conversations, inputsPerSecond: conversationsPerSecond, findings, states, pairs }),
    });
  } catch (error) {
    if (error instanceof Stop) throw new CommandError(`${redactUrl(target.url)} does not let the campaign begin: ${error.message}`);
    throw error;
  }
}

function outcomeOf(report: CampaignReport, speeches: readonly SpokenProtocol[]): CampaignOutcome {
  const { conversations, departures, seconds, next, findings, replayed, coverage, notes } = report;
  return {
    inputs: conversations,
    seconds,
    next,
    findings,
    replayed,
    states: [...new Set(speeches.flatMap(({ speech }) => speech.states))],
    departures: [...new Set(speeches.flatMap(({ speech }) => speech.departures))],
    coverage,
    figures: { departures, departuresPerSecond: Math.round(departures / Math.max(seconds, 0.001)) },
    notes,
  };
}
