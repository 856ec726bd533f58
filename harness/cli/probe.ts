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
  const { channelMax, frameMax, heartbeatS } = seen.tune;
  const honoured = Object.entries(seen.capabilities).filter(([, on]) => on);
  return [
    ['product', [seen.product ?? 'not said', seen.version ?? ''].join(' ').trim()],
    ['protocols', seen.protocols.join(', ')],
    ['mechanisms', seen.mechanisms.join(', ')],
    ['locales', seen.locales.join(', ')],
    ['channel-max', channelMax === 0 ? 'no limit' : String(channelMax)],
    ['frame-max', frameMax === 0 ? 'no limit' : `${frameMax} octets`],
    ['heartbeat', heartbeatS === 0 ? 'off' : `${heartbeatS} s`],
    ['capabilities', honoured.length === 0 ? 'none advertised' : honoured.map(([name]) => name).join(', ')],
    ['first answer', `after ${seen.roundTripMs.toFixed(1)} ms`],
  ];
}
