import { wireLogText } from '../../reports/wire-log.ts';
import { visible } from '../../reports/words.ts';
import { loginsOf, redactTranscript, redactUrl } from '../check/record-secrets.ts';
import { type CaseFile, readCaseFile } from '../fuzz/case-file.ts';
import type { SpokenProtocol } from '../fuzz/conversation/grounds.ts';
import { type BrokerReplay, replayBrokerCase } from '../fuzz/conversation/replay.ts';
import type { FuzzProtocol } from '../fuzz/finding.ts';
import { CaseError, type CaseReplay, ParserError, replayParserCase } from '../fuzz/parser/campaign.ts';
import { Stop } from '../probe/stop.ts';
import { CommandError, exitStatus, usage } from './errors.ts';
import { ownsIt } from './fuzz-reach.ts';
import { resolveTarget, type TargetOptions } from './resolve-target.ts';
import type { Terminal } from './terminal.ts';

export interface ReplayCaseOptions extends TargetOptions {
  readonly exec?: string;
  readonly iOwnThisBroker?: boolean;
}

/** Plays a saved fuzz case again, shows its octets and what the subject makes of them. */
export async function replayCase(path: string, target: string | undefined, options: ReplayCaseOptions, screen: Terminal): Promise<number> {
  try {
    const saved = await readCaseFile(path);
    if (saved.subject === 'client') throw usage(`${path} is the case of a client: amqpspec fuzz client plays it first where it lies in the corpus.`);
    if (saved.subject === 'broker') return await brokerCase(saved, target, options, screen);
    if (target !== undefined) throw usage(`${path} is the case of a parser, which it names itself: it takes no target.`);
    return tellParser(await replayParserCase(path, options.exec === undefined ? {} : { exec: options.exec }), screen);
  } catch (error) {
    if (error instanceof CaseError || error instanceof ParserError) throw usage(error.message);
    throw error;
  }
}

function tellOutcome(
  { id }: CaseFile,
  outcome: 'reproduced' | 'gone',
  of: string,
  facts: readonly (readonly [string, string | undefined])[],
  screen: Terminal,
): number {
  const { colors, warn } = screen;
  const gone = outcome === 'gone';
  warn(`${gone ? colors.green('gone') : colors.red('reproduced')}  ${colors.bold(visible(id))}  ${visible(of)}`);
  for (const [name, text] of facts) if (text !== undefined) warn(`  ${colors.dim(name.padEnd(10))} ${visible(text)}`);
  return gone ? exitStatus.asDeclared : exitStatus.surprise;
}

function tellParser({ case: saved, outcome, message, hex, cuts, decoded }: CaseReplay, screen: Terminal): number {
  screen.say(hex);
  for (const line of decoded) screen.say(visible(line));
  const cutAt = cuts.length === 0 ? undefined : cuts.join(', ');
  const status = tellOutcome(
    saved,
    outcome,
    saved.parser,
    [
      [outcome === 'gone' ? 'was' : 'why', message],
      ['cut at', cutAt],
    ],
    screen,
  );
  const { steps: _, ...head } = saved;
  screen.result({ ...head, outcome, message, hex, cuts, decoded });
  return status;
}

const spoken: Readonly<Record<FuzzProtocol, () => Promise<SpokenProtocol>>> = {
  amqp091: async () => (await import('../fuzz/conversation/amqp091/grounds.ts')).spoken091,
  amqp10: async () => (await import('../fuzz/conversation/amqp10/grounds.ts')).spoken10,
};

async function brokerCase(saved: CaseFile, name: string | undefined, options: ReplayCaseOptions, screen: Terminal): Promise<number> {
  await ownsIt(name, options.iOwnThisBroker === true);
  await using target = await resolveTarget(name, options);
  let replay: BrokerReplay;
  try {
    replay = await replayBrokerCase(saved, target, await spoken[saved.protocol]());
  } catch (error) {
    if (error instanceof Stop) throw new CommandError(`${redactUrl(target.url)} does not let the case begin: ${error.message}`);
    throw error;
  }
  const transcript = redactTranscript(replay.transcript, loginsOf(target));
  screen.say(wireLogText(transcript, saved.protocol));
  const { outcome, message, reaction } = replay;
  const facts = [
    [outcome === 'gone' ? 'was' : 'why', message],
    ['came back', reaction],
    ['before', saved.reaction],
    ['departure', saved.departure],
    ['in state', saved.state],
    ['rule', saved.rule],
  ] as const;
  const status = tellOutcome(saved, outcome, redactUrl(target.url), facts, screen);
  const { steps: _, ...head } = saved;
  screen.result({ ...head, outcome, message, reaction: reaction ?? null, transcript });
  return status;
}
