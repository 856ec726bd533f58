import { basename } from 'node:path';
import { types } from 'node:util';
import type { RuleId } from '../../spec/catalogue.ts';
import { everyOctet } from '../emit/emitter.ts';
import { digest, fingerprint } from './digest.ts';
import { type Parser, ParserError, type Push } from './parsers.ts';
import { plainMessage } from './plain-message.ts';

/**
 * What a parser may never do: throw what is no rejection, not come back in time, take its thread down (no memory left, the process ended), or
 * tell another story when the same octets come in other chunks, use memory out of all proportion, or read the octets as the standard does not.
 */
export type FindingKind = 'throw' | 'hang' | 'crash' | 'balloon' | 'cut-dependent' | 'accepted illegal' | 'rejected legal' | 'wrong value';

/** What a parser did wrong with an input. */
export interface Failure {
  readonly kind: FindingKind;
  /** One line for people. */
  readonly message: string;
  /** Failures with the same signature are taken for the same mistake: kind, message without its numbers and quotes, and place in the source. */
  readonly signature: string;
  /** Where the stream was cut, for what depends on it. */
  readonly cuts: readonly number[];
  /** What says so, where a rule does. */
  readonly rule?: RuleId;
}

/** What one stream gave: the things in it, and whether it was rejected. */
interface Story<T> {
  readonly things: readonly T[];
  readonly rejected: boolean;
}

/** Exceptions of the parser's own making; anything else that is thrown is a mistake of ours. */
class Thrown {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** A buffer of the parser's own, so that what it does to its octets stays its affair. */
const own = ({ shares }: Parser, bytes: Uint8Array): Buffer => (shares ? (bytes as Buffer) : Buffer.from(bytes));

function called(parser: Parser, call: () => unknown): { readonly rejected: boolean; readonly value?: unknown } {
  try {
    const value = call();
    if (types.isPromise(value)) {
      value.catch(() => undefined);
      throw new ParserError('The parser answers with a promise; what is fuzzed has to be synchronous.');
    }
    const rejected = typeof value === 'object' && value !== null && (value as { readonly error?: unknown }).error != null;
    return { rejected, value };
  } catch (error) {
    if (error instanceof ParserError) throw error;
    if (parser.rejects(error)) return { rejected: true };
    throw new Thrown(error);
  }
}

function story<T>(parser: Parser, create: () => Push, bytes: Uint8Array, cuts: readonly number[], read: (thing: unknown) => T): Story<T> {
  let push: Push = () => undefined;
  const opened = called(parser, () => {
    push = create();
    return undefined;
  });
  const things: T[] = [];
  for (let index = 0, start = 0; index <= cuts.length && !opened.rejected; index += 1) {
    const end = cuts[index] ?? bytes.length;
    const { rejected, value } = called(parser, () => push(own(parser, bytes.subarray(start, end))));
    if (rejected) return { things, rejected };
    // Reading a thing may run the parser's own code, where its properties are lazy.
    called(parser, () => void things.push(...listed(value).map(read)));
    start = end;
  }
  return { things, rejected: opened.rejected };
}

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]);

/** Where two stories part: at the thing of that index, in their length, or in their end; undefined where they do not. */
function parting<T>(whole: Story<T>, cut: Story<T>): number | 'length' | 'end' | undefined {
  const count = Math.min(whole.things.length, cut.things.length);
  const at = whole.things.findIndex((thing, index) => index < count && thing !== cut.things[index]);
  if (at >= 0) return at;
  if (whole.rejected !== cut.rejected) return 'end';
  // A streaming parser that rejects may lose what came before with the same chunk.
  return whole.rejected || whole.things.length === cut.things.length ? undefined : 'length';
}

const brief = (thing = ''): string => (thing.length > 80 ? `${thing.slice(0, 80)}…` : thing);

function partingWords(whole: Story<string>, cut: Story<string>): string {
  const at = parting(whole, cut);
  switch (at) {
    case undefined:
      return 'the stream tells another story, though not each time';
    case 'end':
      return cut.rejected ? 'the stream is rejected, which it is not as a whole' : 'the stream is not rejected, which it is as a whole';
    case 'length':
      return `the stream gives ${cut.things.length} things, ${whole.things.length} as a whole`;
    default:
      return `thing ${at + 1} of the stream is another: ${brief(cut.things[at])} instead of ${brief(whole.things[at])}`;
  }
}

/** What is looked at in an input; what is not said is not. */
export interface Look {
  /** How the stream is cut, one way after the other. */
  readonly cuts: readonly (readonly number[])[];
  /** Whether what was accepted is encoded and parsed again. */
  readonly encoded: boolean;
  /** Whether our own parsers describe it. */
  readonly described: boolean;
}

/** Streams that `judgeAnyCut` makes of an input of so many octets, at most. */
export const streamsOf = (length: number): number => Math.min(length, singlesMax) + 5;

const singlesMax = 128;

