import type { Dialect } from './profile.ts';
import { specDialect } from './spec-dialect.ts';

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
  const [{ rabbitmq }, { inRange }, { dialectOf }] = await Promise.all([
    import('../../fixtures/brokers/rabbitmq/profile.ts'),
    import('../check/versions.ts'),
    import('./profile-dialect.ts'),
  ]);
  const version = given ?? rabbitmq.defaultVersion;
  if (product !== rabbitmq.name || more.length > 0 || inRange(version, '*') === undefined) throw new UnknownDialectError(name);
  return { readings: dialectOf(rabbitmq, version), dialectName: `${product} ${version}` };
}
