import semver from 'semver';

/**
 * Whether a version lies in a semver range. Brokers' versions need not be semver: their first numbers count, pre-releases and what is appended are
 * left out of account. Undefined where range or version cannot be read.
 */
export function inRange(version: string, range: string): boolean | undefined {
  const own = semver.coerce(version);
  if (own === null || semver.validRange(range) === null) return undefined;
  return semver.satisfies(own, range);
}

/** `4.0` for `4.0.5`, where a version can be read so. */
export function shortVersion(version: string): string {
  const own = semver.coerce(version);
  return own === null ? version : `${own.major}.${own.minor}`;
}
