import { type ScramHash, type ScramSecret, scramSecret } from '../../endpoint/scram.ts';
import type { Secret } from './secrets.ts';

type Users = Readonly<Record<string, Secret>>;

const derived = new WeakMap<Users, Map<string, ScramSecret>>();

/** What SCRAM keeps of a user's password, derived when somebody first asks for it; undefined for a user who is not there, or of whom only a hash is kept. */
export function scramSecretOf(users: Users, user: string, hash: ScramHash): ScramSecret | undefined {
  const password = Object.hasOwn(users, user) ? users[user] : undefined;
  if (typeof password !== 'string') return undefined;
  const kept = derived.get(users) ?? new Map<string, ScramSecret>();
  derived.set(users, kept);
  const key = `${hash} ${user}`;
  const secret = kept.get(key) ?? scramSecret(hash, password);
  kept.set(key, secret);
  return secret;
}