/** All that can be looked at, with many cuts: the one given, one in each place of the first octets, and one behind every octet. The failure tells which it was. */
export function judgeAnyCut(parser: Parser, bytes: Uint8Array, given: readonly number[]): Failure | undefined {
  const singles = everyOctet(Math.min(bytes.length, singlesMax)).map(cut => [cut]);
  const clipped = given.filter(cut => cut < bytes.length);
  return judge(parser, bytes, { cuts: [...singles, clipped, everyOctet(bytes.length)], encoded: true, described: true });
}

/**
 * Gives a parser one input and tells what it did wrong, if anything. It does not come back where the parser does not.
 * @throws {ParserError} where the parser does not keep the contract, so that nothing can be judged.
 */
export function judge(parser: Parser, bytes: Uint8Array, look: Look): Failure | undefined {
  const at = { cuts: [] as readonly number[] };
  try {
    if (look.described) called(parser, () => parser.describe?.(bytes));
    return judgeWhole(parser, bytes, look.encoded) ?? judgeCuts(parser, bytes, look.cuts, at);
  } catch (error) {
    if (!(error instanceof Thrown)) throw error;
    return thrownFailure(error.value, at.cuts);
  }
}

function judgeWhole(parser: Parser, bytes: Uint8Array, encoded: boolean): Failure | undefined {
  const { parse, encode } = parser;
  if (parse === undefined) return undefined;
  const { value, rejected } = called(parser, () => parse(own(parser, bytes)));
  const wrong = parser.compare?.(bytes, value);
  if (wrong !== undefined || rejected || !encoded || encode === undefined) return wrong;
  return judgeEncoded(parser, value, parse, encode);
}

/** What was accepted has to be something that octets stand for, and these octets stand for the same. */
function judgeEncoded(parser: Parser, value: unknown, parse: (bytes: Buffer) => unknown, encode: (value: unknown) => Uint8Array): Failure | undefined {
  const { value: octets } = called(parser, () => encode(value));
  if (!(octets instanceof Uint8Array)) throw new ParserError('What encode(value) answers are no octets.');
  const again = called(parser, () => parse(own(parser, octets)));
  if (!again.rejected && fingerprint(value) === fingerprint(again.value)) return undefined;
  const hex = brief(Buffer.from(octets).toString('hex'));
  const [before, after] = [digest(value), digest(again.value)];
  const at = [...before].findIndex((letter, index) => letter !== after[index]);
  const words = again.rejected
    ? `encoded again, what was accepted is rejected: ${hex}`
    : `encoded again, what was accepted is another: ${brief(after.slice(Math.max(0, at - 20)))} instead of ${brief(before.slice(Math.max(0, at - 20)))}`;
  return failure('wrong value', words, again.rejected ? 'encoded rejected' : 'encoded', []);
}

/** Whether the stream tells the same story whole and cut. Where it is cut is told by `at`. */
function judgeCuts(parser: Parser, bytes: Uint8Array, each: readonly (readonly number[])[], at: { cuts: readonly number[] }): Failure | undefined {
  const { create } = parser;
  if (create === undefined || (each.length === 0 && parser.parse !== undefined)) return undefined;
  const whole = story(parser, create, bytes, [], fingerprint);
  for (const cuts of each) {
    at.cuts = cuts;
    if (parting(whole, story(parser, create, bytes, cuts, fingerprint)) === undefined) continue;
    const words = partingWords(story(parser, create, bytes, [], digest), story(parser, create, bytes, cuts, digest));
    return failure('cut-dependent', `cut at ${placesOf(cuts)}, ${words}`, '', cuts);
  }
  return undefined;
}

const placesOf = (cuts: readonly number[]): string => (cuts.length > 8 ? `${cuts.slice(0, 8).join(', ')}, …` : cuts.join(', '));

function thrownFailure(thrown: unknown, cuts: readonly number[]): Failure {
  if (!types.isNativeError(thrown)) return failure('throw', `threw ${brief(digest(thrown))}`, '', cuts);
  const message = `${thrown.name}: ${String(thrown.message).split('\n')[0] ?? ''}`;
  // Where a stack overflows is chance.
  const deep = thrown instanceof RangeError && /call stack/.test(message);
  const line = deep
    ? undefined
    : String(thrown.stack)
        .split('\n')
        .find(each => /^\s+at /.test(each) && !/node:/.test(each));
  const place = /\(?((?:file:\/\/)?\/[^()]*?):(\d+):(\d+)\)?$/.exec(line?.trim() ?? '');
  const at = place === null ? '' : `${basename(place[1] ?? '').replace(/\?.*$/, '')}:${place[2]}:${place[3]}`;
  return failure('throw', at === '' ? message : `${message} (${at})`, `${plainMessage(message)} ${at}`, cuts);
}

/** A failure with its signature; `what` is what the signature says besides the kind, nothing for all of a kind. */
export function failure(kind: FindingKind, message: string, what: string, cuts: readonly number[]): Failure {
  return { kind, message, signature: `${kind} ${what}`.trim(), cuts };
}
