import { type Survey, SurveyError, survey } from '../probe/survey.ts';
import { CommandError, exitStatus, usage } from './errors.ts';
import type { Invocation } from './invocation.ts';
import { resolveTarget, type TargetOptions } from './resolve-target.ts';
import { type SharedOptions, terminal } from './terminal.ts';

/** `amqpspec probe URL`: what a port is, without harm. */
export async function execute({ words, options }: Invocation): Promise<number> {
  const given = options as SharedOptions & TargetOptions;
  const screen = await terminal(given);
  const url = String(words[0]);
  if (!url.includes('://')) throw usage(`amqpspec probe wants a URL, as amqp://user:password@host:port/vhost; ${url} is none.`);
  await using target = await resolveTarget(url, given);
  let seen: Survey;
  try {
    seen = await survey(target);
  } catch (error) {
    if (error instanceof SurveyError) throw new CommandError(error.message);
    throw error;
  }
  for (const [name, value] of rows(seen)) screen.say(`${screen.colors.dim(name.padEnd(14))} ${value}`);
  screen.result({ url: target.url, ...seen });
  return exitStatus.asDeclared;
}

function rows(seen: Survey): readonly (readonly [string, string])[] {
  const honoured = Object.entries(seen.capabilities).filter(([, on]) => on);
  return [
    ['product', [seen.product ?? 'not said', seen.version ?? ''].join(' ').trim()],
    ['protocols', seen.protocols.join(', ')],
    ['mechanisms', seen.mechanisms.join(', ')],
    ...(seen.tune === undefined ? [] : rows091(seen.tune, seen.locales)),
    ...(seen.amqp10 === undefined ? [] : rows10(seen.amqp10.limits)),
    ['capabilities', honoured.length === 0 ? 'none advertised' : honoured.map(([name]) => name).join(', ')],
    ['first answer', `after ${seen.roundTripMs.toFixed(1)} ms`],
  ];
}

function rows091({ channelMax, frameMax, heartbeatS }: NonNullable<Survey['tune']>, locales: readonly string[]): readonly (readonly [string, string])[] {
  return [
    ['locales', locales.join(', ')],
    ['channel-max', channelMax === 0 ? 'no limit' : String(channelMax)],
    ['frame-max', frameMax === 0 ? 'no limit' : `${frameMax} octets`],
    ['heartbeat', heartbeatS === 0 ? 'off' : `${heartbeatS} s`],
  ];
}

function rows10({ channelMax, maxFrameSize, idleTimeOutMs }: NonNullable<Survey['amqp10']>['limits']): readonly (readonly [string, string])[] {
  return [['1.0', `channel-max ${channelMax}, max-frame-size ${maxFrameSize}, idle-time-out ${idleTimeOutMs === 0 ? 'off' : `${idleTimeOutMs} ms`}`]];
}
