import { plural, visible } from '../../reports/words.ts';
import { allChecks } from '../../suites/checks.ts';
import { type DryRun, dryRun, type Stranger } from '../dry-run.ts';
import { TargetError } from '../target/target.ts';
import { parseBrokerUrl } from '../target/url.ts';
import { exitStatus, usage } from './errors.ts';
import { readFacilities } from './facilities.ts';
import { parseProfileName, profileNamed } from './resolve-target.ts';
import type { RunCommandOptions } from './run.ts';
import { select } from './select.ts';
import type { Terminal } from './terminal.ts';

/** What is known of a target by its name alone. */
async function strangerOf(target: string | undefined, facilitiesFile: string | undefined): Promise<Stranger> {
  if (target === undefined || target === 'reference') return { user: 'guest', virtualHost: '/', logins: {}, otherVirtualHost: 'amqpspec-other' };
  if (!target.includes('://')) {
    const { credentials, facilities = {} } = profileNamed(parseProfileName(target).name);
    const { logins, otherVirtualHost } = facilities;
    return { ...credentials, ...(logins !== undefined && { logins }), ...(otherVirtualHost !== undefined && { otherVirtualHost }) };
  }
  try {
    const { credentials } = parseBrokerUrl(target);
    const { logins, otherVirtualHost } = facilitiesFile === undefined ? {} : await readFacilities(facilitiesFile);
    return { ...credentials, ...(logins !== undefined && { logins }), ...(otherVirtualHost !== undefined && { otherVirtualHost }) };
  } catch (error) {
    throw error instanceof TargetError ? usage(error.message) : error;
  }
}

function linesOf({ prefix, seed, checks, touches, leftOut }: DryRun): readonly string[] {
  const width = Math.max(...touches.map(({ kind }) => kind.length));
  const most = Math.min(40, Math.max(...touches.map(({ names }) => names.length)));
  return [
    `A safe run of ${plural(checks, 'check')} with seed ${seed} would touch:`,
    '',
    ...touches.map(({ kind, names, verbs }) => `  ${kind.padEnd(width)}  ${visible(names).padEnd(most)}  ${verbs.join(', ')}`),
    '',
    `All that it creates, binds, purges or deletes bears a name that begins with ${prefix}, or was named by the server for it.`,
    'Queues that are its own are bound to exchanges of the server, and messages published to these, only under keys that bear this prefix.',
    `--seed ${seed} makes a run use these very names. Nothing was connected to.`,
    ...(leftOut.length === 0
      ? []
      : ['', `Left out (${leftOut.length}):`, ...leftOut.map(({ check, reason }) => `  ${check}: ${visible(reason.replace('Left out by --safe: ', ''))}`)]),
  ];
}

/** `amqpspec run --safe --dry-run`: what the run would touch, without a connection. */
export async function tellDryRun(options: RunCommandOptions, screen: Terminal): Promise<number> {
  if (options.safe !== true) throw usage('--dry-run goes with --safe: only a safe run knows beforehand what it may touch.');
  const stranger = await strangerOf(options.target, options.facilities);
  const found = await dryRun(select(allChecks, options), stranger, options.seed);
  for (const line of linesOf(found)) screen.say(line);
  screen.result(found);
  return exitStatus.asDeclared;
}
