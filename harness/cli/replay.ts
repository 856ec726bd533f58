import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { allChecks } from '../../suites/checks.ts';
import type { Check } from '../check/check.ts';
import { loginsOf, redactTranscript } from '../check/record-secrets.ts';
import { runCheck } from '../check/run-check.ts';
import { exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { didYouMean } from './nearest.ts';
import { resolveTarget, type TargetOptions } from './resolve-target.ts';
import { tellVerdict } from './tell-verdict.ts';
import { type SharedOptions, type Terminal, terminal } from './terminal.ts';

interface ReplayOptions extends SharedOptions, TargetOptions {
  readonly seed?: number;
  readonly runs?: number;
  readonly path?: string;
  readonly exec?: string;
}

function checkNamed(id: string): Check {
  const found = allChecks.find(check => check.id === id || check.aliases?.includes(id));
  if (found !== undefined) return found;
  throw usage(
    `There is no check ${id}, and no file of that name.${didYouMean(
      id,
      allChecks.map(check => check.id),
    )} amqpspec list checks shows them.`,
  );
}

/** Plays one check once more and shows every octet. */
async function replayCheck(id: string, targetName: string | undefined, options: ReplayOptions, screen: Terminal): Promise<number> {
  const check = checkNamed(id);
  const { seed, runs, path } = options;
  if (path !== undefined && !/^\d+(:\d+)*$/.test(path)) throw usage(`--path ${path} is no path: want numbers with colons between them, as 12:0:3.`);
  if (check.runs === undefined && (runs ?? path) !== undefined) throw usage(`${id} is no property: it knows neither --runs nor --path.`);
  await using target = await resolveTarget(targetName, { ...options, durable: check.outage !== undefined });
  const properties = { ...(runs !== undefined && { runs }), ...(path !== undefined && { path }) };
  const played = await runCheck(check, target, { properties, ...(seed !== undefined && { seed }) });
  const verdict = { ...played, transcript: redactTranscript(played.transcript, loginsOf(target)) };
  tellVerdict(verdict, screen);
  screen.result(verdict);
  if (verdict.outcome === 'fail') return exitStatus.surprise;
  return verdict.outcome === 'inconclusive' ? exitStatus.notJudged : exitStatus.asDeclared;
}

const isClientCase = (id: string): boolean => /^amqp(091|10)\/client\//.test(id);

/** Whether a saved case is one for clients, by what it says of itself. */
async function isClientFile(name: string): Promise<boolean> {
  return existsSync(name) && /^-- subject client$/m.test(await readFile(name, 'utf8').catch(() => ''));
}

/** `amqpspec replay CASE [TARGET]`: a check by its id, or a saved fuzz case by its file. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const given = options as ReplayOptions;
  const screen = await terminal(given);
  const [name, ...command] = words.flatMap(word => word ?? []);
  const [target] = command;
  if (name !== undefined && (isClientCase(name) || (await isClientFile(name)))) {
    const { replayClientCase, replayClientFile } = await import('./replay-client.ts');
    return isClientCase(name) ? replayClientCase(name, command, screen) : replayClientFile(name, command, screen);
  }
  if (command.length > 1) throw usage(`${name} is played against one target, not ${command.join(' ')}.`);
  if (name !== undefined && existsSync(name)) {
    const { replayCase } = await import('./replay-case.ts');
    return replayCase(name, target, given, screen);
  }
  return replayCheck(String(name), target, given, screen);
}
