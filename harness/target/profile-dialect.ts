import { inRange } from '../check/versions.ts';
import type { ReplyCode } from '../spec/amqp091/constants.ts';
import type { RuleId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import type { Dialect, Profile } from './profile.ts';
import { specDialect } from './spec-dialect.ts';

/** How the broker of this profile reads the standard at this version: what its profile declares of it, and nothing else. */
export function dialectOf({ deviations, readings = [] }: Pick<Profile, 'deviations' | 'readings'>, version: string): Dialect {
  const holds = ({ versions }: { readonly versions?: string }) => versions === undefined || inRange(version, versions) === true;
  const answers: Partial<Record<RuleId, Answer>> = {};
  const dialect: Dialect = { ...specDialect, answers };
  for (const { reading } of readings.filter(holds)) Object.assign(dialect, reading);
  for (const { reading, breaches = [], reaction } of deviations.filter(holds)) {
    Object.assign(dialect, reading);
    const answer = answerOf(reaction);
    if (answer !== undefined) for (const rule of breaches) answers[rule] = answer;
  }
  return dialect;
}

const closing = /^(connection|channel)\.close (\d{3}) /;

/** The answer that a reaction names; undefined where it is more, or other, than an answer. */
export function answerOf(reaction: string): Answer | undefined {
  if (reaction.startsWith('eof without an answer')) return { kind: 'bare-close', reading: 'practice' };
  const [, scope, code] = closing.exec(reaction) ?? [];
  if (scope === undefined) return undefined;
  return { kind: scope === 'channel' ? 'channel-close' : 'connection-close', code: Number(code) as ReplyCode, reading: 'practice' };
}
