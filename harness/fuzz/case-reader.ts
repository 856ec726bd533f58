import type { RuleId } from '../spec/catalogue.ts';
import { OctetReader } from './case-octets.ts';
import { CaseError, type CaseHead, departureWords, directives, type FuzzCase, firstLine, plain } from './case-text.ts';
import type { Step } from './conversation/conversation.ts';
import { severities } from './finding.ts';

/** Octets that a case may have, all steps together. */
const octetsMax = 64 * 1024 * 1024;

type Directive = (typeof directives)[number];

/** Words that a directive may have; of others any text, of numbers any that is whole and not negative. */
const choices: Readonly<Partial<Record<Directive, readonly string[]>>> = {
  subject: ['parser', 'broker', 'client'],
  protocol: ['amqp091', 'amqp10'],
  severity: severities,
  served: ['true'],
};
const numbers: readonly Directive[] = ['seed', 'index'];
const required = ['id', 'title', 'subject', 'protocol'] as const satisfies readonly Directive[];

/** A step that sends, while its octets are read. */
interface OpenSend {
  readonly note: string;
  readonly told: Map<(typeof departureWords)[number], string>;
  readonly octets: OctetReader;
}

/**
 * Reads the text of a case: the inverse of `writeCase`, comments left out.
 * @throws {CaseError} where it is none, with the line.
 * @example readCase(await readFile('findings/crash-1a2b3c4d.case', 'utf8')).steps
 */
export function readCase(text: string): FuzzCase {
  const lines = text.split(/\r?\n/);
  if (lines[0] !== firstLine) throw new CaseError(notFirst(lines[0] ?? ''));
  const reader = new Reader();
  lines.forEach((line, index) => {
    if (index === 0) return;
    const wrong = reader.line(line.replace(/(^|\s)#.*$/, '').trim());
    if (wrong !== undefined) throw new CaseError(`Line ${index + 1}: ${wrong}.`);
  });
  const read = reader.end();
  if (typeof read === 'string') throw new CaseError(`Line ${lines.length}: ${read}.`);
  return read;
}

function notFirst(line: string): string {
  const [, version] = /^-- amqpspec case (\S+)$/.exec(line) ?? [];
  if (version !== undefined) return `Line 1: this is a case of format ${version}; this version reads format 1.`;
  return `Line 1: a case begins with ${JSON.stringify(firstLine)}.`;
}

class Reader {
  readonly #head = new Map<Directive, string>();
  readonly #steps: Step[] = [];
  #send: OpenSend | undefined;
  #room = octetsMax;

  /** Takes the next line; answers what is wrong with it, if anything. */
  line(text: string): string | undefined {
    if (text === '') return undefined;
    const [word = '', rest = ''] = split(text);
    switch (word) {
      case '--':
        return this.#directive(rest);
      case 'departs':
      case 'state':
      case 'channel':
      case 'rule':
        return this.#tells(word, rest);
      case 'send':
        return this.#close() ?? this.#opens(plain(rest));
      case 'await':
      case 'stall':
      case 'half-close':
      case 'reset':
        return this.#close() ?? this.#other(word, rest);
      default:
        if (!/^[0-9a-f{}|]/i.test(text)) return `there is no step ${JSON.stringify(word.slice(0, 40))}; send, await, stall, half-close and reset are the steps`;
        if (this.#send === undefined) this.#opens('');
        return this.#send?.octets.line(text);
    }
  }

  /** The case; the end of a sentence where something is missing. */
  end(): FuzzCase | string {
    const missing = required.find(name => !this.#head.has(name));
    const wrong = this.#close() ?? (missing === undefined ? undefined : `the case has no ${missing}`);
    if (wrong !== undefined) return wrong;
    const head = Object.fromEntries([...this.#head].map(([name, value]) => [name, numbers.includes(name) ? Number(value) : name === 'served' ? true : value]));
    return { ...(head as unknown as CaseHead), steps: this.#steps };
  }

  #directive(text: string): string | undefined {
    const [word = '', rest = ''] = split(text);
    const name = directives.find(each => each === word);
    if (name === undefined) return `there is no directive ${JSON.stringify(word.slice(0, 40))}; ${directives.join(', ')} are the directives`;
    if (this.#steps.length > 0 || this.#send !== undefined) return 'directives stand before the steps';
    if (this.#head.has(name)) return `${name} is said twice`;
    const value = plain(rest);
    const known = choices[name];
    if (known?.includes(value) === false) return `${name} is ${known.join(', ')}, not ${JSON.stringify(value.slice(0, 40))}`;
    if (numbers.includes(name) && !/^\d{1,15}$/.test(value)) return `${name} is a whole number, not ${JSON.stringify(value.slice(0, 40))}`;
    this.#head.set(name, value);
    return undefined;
  }

  #opens(note: string): undefined {
    this.#send = { note, told: new Map(), octets: new OctetReader(this.#room) };
  }

  #tells(word: (typeof departureWords)[number], rest: string): string | undefined {
    if (this.#send === undefined) return `${word} stands behind send`;
    if (this.#send.told.has(word)) return `${word} is said twice of a step`;
    if (word === 'channel' && !/^\d{1,10}$/.test(rest)) return 'channel is a whole number';
    this.#send.told.set(word, plain(rest));
    return undefined;
  }

  #close(): string | undefined {
    const send = this.#send;
    if (send === undefined) return undefined;
    const read = send.octets.end();
    if (typeof read === 'string') return read;
    this.#room -= read.octets.length;
    this.#steps.push({ kind: 'send', ...read, note: send.note, ...departed(send.told) });
    this.#send = undefined;
    return undefined;
  }

  #other(word: 'await' | 'stall' | 'half-close' | 'reset', rest: string): string | undefined {
    if (word === 'await') {
      const [, name = '', channel = '0'] = /^(.+?)(?: on channel (\d{1,10}))?$/.exec(rest) ?? [];
      if (name === '') return 'await wants a name';
      this.#steps.push({ kind: word, name: plain(name), channel: Number(channel) });
    } else if (word === 'stall') {
      const [, ms] = /^(\d{1,9}) ms$/.exec(rest) ?? [];
      if (ms === undefined) return 'stall wants milliseconds, as in "stall 200 ms"';
      this.#steps.push({ kind: word, ms: Number(ms) });
    } else {
      if (rest !== '') return `${word} stands alone`;
      this.#steps.push({ kind: word });
    }
    return undefined;
  }
}

function departed(told: OpenSend['told']): Pick<Extract<Step, { readonly kind: 'send' }>, 'departure' | 'state' | 'channel' | 'rule'> {
  const [departure, state, channel, rule] = departureWords.map(word => told.get(word));
  return {
    ...(departure !== undefined && { departure }),
    ...(state !== undefined && { state }),
    ...(channel !== undefined && { channel: Number(channel) }),
    ...(rule !== undefined && { rule: rule as RuleId }),
  };
}

/** The first word, and what stands behind it. */
const split = (text: string): readonly string[] => /^(\S+)\s*(.*)$/s.exec(text)?.slice(1) ?? [];
