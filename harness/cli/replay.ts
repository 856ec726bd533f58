import { existsSync } from 'node:fs';
import { wireLogText } from '../../reports/wire-log.ts';
import { answerWords, endingWords, visible } from '../../reports/words.ts';
import { allChecks } from '../../suites/checks.ts';
import type { Check } from '../check/check.ts';
import { loginsOf, redactTranscript } from '../check/record-secrets.ts';
import { runCheck } from '../check/run-check.ts';
import type { Verdict } from '../check/verdict.ts';
import { ruleOf } from '../spec/ledger.ts';
import { exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { didYouMean } from './nearest.ts';
import { resolveTarget, type TargetOptions } from './resolve-target.ts';
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

function tell(verdict: Verdict, { colors, say, warn }: Terminal): void {
  say(wireLogText(verdict.transcript, verdict.check.split('/')[0] ?? ''));
  const paint = verdict.outcome === 'pass' ? colors.green : colors.red;
  warn(`${paint(verdict.outcome)}  ${colors.bold(verdict.check)}  ${visible(verdict.title)}`);
  const rule = ruleOf(verdict.rule);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['why', verdict.message],
    ['rule', `${verdict.level} ${verdict.rule} (${rule.section}): ${rule.statement}`],
    ['expected', verdict.legal.length === 0 ? undefined : [...new Set(verdict.legal.map(answerWords))].join(', or ')],
    ['came back', verdict.reaction],
    ['ended', endingWords(verdict.ending)],
    ['case', verdict.counterexample?.steps.map((step, index) => `${index === 0 ? '' : ' '.repeat(13)}${step}`).join('\n')],
    ['others', verdict.alive === null ? undefined : verdict.alive ? 'a bystander was still served' : 'a bystander was no longer served'],
  ];
  for (const [name, text] of facts) if (text !== undefined) warn(`  ${colors.dim(name.padEnd(10))} ${visible(text)}`);
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
  tell(verdict, screen);
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
    return replayCase(name, target, given, screen);
  }
  return replayCheck(String(name), target, given, screen);
}
