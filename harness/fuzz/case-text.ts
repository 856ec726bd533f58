import { annotate as annotate10 } from '../wire/amqp10/describe.ts';
import { annotate as annotate091 } from '../wire/amqp091/describe.ts';
import { octetLines } from './case-octets.ts';
import type { Step } from './conversation/conversation.ts';
import type { FuzzProtocol, FuzzSubject, Severity } from './finding.ts';

/** A text is no case; the message is one sentence for people, with the line where there is one. */
export class CaseError extends Error {
  override readonly name = 'CaseError';
}

/** What a case says of itself: what went wrong, and where it comes from. */
export interface CaseHead {
  readonly id: string;
  readonly subject: FuzzSubject;
  readonly protocol: FuzzProtocol;
  readonly title: string;
  /** Left out where it is no finding but a seed. */
  readonly severity?: Severity;
  readonly rule?: string;
  readonly departure?: string;
  readonly state?: string;
  readonly reaction?: string;
  readonly seed?: number;
  readonly index?: number;
  /** Of a parser: `builtin:NAME`, `exec CMD`, or the path of a module from the folder of the case. */
  readonly parser?: string;
  /** Product and version in which it was found. */
  readonly target?: string;
  /** All of it is legal: the peer has to serve it to the end. */
  readonly served?: true;
}

/** One thing to play again; `steps` of a parser's are one `send`. */
export interface FuzzCase extends CaseHead {
  readonly steps: readonly Step[];
}

/** The directives in the order in which they are written. */
export const directives = [
  'id',
  'title',
  'subject',
  'protocol',
  'severity',
  'rule',
  'departure',
  'state',
  'reaction',
  'parser',
  'target',
  'seed',
  'index',
  'served',
] as const satisfies readonly (keyof CaseHead)[];

/** Every field is written. */
type Written = (typeof directives)[number];
null as unknown as Exclude<keyof CaseHead, Written> satisfies never;

/** The first line of each case. */
export const firstLine = '-- amqpspec case 1';

const annotations = { amqp091: annotate091, amqp10: annotate10 } as const satisfies Record<FuzzProtocol, unknown>;

/** Longest comment in characters; longer ones are of no use to anybody. */
const commentMax = 400;

/** The octets for people, one line for each frame, numbered by its first octet. */
export function annotatedOctets(protocol: FuzzProtocol, octets: Uint8Array): readonly string[] {
  return annotations[protocol](octets).map(line => (line.length > commentMax ? `${line.slice(0, commentMax)}…` : line).replace(hidden, codes));
}

/** What could begin another line, hide or disturb a terminal. */
const hidden = /[\p{C}\u2028\u2029]/gu;

const codes = (text: string): string => [...text].map(symbol => `\\u{${(symbol.codePointAt(0) ?? 0).toString(16)}}`).join('');

/** Text in a line, so that no peer's octets can begin another, hide or disturb a terminal; `plain` is its inverse. */
export function lineOf(text: string): string {
  return text.replace(/[\\\p{C}\u2028\u2029]|^\s+|\s+$|(?<=^|\s)#/gu, part => (part === '\\' ? '\\\\' : codes(part)));
}

/** The text that `lineOf` was given. */
export function plain(line: string): string {
  return line.replace(/\\(?:\\|u\{([0-9a-f]{1,6})\})/g, (whole, code: string | undefined) => {
    if (code === undefined) return '\\';
    const point = Number.parseInt(code, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/**
 * The text of a case: directives, then steps; hex with a comment in front of each frame. `readCase` is its inverse.
 * @throws {RangeError} where holes overlap or a step's cuts or holes lie outside its octets: a mistake of ours.
 * @example writeCase({ id, subject: 'parser', protocol: 'amqp091', title: 'does not come back', severity: 'hang' }, [sent(octets, cuts)])
 */
export function writeCase(head: CaseHead, steps: readonly Step[]): string {
  const said = directives.flatMap(name => (head[name] === undefined ? [] : [`-- ${name} ${lineOf(String(head[name]))}`]));
  const played = steps.flatMap(step => ['', ...stepLines(head.protocol, step)]);
  return `${[firstLine, ...said, ...played].join('\n')}\n`;
}

function stepLines(protocol: FuzzProtocol, step: Step): readonly string[] {
  switch (step.kind) {
    case 'send':
      return [`send ${lineOf(step.note)}`.trimEnd(), ...told(step), ...octetLines(step, annotatedOctets(protocol, step.octets))];
    case 'await':
      return [`await ${lineOf(step.name)}${step.channel === 0 ? '' : ` on channel ${step.channel}`}`];
    case 'stall':
      return [`stall ${step.ms} ms`];
    case 'half-close':
    case 'reset':
      return [step.kind];
  }
}

/** What is known of a departure, a line each. */
export const departureWords = ['departs', 'state', 'channel', 'rule'] as const;

function told({ departure, state, channel, rule }: Extract<Step, { readonly kind: 'send' }>): readonly string[] {
  return [departure, state, channel, rule].flatMap((value, at) => (value === undefined ? [] : [`${departureWords[at]} ${lineOf(String(value))}`]));
}

/** The one step of a parser's case. */
export function sent(octets: Uint8Array, cuts: readonly number[] = [], note = ''): Extract<Step, { readonly kind: 'send' }> {
  return { kind: 'send', octets, holes: [], cuts, note };
}
