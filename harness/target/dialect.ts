import { textReadings } from '../broker/readings.ts';
import { inRange } from '../check/versions.ts';
import { textWireReadings } from '../endpoint/amqp091/readings.ts';
import type { ReplyCode } from '../spec/amqp091/constants.ts';
import type { RuleId } from '../spec/catalogue.ts';
import type { Answer } from '../spec/rule.ts';
import type { Dialect, Profile } from './profile.ts';

/** The standard read as it stands. */
export const specDialect: Dialect = { ...textReadings, ...textWireReadings };

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

/** As `startBroker` and `serve --dialect` take it; a version is one of the broker's own, as `rabbitmq@4.3`. */
export type DialectName = 'spec' | 'rabbitmq' | `rabbitmq@${string}`;

/** No dialect bears this name. */
export class UnknownDialectError extends Error {
  override readonly name = 'UnknownDialectError';

  constructor(dialect: string) {
    super(`There is no dialect ${dialect}. Known: spec, rabbitmq, and rabbitmq with a version, as rabbitmq@4.3.`);
  }
}

/** What a broker of this dialect reads, and what it calls that in its server-properties. Rejects with an `UnknownDialectError`. */
export async function dialectNamed(name: string = 'spec'): Promise<{ readonly readings: Dialect; readonly dialectName: string | undefined }> {
  if (name === 'spec') return { readings: specDialect, dialectName: undefined };
  const [product, given, ...more] = name.split('@');
  const { rabbitmq } = await import('../../fixtures/brokers/rabbitmq/profile.ts');
  const version = given ?? rabbitmq.defaultVersion;
  if (product !== rabbitmq.name || more.length > 0 || inRange(version, '*') === undefined) throw new UnknownDialectError(name);
  return { readings: dialectOf(rabbitmq, version), dialectName: `${product} ${version}` };
}
