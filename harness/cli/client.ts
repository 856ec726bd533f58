import { buildRecord, type RunRecord } from '../check/record.ts';
import type { Verdict } from '../check/verdict.ts';

import { type Healthy, type Judged, judgeClient } from '../client/judge-client.ts';
import { programSubject } from '../client/process.ts';
import type { ClientSpeech } from '../client/speech.ts';
import { spokenBy } from '../client/spoken.ts';
import type { Stage } from '../client/stage.ts';
import { systemClock } from '../net/clock.ts';
import { idPrefixes, rules } from '../spec/catalogue.ts';
import type { Rule } from '../spec/rule.ts';
import { startBroker } from '../target/reference.ts';
import { version } from '../version.ts';
import { CommandError, exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { picked } from './select.ts';
import { tellRecord } from './tell.ts';
import { type SharedOptions, type Terminal, terminal } from './terminal.ts';
import { parseFormats, prepareFolder, writeReports } from './write-reports.ts';

interface ClientOptions extends SharedOptions {
  readonly protocol?: '0-9-1' | '1.0';
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly level: 'must' | 'should';
  readonly thorough?: boolean;
  readonly concurrency: number;
  readonly deadline?: number;
  readonly out: string;
  readonly format: readonly string[];
}

/** Our own broker and a program of the user's. */
export function stageFor(command: readonly string[]): Stage {
  return { startBroker, startClient: programSubject(command), clock: systemClock };
}

/** The words of a command behind `--`. */
export function commandIn(words: Invocation['words']): readonly string[] {
  const command = words.flatMap(word => word ?? []);
  if (command.length === 0) throw usage('Which client? Write the command that starts it behind --, as in amqpspec client -- node my-client.js.');
  return command;
}

/** What to tell somebody whose client did nothing at all. */
export function nothingDone(command: readonly string[], words: readonly string[]): CommandError {
  const said = words.length === 0 ? 'It wrote nothing.' : `It wrote last: ${words.slice(-3).join(' · ')}`;
  return new CommandError(`${command.join(' ')} never connected to the address in AMQP_URL, so there is nothing to judge. ${said}`, exitStatus.notJudged);
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command as somebody would write it. */
export const lineOf = (command: readonly string[]): string => command.map(quoted).join(' ');

/** `amqpspec client -- CMD`. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const given = options as unknown as ClientOptions;
  const command = commandIn(words);
  const screen = await terminal(given);
  const formats = parseFormats(given.format);
  await prepareFolder(given.out);
  const stage = stageFor(command);
  const startedAt = new Date();
  const speech = await spokenBy(stage, given.protocol);
  if ('words' in speech) throw nothingDone(command, speech.words);
  const selected = picked(speech.cases, given);
  const judged = await judgeClient(speech, stage, {
    selected,
    thorough: given.thorough ?? given.only !== undefined,
    gate: given.level,
    concurrency: given.concurrency,
    replay: id => `amqpspec replay ${id} -- ${lineOf(command)}`,
    signal: ending(given.deadline, screen),
    ...watch(screen, command),
  });
  if (judged.healthy === undefined) throw nothingDone(command, judged.words);
  const record = recordOf(speech, judged, judged.healthy, { command, given, startedAt });
  const written = await writeReports(record, given.out, formats);
  tellRecord(record, written, screen);
  return record.exit.status;
}

/** Ctrl-C, or the deadline, ends it in order: what was judged is written. */
export function ending(deadlineMs: number | undefined, screen: Terminal): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      screen.warn('Ending: what was judged is written. Once more ends at once.');
      controller.abort();
    });
  }
  if (deadlineMs !== undefined) setTimeout(() => controller.abort(), deadlineMs).unref();
  return controller.signal;
}

function watch(screen: Terminal, command: readonly string[]): { onHealthy: (healthy: Healthy) => void; onVerdict: (verdict: Verdict) => void } {
  let done = 0;
  let surprises = 0;
  return {
    onHealthy: ({ product, version: release }) => {
      const name = [product, release].filter(part => part !== undefined).join(' ');
      screen.say(`judging ${command.join(' ')}${name === '' ? '' : ` (${name})`}`);
    },
    onVerdict: verdict => {
      done += 1;
      if (verdict.surprise) {
        surprises += 1;
        screen.progress(`${verdict.check}: ${verdict.outcome}, ${verdict.reaction}`, true);
      }
      screen.progress(`${done} cases, ${surprises} surprises`, done % 20 === 0);
    },
  };
}

interface Circumstances {
  readonly command: readonly string[];
  readonly given: ClientOptions;
  readonly startedAt: Date;
}

function recordOf(speech: ClientSpeech, { verdicts }: Judged, healthy: Healthy, { command, given, startedAt }: Circumstances): RunRecord {
  const ofProtocol = Object.entries<Rule>(rules).filter(([id]) => id.startsWith(idPrefixes[speech.protocol]));
  return buildRecord({
    tool: { name: 'amqpspec', version },
    target: {
      url: lineOf(command),
      kind: 'client',
      product: healthy.product ?? null,
      version: healthy.version ?? null,
      protocols: [speech.protocol],
      capabilities: capabilitiesOf(healthy.properties),
      properties: healthy.properties,
    },
    seed: 0,
    startedAt,
    durationMs: Date.now() - startedAt.getTime(),
    rules: Object.fromEntries(ofProtocol),
    checks: speech.cases.map(({ id, duties }) => ({ id, duties })),
    verdicts,
    selection: {
      protocol: speech.protocol,
      gate: given.level,
      only: given.only ?? [],
      skip: given.skip ?? [],
      thorough: given.thorough ?? false,
    },
  });
}

function capabilitiesOf({ capabilities }: Readonly<Record<string, unknown>>): Readonly<Record<string, boolean>> {
  if (typeof capabilities !== 'object' || capabilities === null) return {};
  return Object.fromEntries(Object.entries(capabilities).filter((each): each is [string, boolean] => typeof each[1] === 'boolean'));
}
