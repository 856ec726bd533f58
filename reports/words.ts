import type { Counterexample, Ending } from '../harness/check/verdict.ts';
import { answer10Words } from '../harness/spec/amqp10/words.ts';
import { replyCodes } from '../harness/spec/amqp091/constants.ts';
import type { Answer, Source } from '../harness/spec/rule.ts';

/** A number with its noun: `1 check`, `2 checks`. */
export const plural = (n: number, noun: string, many = `${noun}s`) => `${n} ${n === 1 ? noun : many}`;

const names: Readonly<Record<number, { readonly name: string }>> = replyCodes;

/** A reply code with its name in the standard: `404 not-found`. */
export function replyCode(code: number): string {
  const known = names[code];
  return known === undefined ? String(code) : `${code} ${known.name}`;
}

/** A legal answer in the standard's words. */
export function answerWords(answer: Answer): string {
  switch (answer.kind) {
    case 'connection-close':
      return `connection.close ${replyCode(answer.code)}`;
    case 'channel-close':
      return `channel.close ${replyCode(answer.code)}`;
    case 'bare-close':
      return 'the socket closed, nothing sent';
    case 'header-then-close':
      return 'a protocol header, then the socket closed';
    case 'method':
      return answer.method;
    case 'discarded':
      return 'nothing visible, the conversation goes on';
    default:
      return answer10Words(answer);
  }
}

/** How a conversation ended, in one phrase. */
export function endingWords(ending: Ending): string {
  switch (ending.kind) {
    case 'open':
      return 'conversation still open';
    case 'eof':
      return 'end of stream';
    case 'reset':
      return 'connection reset';
    case 'silence':
      return 'silence';
    case 'peer-died':
      return 'the broker is gone';
    default: {
      const what = `${ending.kind.replace('-', ' ')} with `;
      return 'condition' in ending ? what + ending.condition : `${what}${replyCode(ending.code)}${ending.text === '' ? '' : `: ${ending.text}`}`;
    }
  }
}

const reasons: Readonly<Record<string, string>> = {
  'no-provisioner': 'no way to get a queue there',
  'target-down': 'the target was down',
  'peer-slow': 'the broker was slow to everyone at that time',
  'cut-while-writing': 'the connection was cut while the probe was still writing',
  harness: 'a fault of the harness, not of the broker',
};

/** How a property failed, as a script with a head that says where the case came from. */
export function counterexampleLines({ runs, shrinks, steps }: Counterexample): readonly string[] {
  const smaller = shrinks === 0 ? '' : `, made smaller ${plural(shrinks, 'time')}`;
  return [`case ${runs}${smaller}:`, ...steps.map(step => `  ${step}`)].map(visible);
}

/** Why there is no judgement, in plain words, or nothing. */
export function reasonWords({ reason, message }: { readonly reason?: string; readonly message?: string }): string {
  const plain = reason === undefined ? '' : (reasons[reason] ?? reason);
  if (message === undefined || message.startsWith(plain.replace(/\.$/, ''))) return message ?? plain;
  return `${plain.replace(/\.$/, '')}: ${message}`;
}

/** Where a statement stands, as people cite it. */
export function sourceWords(source: Source): string {
  switch (source.kind) {
    case 'xml':
      return `XML ${source.path}`;
    case 'text':
      return `text ${source.section}`;
    case 'grammar':
      return `grammar ${source.production}`;
    case 'errata':
      return `errata item ${source.item}`;
    case 'extension':
      return source.document;
  }
}

/** Milliseconds as people say them: `850 ms`, `14.8 s`, `3 min 20 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
  if (ms < 99_950) return `${Number((ms / 1000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Control characters but the line feed, marks and overrides of writing direction, line separators, unpaired surrogates and what no XML may hold. */
const harmful = /[\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu;

/** Characters that would forge or garble a report, made visible. Line feeds stay. */
export function visible(text: string): string {
  return text.replace(harmful, character => {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x0a) return character;
    return code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** The texts of notes in their order, each once; one that came several times says how often. */
export function noteTexts(notes: readonly { readonly text: string }[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { text } of notes) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, count]) => (count === 1 ? text : `${text} (${count} times)`));
}
