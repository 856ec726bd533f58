import type { FuzzProtocol } from '../finding.ts';
import { compare, type Note, Notes } from './differential.ts';
import { ExecChild } from './exec-child.ts';
import { Flight, framed, type Waiting } from './exec-flight.ts';
import { type Failure, failure } from './oracle.ts';
import { ParserError } from './parsers.ts';
import { plainMessage } from './plain-message.ts';
import type { Stretch, StretchOptions } from './thread.ts';
import { readVerdict, type Verdict } from './verdict.ts';

/** Longest time in milliseconds up to the first answer: a child may fetch and build first what it needs. */
const startMs = 300_000;
const pollMs = 20;
/** How often one looks at the memory of the child, in milliseconds: its peak stays to be seen. */
const memoryMs = 100;
/** Memory that a child may take beyond what it had at its start before one looks which input it was, in octets. */
const growthMax = 512 * 2 ** 20;
/** What one input may take: so much, and so many octets for each of its own. */
const balloonFloor = 64 * 2 ** 20;
const balloonRatio = 1_000;

/** Why a child was given up. */
type Trouble = { readonly kind: 'death' | 'silence' | 'balloon' | 'babble'; readonly message: string };

const brief = (line: string): string => (line.length > 80 ? `${line.slice(0, 80)}…` : line);

/** What an answer says is wrong, if anything. */
function judged(bytes: Uint8Array, verdict: Verdict, protocol: FuzzProtocol): Failure | Note | undefined {
  if (verdict.uncaught !== undefined) return failure('throw', verdict.uncaught, plainMessage(verdict.uncaught), []);
  return compare(bytes, verdict, protocol);
}

function troubled({ kind, message }: Trouble): Failure {
  switch (kind) {
    case 'silence':
      return failure('hang', message, '', []);
    case 'balloon':
      return failure('balloon', message, '', []);
    default:
      return failure('crash', message, plainMessage(message), []);
  }
}

/** A parser of any language behind `--exec`: a window of inputs in flight, and one by one in a fresh child where something went wrong. */
export class ExecRunner {
  readonly #command: string;
  readonly #protocol: FuzzProtocol;
  /** How often the subject differed from us in what the standard leaves open. */
  readonly notes = new Notes();
  #child: ExecChild | undefined;
  #base = 0;
  #hear: (line: string) => void = () => undefined;
  #trouble: (trouble: Trouble) => void = () => undefined;
  /** Whether it ever answered: one that never did does not keep the contract. */
  #answered = false;

  constructor(command: string, protocol: FuzzProtocol) {
    this.#command = command;
    this.#protocol = protocol;
  }

