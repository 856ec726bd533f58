import type { TranscriptEntry } from './verdict.ts';

/** The URL with its password blotted out; of a text that is no proper URL, all between the first colon of its authority and its last `@`. */
export function redactUrl(url: string): string {
  const secret = URL.canParse(url) ? /^([a-z][a-z0-9+.-]*:\/\/[^/?#:]*):[^/?#]*@/i : /^([a-z][a-z0-9+.-]*:\/\/[^:]*):.*@/is;
  return url.replace(secret, '$1:***@');
}

const mask = (length: number) => '2a'.repeat(length);

/**
 * The wire log with the password of SASL responses overwritten by asterisks of the same length, also where a response was cut into several writes.
 * Only the forms of PLAIN and AMQPLAIN are touched, so that a short password does not blot out the rest of the log.
 */
export function redactTranscript(transcript: readonly TranscriptEntry[], credentials: { readonly user: string; readonly password: string }): TranscriptEntry[] {
  const password = Buffer.from(credentials.password);
  if (password.length === 0) return [...transcript];
  const length = Buffer.alloc(4);
  length.writeUInt32BE(password.length);
  const prefixes = [Buffer.from(`\0${credentials.user}\0`), Buffer.concat([Buffer.from('PASSWORDS'), length])].map(bytes => bytes.toString('hex'));
  const redacted = [...transcript];
  for (const connection of new Set(transcript.map(entry => entry.connection))) {
    const sent = transcript.flatMap((entry, index) => (entry.connection === connection && entry.direction === 'sent' ? [index] : []));
    const whole = sent.map(index => transcript[index]?.hex ?? '').join('');
    const blotted = prefixes.reduce((hex, prefix) => blot(hex, prefix, password.toString('hex')), whole);
    let at = 0;
    for (const index of sent) {
      const entry = transcript[index];
      if (entry === undefined) continue;
      const hex = blotted.slice(at, at + entry.hex.length);
      at += entry.hex.length;
      redacted[index] = { ...entry, hex, decoded: entry.decoded.map(line => redactLine(line, credentials.password)) };
    }
  }
  return redacted;
}

function blot(hex: string, prefix: string, secret: string): string {
  let result = hex;
  for (let at = result.indexOf(prefix + secret); at !== -1; at = result.indexOf(prefix + secret, at + 2)) {
    const from = at + prefix.length;
    if (at % 2 === 0) result = result.slice(0, from) + mask(secret.length / 2) + result.slice(from + secret.length);
  }
  return result;
}

/** In a line that tells of a SASL response, the last thing that reads like the password is the password. */
function redactLine(line: string, password: string): string {
  const start = line.search(/(start|secure)-ok/);
  if (start === -1) return line;
  const hex = Buffer.from(password).toString('hex');
  const shown = line.slice(start).replaceAll(hex, mask(hex.length / 2));
  const at = shown.lastIndexOf(password);
  return line.slice(0, start) + (at === -1 ? shown : `${shown.slice(0, at)}***${shown.slice(at + password.length)}`);
}
