// One by one: the whole of it is slow to load, and a broker that starts needs this much at most.
import coerce from 'semver/functions/coerce.js';
import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';

/**
 * Whether a version lies in a semver range. Brokers' versions need not be semver: their first numbers count, pre-releases and what is appended are
 * left out of account. Undefined where range or version cannot be read.
 */
export function inRange(version: string, range: string): boolean | undefined {
  const own = coerce(version);
  if (own === null || validRange(range) === null) return undefined;
  return satisfies(own, range);
}

/** `4.0` for `4.0.5`, where a version can be read so. */
export function shortVersion(version: string): string {
  const own = coerce(version);
  return own === null ? version : `${own.major}.${own.minor}`;
}