  /**
   * Starts the child, unless it runs, and waits for its answer to an input without octets.
   * @throws {ParserError} where none comes.
   */
  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    const child: ExecChild = new ExecChild(this.#command, {
      line: line => this.#child === child && this.#hear(line),
      end: how => {
        if (this.#child !== child) return;
        this.#child = undefined;
        this.#trouble({ kind: 'death', message: how });
      },
    });
    this.#child = child;
    const answer = await this.#ask(new Uint8Array(0), startMs);
    if (typeof answer === 'string' && readVerdict(answer) !== undefined) {
      this.#answered = true;
      this.#base = child.peak;
      return;
    }
    this.#drop();
    const words =
      typeof answer === 'string'
        ? `answers ${JSON.stringify(brief(answer))}`
        : answer.kind === 'silence'
          ? `gives no answer within ${startMs / 1000} s`
          : answer.message;
    throw new ParserError(
      `${this.#answered ? 'Started anew, the' : 'The'} parser ${words}; to an input without octets one line such as {"accept":true,"consumed":0} is due, written at once.`,
    );
  }

  /** Gives the parser one input; tells what it did wrong, if anything. */
  async judge(bytes: Uint8Array, _cuts: readonly number[], { limitMs }: { readonly limitMs: number; readonly anyCut?: boolean }): Promise<Failure | undefined> {
    await this.start();
    const before = this.#child?.peak ?? 0;
    const answer = await this.#ask(bytes, limitMs);
    if (typeof answer !== 'string') {
      this.#drop();
      return troubled(answer);
    }
    const verdict = readVerdict(answer);
    if (verdict === undefined) {
      this.#drop();
      return troubled(babble(answer));
    }
    const grown = (this.#child?.peak ?? before) - before;
    if (grown > balloonFloor + balloonRatio * bytes.length) {
      this.#drop();
      return troubled({ kind: 'balloon', message: `${Math.round(grown / 2 ** 20)} MiB of memory for an input of ${bytes.length} octets` });
    }
    const found = judged(bytes, verdict, this.#protocol);
    return found !== undefined && 'signature' in found ? found : undefined;
  }

  /** Gives the parser one input of the campaign after the other. */
  async run({ seed, from, to, limitMs, known, onFinding, enough }: StretchOptions): Promise<Stretch> {
    await this.start();
    const signatures = new Set(known);
    const found = (index: number, wrong: Failure | Note | undefined): void => {
      if (wrong === undefined) return;
      if ('note' in wrong) this.notes.add(wrong);
      else if (!signatures.has(wrong.signature)) {
        signatures.add(wrong.signature);
        onFinding(index, wrong);
      }
    };
    const flight = new Flight({ seed, protocol: this.#protocol }, from, to, octets => this.#child?.write(octets));
    const trouble = await this.#fly(flight, { limitMs, enough, found });
    this.#hear = () => undefined;
    this.#trouble = () => undefined;
    if (trouble === undefined) return { next: flight.next };
    this.#drop();
    return this.#culprit(flight.waiting, { limitMs, found, next: flight.next });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#drop();
  }

  #drop(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.kill();
  }

  /** Sends one input and waits for its line. */
  async #ask(bytes: Uint8Array, limitMs: number): Promise<string | Trouble> {
    const answer = await new Promise<string | Trouble>(resolve => {
      const timer = setTimeout(() => resolve({ kind: 'silence', message: `no answer within ${limitMs} ms` }), limitMs);
      const settle = (outcome: string | Trouble): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      this.#hear = settle;
      this.#trouble = settle;
      this.#child?.write(framed(bytes));
    });
    this.#hear = () => undefined;
    this.#trouble = () => undefined;
    return answer;
  }

  /** Keeps the window full until the stretch is over; answers why it could not be. */
  async #fly(flight: Flight, { limitMs, enough, found }: Pick<StretchOptions, 'limitMs' | 'enough'> & { readonly found: Found }): Promise<Trouble | undefined> {
    let watch: NodeJS.Timeout | undefined;
    let memory: NodeJS.Timeout | undefined;
    const outcome = await new Promise<Trouble | undefined>(resolve => {
      let since = performance.now();
      this.#trouble = resolve;
      this.#hear = line => {
        const verdict = readVerdict(line);
        const input = flight.waiting[0];
        if (verdict === undefined || input === undefined) {
          // Behind it nobody knows which answer is to which input.
          this.#hear = () => undefined;
          return resolve(babble(line));
        }
        flight.answered();
        since = performance.now();
        found(input.index, judged(input.bytes, verdict, this.#protocol));
        if (flight.over) resolve(undefined);
      };
      watch = setInterval(() => {
        if (enough(flight.at)) flight.stop();
        if (flight.over) resolve(undefined);
        else if (performance.now() - since > limitMs) resolve({ kind: 'silence', message: `no answer within ${limitMs} ms` });
      }, pollMs);
      memory = setInterval(() => {
        if ((this.#child?.peak ?? 0) - this.#base > growthMax) resolve({ kind: 'balloon', message: '' });
      }, memoryMs);
      flight.fill();
      if (flight.over) resolve(undefined);
    });
    clearInterval(watch);
    clearInterval(memory);
    return outcome;
  }

  /** Plays what was in flight one by one: the first that takes the child down is told, and the next stretch goes on behind it. */
  async #culprit(
    waiting: readonly Waiting[],
    { limitMs, found, next }: { readonly limitMs: number; readonly found: Found; readonly next: number },
  ): Promise<Stretch> {
    for (const { index, bytes } of waiting) {
      const wrong = await this.judge(bytes, [], { limitMs });
      if (wrong === undefined) continue;
      if (this.#child === undefined) return { next: index + 1, failure: wrong };
      found(index, wrong);
    }
    this.notes.add({ note: 'given up', about: 'a child was lost, and none of the inputs at hand does that alone' });
    return { next };
  }
}

type Found = (index: number, wrong: Failure | Note | undefined) => void;

const babble = (line: string): Trouble => ({ kind: 'babble', message: `answered ${JSON.stringify(brief(line))}, which is no answer` });
