import type { FieldTable } from '../../spec/amqp091/domains.ts';
import type { Copies } from '../message.ts';

const marker = Buffer.from('CC');

/** Whether a header can ask for copies at all: most do not, and are not decoded for it. */
export function mayAskForCopies(raw: Uint8Array): boolean {
  return Buffer.from(raw.buffer, raw.byteOffset, raw.length).includes(marker);
}

/** What the headers CC and BCC ask for: each an array, in which long strings are keys. */
export function copiesIn(headers: FieldTable): Copies | 'malformed' | undefined {
  const keys: string[] = [];
  let asks = false;
  let blind = false;
  for (const [name, value] of headers) {
    if (name !== 'CC' && name !== 'BCC') continue;
    asks = true;
    blind ||= name === 'BCC';
    if (value.type !== 'array') return 'malformed';
    for (const key of value.value) if (key.type === 'long-string') keys.push(Buffer.from(key.value).toString());
  }
  return asks ? { keys, blind } : undefined;
}

/** The headers without those that receivers are not to see. */
export function withoutBlind(headers: FieldTable): FieldTable {
  return headers.filter(([name]) => name !== 'BCC');
}
