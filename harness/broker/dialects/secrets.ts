import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * What a password is checked against: the password itself, or a salted hash of it as RabbitMQ keeps it, in base64: a salt of four octets, then the hash
 * of salt and password. An empty hash matches nothing: such a user comes in by certificate alone.
 */
export type Secret = string | { readonly hash: string; readonly algorithm: HashAlgorithm };

export type HashAlgorithm = 'sha256' | 'sha512' | 'md5';

const saltOctets = 4;

/** Whether this password is the one. Takes as long whichever octet differs. */
export function matches(secret: Secret, password: string): boolean {
  if (typeof secret === 'string') return same(digest('sha256', Buffer.from(secret)), digest('sha256', Buffer.from(password)));
  const kept = Buffer.from(secret.hash, 'base64');
  if (kept.length <= saltOctets) return false;
  const hashed = digest(secret.algorithm, Buffer.concat([kept.subarray(0, saltOctets), Buffer.from(password)]));
  return same(kept.subarray(saltOctets), hashed);
}

function digest(algorithm: HashAlgorithm, octets: Uint8Array): Buffer {
  return createHash(algorithm).update(octets).digest();
}

function same(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
