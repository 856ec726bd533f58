import { fuzzClient, protocolOf } from '../client/fuzz/campaign.ts';
import { healthyPlay } from '../client/judge-client.ts';
import { spokenBy } from '../client/spoken.ts';
import { commandIn, ending, lineOf, nothingDone, stageFor } from './client.ts';
import { announce, type CampaignFlags, openCampaign, progressTeller } from './fuzz-campaign.ts';
import { handOver } from './fuzz-report.ts';
import type { Invocation } from './invocation.ts';
import { terminal } from './terminal.ts';

interface FuzzClientOptions extends CampaignFlags {
  readonly protocol?: '0-9-1' | '1.0';
  readonly concurrency: number;
}

/** `amqpspec fuzz client -- CMD`. */
export async function execute({ words, options, given }: Invocation): Promise<number> {
  const flags = options as unknown as FuzzClientOptions;
  const command = commandIn(words);
  const screen = await terminal(flags);
  const stage = stageFor(command);
  const speech = await spokenBy(stage, flags.protocol);
  if ('words' in speech) throw nothingDone(command, speech.words);
  const { healthy, words: said } = await healthyPlay(speech, stage);
  if (healthy === undefined) throw nothingDone(command, said);
  const target = lineOf(command);
  const campaign = await openCampaign(flags, given, { subject: 'client', target, protocols: [protocolOf(speech)] });
  announce(campaign, screen);
  const startedAt = new Date();
  const tell = progressTeller(screen, campaign);
  const { seed, timeMs, runs, shard, from, corpus } = campaign;
  const report = await fuzzClient({
    speech,
    stage,
    healthy,
    target,
    seed,
    timeMs,
    ...(runs !== undefined && { runs }),
    from: from === 0 ? shard.index - 1 : from,
    step: shard.of,
    concurrency: flags.concurrency,
    corpus,
    signal: ending(undefined, screen),
    onProgress: ({ inputs, findings }) => tell({ inputs, inputsPerSecond: (1000 * inputs) / (Date.now() - startedAt.getTime()), findings }),
  });
  screen.settle();
  const facts = { url: target, kind: 'client' as const, product: healthy.product ?? null, version: healthy.version ?? null };
  const handed = {
    target: { ...facts, protocols: [speech.protocol], capabilities: {}, properties: healthy.properties },
    startedAt,
    replayWith: `-- ${target}`,
  };
  return handOver(
    campaign,
    { ...report, states: [...new Set(report.coverage.map(({ state }) => state))], departures: [...new Set(report.coverage.map(({ departure }) => departure))] },
    handed,
    screen,
  );
}
