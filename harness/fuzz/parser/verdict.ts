import type { FuzzProtocol } from '../finding.ts';

/**
 * What a parser says of one input, a stream of frames: the answer of an `--exec` child, one line of JSON, and what `parse` of a module may answer
 * so that it is compared with our own decoder.
 */
export interface Verdict {
  /** Whether nothing in it was rejected; what is not whole yet is not rejected. */
  readonly accept: boolean;
  /** Octets of the frames that were read, up to the rejection or to a frame that is not whole; left out: all of the input where it is accepted. */
  readonly consumed?: number;
  /** Why it was rejected. */
  readonly error?: string;
  /** What came out where that was no rejection that the parser means: an exception from inside, with its place. */
  readonly uncaught?: string;
  /**
   * How far it looks: `frames` where it only cuts the stream into frames, `values` where it reads the values in them and leaves to others what a performative
   * wants of its fields; all of it unless said.
   */
  readonly reads?: 'frames' | 'values';
  /** One thing for each frame that was read, in the canonical form of `fixtures/parsers/README.md`; what is left out is not compared. */
  readonly value?: unknown;
}

/** Whether a parser answered a verdict. */
export function isVerdict(answer: unknown): answer is Verdict {
  const read = answer as Partial<Record<keyof Verdict, unknown>> | null;
  return (
    typeof read === 'object' &&
    read !== null &&
    typeof read.accept === 'boolean' &&
    (read.consumed === undefined || Number.isSafeInteger(read.consumed)) &&
    (read.error === undefined || typeof read.error === 'string') &&
    (read.uncaught === undefined || typeof read.uncaught === 'string')
  );
}

/** The verdict that a line says; undefined where it says none. */
export function readVerdict(line: string): Verdict | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isVerdict(answer) ? answer : undefined;
}

/** The protocol of each built-in parser; that of others is told by `--protocol`. */
export const protocolOfBuiltin: Readonly<Record<string, FuzzProtocol>> = {
  'builtin:amqp091': 'amqp091',
  'builtin:amqp10': 'amqp10',
  'builtin:amqplib': 'amqp091',
  'builtin:rhea': 'amqp10',
};
