import { existsSync } from 'node:fs';
import { renderWireLog, verdictText } from '../../reports/replay.ts';
import { allChecks } from '../../suites/checks.ts';
import type { Check } from '../check/check.ts';
import { runCheck } from '../check/run-check.ts';
import { exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { didYouMean } from './nearest.ts';
import { resolveTarget, type TargetOptions } from './resolve-target.ts';
import { type SharedOptions, type Terminal, terminal } from './terminal.ts';

interface ReplayOptions extends SharedOptions, TargetOptions {
  readonly seed?: number;
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
  await using target = await resolveTarget(targetName, options);
  const verdict = await runCheck(check, target, options.seed === undefined ? {} : { seed: options.seed });
  for (const line of renderWireLog(verdict, screen.colors)) screen.say(line);
  screen.warn(verdictText(verdict, screen.colors));
  screen.result(verdict);
  if (verdict.outcome === 'fail') return exitStatus.surprise;
  return verdict.outcome === 'inconclusive' ? exitStatus.notJudged : exitStatus.asDeclared;
}

/** `amqpspec replay CASE [TARGET]`: a check by its id, or a saved fuzz case by its file. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const given = options as ReplayOptions;
  const screen = await terminal(given);
  const [name, target] = words.map(word => (typeof word === 'string' ? word : undefined));
  if (name !== undefined && existsSync(name)) {
    const { replayCase } = await import('./replay-case.ts');
    return replayCase(name, screen);
  }
  return replayCheck(String(name), target, given, screen);
}
