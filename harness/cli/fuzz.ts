import { visible } from '../../reports/words.ts';
import type { FuzzFinding, FuzzProtocol } from '../fuzz/finding.ts';
import { type CampaignReport, fuzzParser, ParserError } from '../fuzz/parser/campaign.ts';
import { type CorpusReplay, replayCorpus } from '../fuzz/parser/corpus.ts';
import { execParser } from '../fuzz/parser/runner.ts';
import { protocolOfBuiltin } from '../fuzz/parser/verdict.ts';
import { CommandError, exitStatus, usage } from './errors.ts';
import { announce, type Campaign, type CampaignFlags, openCampaign, progressTeller } from './fuzz-campaign.ts';
import { handOver, protocolNames } from './fuzz-report.ts';
import type { Invocation } from './invocation.ts';
import { type Terminal, terminal } from './terminal.ts';

interface FuzzOptions extends CampaignFlags {
  readonly exec?: string;
  readonly protocol?: string;
}

/** The one parser that was named: a module or built-in, or a command. */
function parserOf(word: unknown, { exec }: FuzzOptions): string {
  if (exec === undefined && typeof word === 'string') return word;
  if (exec !== undefined && word === undefined) return execParser(exec);
  throw usage(
    exec === undefined ? 'fuzz parser wants a module, a built-in parser, or --exec with a command.' : '--exec is the parser; it takes no module besides.',
  );
}

/** `amqpspec fuzz parser MODULE|builtin:NAME|--exec CMD`. */
export async function execute({ words, options, given }: Invocation): Promise<number> {
  const flags = options as unknown as FuzzOptions;
  const screen = await terminal(flags);
  const parser = parserOf(words[0], flags);
  const protocol = protocolOfBuiltin[parser] ?? (flags.protocol === '1.0' ? 'amqp10' : 'amqp091');
  const campaign = await openCampaign(flags, given, { subject: 'parser', target: parser, protocols: [protocol] });
  const startedAt = new Date();
  announce(campaign, screen);
  const { replayed, report } = await fuzzed(campaign, protocol, screen);
  screen.settle();
  const replayWith = flags.exec === undefined ? {} : { replayWith: `--exec '${flags.exec}'` };
  const target = {
    url: parser,
    kind: 'parser' as const,
    product: parser,
    version: null,
    protocols: [protocolNames[protocol]],
    capabilities: {},
    properties: {},
  };
  return handOver(campaign, outcomeOf(report, replayed), { target, startedAt, ...replayWith }, screen);
}

async function fuzzed(
  { target: parser, corpus, timeMs, seed, runs, from, shard }: Campaign,
  protocol: FuzzProtocol,
  screen: Terminal,
): Promise<{ readonly replayed: CorpusReplay; readonly report: CampaignReport }> {
  const tell = progressTeller(screen, { subject: 'parser' });
  const begun = performance.now();
  try {
    const replayed = await replayCorpus(parser, protocol, corpus);
    const report = await fuzzParser({
      parser,
      protocol,
      timeMs,
      seed,
      from,
      shard,
      ...(runs !== undefined && { inputsMax: Math.max(0, runs - from) }),
      known: replayed.findings.map(({ id }) => id),
      onProgress: ({ inputs, findings }) =>
        tell({ inputs, inputsPerSecond: (1000 * inputs) / (performance.now() - begun), findings: findings + replayed.findings.length }),
    });
    return { replayed, report };
  } catch (error) {
    if (error instanceof ParserError) throw new CommandError(error.message, exitStatus.usage);
    throw error;
  }
}

function outcomeOf(report: CampaignReport, replayed: CorpusReplay) {
  const { inputs, seconds, next, notes } = report;
  const again = new Set(replayed.findings.map(({ id }) => id));
  const findings: readonly FuzzFinding[] = [...replayed.findings, ...report.findings.filter(({ id }) => !again.has(id))];
  return {
    inputs,
    seconds,
    next,
    findings,
    replayed: { cases: replayed.cases, failing: replayed.failing },
    states: [],
    departures: [],
    coverage: [],
    notes: Object.entries(notes)
      .sort(([, one], [, other]) => other - one)
      .map(([note, times]) => `No finding, ${times} times: ${visible(note)}`),
  };
}
