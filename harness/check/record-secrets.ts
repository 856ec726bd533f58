import type { Target } from '../target/target.ts';
import type { TranscriptEntry } from './verdict.ts';

/** The URL with its password blotted out; of a text that is no proper URL, all between the first colon of its authority and its last `@`. */
export function redactUrl(url: string): string {
  const secret = URL.canParse(url) ? /^([a-z][a-z0-9+.-]*:\/\/[^/?#:]*):[^/?#]*@/i : /^([a-z][a-z0-9+.-]*:\/\/[^:]*):.*@/is;
  return url.replace(secret, '$1:***@');
}

const hexOf = (text: string) => Buffer.from(text).toString('hex');

/** A login whose password has no place in a log. */
export interface SecretLogin {
  readonly user: string;
  readonly password: string;
}

/** Every login of a target. */
export function loginsOf({ credentials, facilities }: Pick<Target, 'credentials' | 'facilities'>): readonly SecretLogin[] {
  return [credentials, ...Object.values(facilities?.logins ?? {})];
}

/** Class, method and the length that stands before the password in connection.update-secret. */
const updateSecret = '000a0046';

/** What stands before the password in the response of PLAIN and of AMQPLAIN and in update-secret, and the password, hexadecimal. */
interface Secret {
  readonly prefixes: readonly string[];
  readonly password: string;
}

function secretOf({ user, password }: SecretLogin): Secret {
  const length = Buffer.byteLength(password).toString(16).padStart(8, '0');
  return { prefixes: [hexOf(`\0${user}\0`), hexOf('PASSWORDS') + length, updateSecret + length], password: hexOf(password) };
}

/**
 * The wire log with the passwords of these logins overwritten by asterisks of the same length, also where a response was cut into several writes.
 * Only the forms of PLAIN, AMQPLAIN and update-secret are touched, so that a short password does not blot out the rest of the log.
 */
export function redactTranscript(transcript: readonly TranscriptEntry[], logins: readonly SecretLogin[]): readonly TranscriptEntry[] {
  return logins.reduce((entries: readonly TranscriptEntry[], login) => redactOne(entries, login), transcript);
}

function redactOne(transcript: readonly TranscriptEntry[], credentials: SecretLogin): readonly TranscriptEntry[] {
  if (credentials.password === '') return transcript;
  const secret = secretOf(credentials);
  const redacted = [...transcript];
  for (const connection of new Set(transcript.map(entry => entry.connection))) {
    const sent = transcript.flatMap((entry, index) => (entry.connection === connection && entry.direction !== 'received' ? [index] : []));
    const whole = blot(sent.map(index => transcript[index]?.hex ?? '').join(''), secret);
    let at = 0;
    for (const index of sent) {
      const entry = transcript[index];
      if (entry === undefined) continue;
      redacted[index] = { ...entry, hex: whole.slice(at, at + entry.hex.length), decoded: entry.decoded.map(line => redactLine(line, credentials, secret)) };
      at += entry.hex.length;
    }
  }
  return redacted;
}

/** Asterisks for the password, or for as much of it as the octets still hold, behind each prefix. */
function blot(hex: string, { prefixes, password }: Secret): string {
  let result = hex;
  for (const prefix of prefixes) {
    for (let at = result.indexOf(prefix); at !== -1; at = result.indexOf(prefix, at + 2)) {
      const from = at + prefix.length;
      const held = result.slice(from, from + password.length);
      if (at % 2 === 0 && password.startsWith(held)) result = result.slice(0, from) + '2a'.repeat(held.length / 2) + result.slice(from + held.length);
    }
  }
  return result;
}

/** A decoded line shows a SASL response as hexadecimal, or as text with its NUL octets escaped. */
function redactLine(line: string, { user, password }: SecretLogin, secret: Secret): string {
  const known = line.replace(/(?<=new-secret )(?:"(?:[^"\\]|\\.)*"|0x[0-9a-f]*)/g, '"***"');
  const blotted = known.replace(/(?<=0x)(?:[0-9a-f]{2})+/g, digits => blot(digits, secret));
  return ['\\0', '\\x00', '\\u0000'].reduce((text, nul) => text.replaceAll(`${nul}${user}${nul}${password}`, `${nul}${user}${nul}***`), blotted);
}
