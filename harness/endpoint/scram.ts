import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ClientMechanism, Login, SaslExchange, SaslStep, ServerMechanism } from './sasl.ts';

/** The hash functions for which SCRAM has a name (RFC 7677 and its sibling for SHA-512). */
export type ScramHash = 'sha256' | 'sha512';

const names = { sha256: 'SCRAM-SHA-256', sha512: 'SCRAM-SHA-512' } as const satisfies Readonly<Record<ScramHash, string>>;

/** What a server keeps of a password (RFC 5802, section 3): enough to check a proof, and to prove itself, but not to log in elsewhere. */
export interface ScramSecret {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** Most iterations that a client lets a server ask of it: about a second. */
const iterationsMax = 1_000_000;
const iterationsDefault = 4096;
const nothing = new Uint8Array(0);

const hmac = (hash: ScramHash, key: Uint8Array, text: string): Buffer => createHmac(hash, key).update(text).digest();
const digest = (hash: ScramHash, octets: Uint8Array): Buffer => createHash(hash).update(octets).digest();
const xor = (one: Uint8Array, other: Uint8Array): Buffer => Buffer.from(one.map((octet, at) => octet ^ (other[at] as number)));
const textOf = (octets: Uint8Array): string => Buffer.from(octets).toString('utf8');
const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');
const freshNonce = (): string => base64(randomBytes(18));
/** Names and passwords as they are compared: compatibility forms composed, every space the plain one. */
const prepared = (text: string): string => text.normalize('NFKC').replace(/[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g, ' ');
const escaped = (name: string): string => name.replaceAll('=', '=3D').replaceAll(',', '=2C');

function unescaped(name: string): string | undefined {
  return /=(?!2C|3D)/.test(name) ? undefined : name.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

/** Derives what a server keeps. Takes some milliseconds for each 4096 iterations. */
export function scramSecret(
  hash: ScramHash,
  password: string,
  { salt = randomBytes(16), iterations = iterationsDefault }: Partial<Pick<ScramSecret, 'salt' | 'iterations'>> = {},
): ScramSecret {
  const salted = saltedPassword(hash, password, salt, iterations);
  return { salt, iterations, storedKey: digest(hash, hmac(hash, salted, 'Client Key')), serverKey: hmac(hash, salted, 'Server Key') };
}

function saltedPassword(hash: ScramHash, password: string, salt: Uint8Array, iterations: number): Buffer {
  return pbkdf2Sync(prepared(password), salt, iterations, hash === 'sha256' ? 32 : 64, hash);
}

/** The attributes of a message by their letters; undefined where it is none. */
function attributesOf(message: string): ReadonlyMap<string, string> | undefined {
  const parts = message.split(',').map(part => /^([a-zA-Z])=(.*)$/s.exec(part));
  return parts.some(part => part === null) ? undefined : new Map(parts.map(part => [part?.[1] ?? '', part?.[2] ?? '']));
}

const malformed: SaslStep = { kind: 'failure', reason: 'the response is malformed' };

/**
 * The server's side without channel binding. `secretOf` is asked once for each attempt; who is not known is led on with a made-up salt, the same each time.
 */
export function scramServer(hash: ScramHash, secretOf: (user: string) => ScramSecret | undefined, nonce: () => string = freshNonce): ServerMechanism {
  const decoy = randomBytes(32);
  const secretFor = (user: string): ScramSecret => secretOf(user) ?? decoySecret(hash, hmac(hash, decoy, user));
  return { name: names[hash], begin: () => new ServerExchange(hash, secretFor, nonce()) };
}

function decoySecret(hash: ScramHash, seed: Uint8Array): ScramSecret {
  return { salt: seed.subarray(0, 16), iterations: iterationsDefault, storedKey: randomBytes(digest(hash, seed).length), serverKey: seed };
}

/** What was said before the proof comes. */
interface Underway {
  readonly user: string;
  readonly secret: ScramSecret;
  readonly binding: string;
  readonly bare: string;
  readonly first: string;
  readonly nonce: string;
}

class ServerExchange implements SaslExchange {
  readonly #hash: ScramHash;
  readonly #secretFor: (user: string) => ScramSecret;
  readonly #nonce: string;
  #asked = false;
  #said: Underway | undefined;

  constructor(hash: ScramHash, secretFor: (user: string) => ScramSecret, nonce: string) {
    this.#hash = hash;
    this.#secretFor = secretFor;
    this.#nonce = nonce;
  }

  step(response: Uint8Array): SaslStep {
    if (this.#said !== undefined) return this.#final(textOf(response), this.#said);
    if (response.length > 0 || this.#asked) return this.#first(textOf(response));
    this.#asked = true;
    return { kind: 'challenge', challenge: nothing };
  }

  #first(message: string): SaslStep {
    const [, binding = '', identity = '', bare = ''] = /^([ny],(?:a=([^,]*))?,)(.*)$/s.exec(message) ?? [];
    const attributes = attributesOf(bare);
    const user = unescaped(attributes?.get('n') ?? '');
    const theirs = attributes?.get('r') ?? '';
    if (user === undefined || user === '' || theirs === '' || attributes?.has('m')) return malformed;
    if (identity !== '' && unescaped(identity) !== user) return { kind: 'failure', reason: `${user} may not act as another` };
    const secret = this.#secretFor(prepared(user));
    const nonce = theirs + this.#nonce;
    const first = `r=${nonce},s=${base64(secret.salt)},i=${secret.iterations}`;
    this.#said = { user: prepared(user), secret, binding, bare, first, nonce };
    return { kind: 'challenge', challenge: Buffer.from(first) };
  }

  #final(message: string, { user, secret, binding, bare, first, nonce }: Underway): SaslStep {
    const withoutProof = message.slice(0, Math.max(0, message.lastIndexOf(',p=')));
    const attributes = attributesOf(message);
    const proof = Buffer.from(attributes?.get('p') ?? '', 'base64');
    if (attributes?.get('c') !== base64(Buffer.from(binding)) || attributes.get('r') !== nonce || proof.length !== secret.storedKey.length) return malformed;
    const signed = `${bare},${first},${withoutProof}`;
    const clientKey = xor(proof, hmac(this.#hash, secret.storedKey, signed));
    if (!timingSafeEqual(digest(this.#hash, clientKey), secret.storedKey)) return { kind: 'failure', reason: `the credentials of ${user} do not hold` };
    return { kind: 'success', user, data: Buffer.from(`v=${base64(hmac(this.#hash, secret.serverKey, signed))}`) };
  }
}

/** The client's side without channel binding; one object for one attempt. A server that does not prove itself is told by `verified`. */
export function scramClient(hash: ScramHash, login: Login, nonce: string = freshNonce()): ClientMechanism {
  return new ScramClient(hash, login, nonce);
}

class ScramClient implements ClientMechanism {
  readonly name: string;
  readonly challenged = true;
  verified = false;
  readonly #hash: ScramHash;
  readonly #login: Login;
  readonly #nonce: string;
  #expected: string | undefined;

  constructor(hash: ScramHash, login: Login, nonce: string) {
    this.name = names[hash];
    this.#hash = hash;
    this.#login = login;
    this.#nonce = nonce;
  }

  respond(challenge: Uint8Array | undefined): Uint8Array {
    if (challenge === undefined || challenge.length === 0) return Buffer.from(`n,,${this.#bare}`);
    if (this.#expected === undefined) return this.#final(textOf(challenge));
    this.verify(challenge);
    return nothing;
  }

  verify(data: Uint8Array): boolean {
    this.verified ||= this.#expected !== undefined && textOf(data) === this.#expected;
    return this.verified;
  }

  get #bare(): string {
    return `n=${escaped(prepared(this.#login.user))},r=${this.#nonce}`;
  }

  /** The proof, or nothing where the server's message is none that one can go on from. */
  #final(first: string): Uint8Array {
    const attributes = attributesOf(first);
    const nonce = attributes?.get('r') ?? '';
    const iterations = Number(attributes?.get('i'));
    const salt = Buffer.from(attributes?.get('s') ?? '', 'base64');
    const sound = nonce.startsWith(this.#nonce) && nonce.length > this.#nonce.length && salt.length > 0;
    if (!sound || !Number.isInteger(iterations) || iterations < 1 || iterations > iterationsMax) return nothing;
    const salted = saltedPassword(this.#hash, this.#login.password, salt, iterations);
    const clientKey = hmac(this.#hash, salted, 'Client Key');
    const withoutProof = `c=${base64(Buffer.from('n,,'))},r=${nonce}`;
    const signed = `${this.#bare},${first},${withoutProof}`;
    this.#expected = `v=${base64(hmac(this.#hash, hmac(this.#hash, salted, 'Server Key'), signed))}`;
    return Buffer.from(`${withoutProof},p=${base64(xor(clientKey, hmac(this.#hash, digest(this.#hash, clientKey), signed)))}`);
  }
}
