import { answer10Words } from '../spec/amqp10/words.ts';
import type { MethodName } from '../spec/amqp091/classes.ts';
import { protocolHeader, replyCodes } from '../spec/amqp091/constants.ts';
import type { Answer } from '../spec/rule.ts';
import type { Arrival, Seen } from './peer.ts';

/** What a peer did about a departure, before it is known whether that is legal. */
export type Observed =
  | { readonly kind: 'connection-close' | 'channel-close'; readonly code: number; readonly text: string }
  | { readonly kind: 'bare-close' | 'header-then-close'; readonly how: 'eof' | 'reset' }
  | { readonly kind: 'method'; readonly method: MethodName; readonly channel: number }
  | { readonly kind: 'discarded' };

/** Methods that a server sends unasked: while a reply is awaited they are kept for whoever asks for them. */
const unasked: ReadonlySet<MethodName> = new Set<MethodName>([
  'basic.deliver',
  'basic.return',
  'basic.ack',
  'basic.nack',
  'basic.cancel',
  'channel.flow',
  'connection.blocked',
  'connection.unblocked',
]);

export function isUnasked(name: MethodName): boolean {
  return unasked.has(name);
}

/** `404 not-found`; a code that the standard does not list stands alone. */
export function describeCode(code: number): string {
  const row = (replyCodes as Readonly<Record<number, { readonly name: string } | undefined>>)[code];
  return row === undefined ? `${code}` : `${code} ${row.name}`;
}

/** What was seen, in the standard's words and without anything that changes from run to run. */
export function describeSeen(seen: Seen): string {
  switch (seen.kind) {
    case 'method': {
      const { name, args } = seen.method;
      return name === 'connection.close' || name === 'channel.close' || name === 'basic.return' ? `${name} ${describeCode(args.replyCode)}` : name;
    }
    case 'heartbeat':
      return 'heartbeat';
    case 'protocol-header':
      return `protocol header ${describeHeader(seen.bytes)}`;
    case 'ended':
      return `${seen.how} without an answer`;
  }
}

export function describeHeader(bytes: Uint8Array): string {
  const literal = [...bytes.subarray(0, 4)].map(octet => (octet > 32 && octet < 127 ? String.fromCharCode(octet) : '.')).join('');
  return `${literal} ${[...bytes.subarray(4, protocolHeader.length)].join(' ')}`;
}

export function describeObserved(observed: Observed): string {
  switch (observed.kind) {
    case 'connection-close':
      return `connection.close ${describeCode(observed.code)}`;
    case 'channel-close':
      return `channel.close ${describeCode(observed.code)}`;
    case 'bare-close':
      return `${observed.how} without an answer`;
    case 'header-then-close':
      return `protocol header, then ${observed.how}`;
    case 'method':
      return observed.method;
    case 'discarded':
      return 'no answer, and the conversation went on';
  }
}

export function describeAnswer(answer: Answer): string {
  switch (answer.kind) {
    case 'connection-close':
      return `connection.close ${describeCode(answer.code)}`;
    case 'channel-close':
      return `channel.close ${describeCode(answer.code)}`;
    case 'bare-close':
      return 'the socket closed without a word';
    case 'header-then-close':
      return 'a protocol header, then the socket closed';
    case 'method':
      return answer.method;
    case 'discarded':
      return 'no answer at all';
    default:
      return answer10Words(answer);
  }
}

/** `a, b or c`; answers that differ only in their reading are named once. */
export function describeAnswers(answers: readonly Answer[]): string {
  const names = [...new Set(answers.map(describeAnswer))];
  return names.length < 2 ? (names[0] ?? 'nothing') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** Octets that a peer said after its last words, in one sentence. */
export function describeText(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line === '' ? '' : ` ("${line.length > 120 ? `${line.slice(0, 119)}…` : line}")`;
}

/** The legal answer that this is. Where two readings agree on it, the text's own is the one that was followed. */
export function matchAnswer(observed: Observed, answers: readonly Answer[]): Answer | undefined {
  const matching = answers.filter(answer => matches(observed, answer));
  return matching.find(answer => answer.reading === 'text') ?? matching[0];
}

function matches(observed: Observed, answer: Answer): boolean {
  if (observed.kind !== answer.kind) return false;
  if (answer.kind === 'connection-close' || answer.kind === 'channel-close') return 'code' in observed && observed.code === answer.code;
  return answer.kind !== 'method' || (observed.kind === 'method' && observed.method === answer.method);
}

/** `within 1 s`. */
export function describeWait(ms: number): string {
  return ms >= 1000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms)} ms`;
}

/** The content that came with a content method; a machine tells such a method only together with its content, or as a breach. */
export function arrivalIn(found: Extract<Seen, { readonly kind: 'method' }>): Arrival {
  if (found.arrival === undefined) throw new Error(`${found.method.name} without its content`);
  return found.arrival;
}
