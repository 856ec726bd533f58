import type { FuzzProtocol } from '../finding.ts';
import { ExecRunner } from './exec-runner.ts';
import type { Failure } from './oracle.ts';
import { locateParser, ParserError } from './parsers.ts';
import { ParserThread, type Stretch, type StretchOptions } from './thread.ts';

/** A parser with what guards it: a thread or a process of its own. */
export interface Runner extends AsyncDisposable {
  readonly start: () => Promise<void>;
  readonly judge: (
    bytes: Uint8Array,
    cuts: readonly number[],
    options: { readonly limitMs: number; readonly anyCut?: boolean },
  ) => Promise<Failure | undefined>;
  readonly run: (options: StretchOptions) => Promise<Stretch>;
  /** What it differed from us in that the standard leaves open, and how often. */
  readonly notes: ReadonlyMap<string, number>;
}

/** Before the command of a parser behind `--exec`, in its full name. */
const execPrefix = 'exec:';

/** The full name of the parser that a command starts. */
export const execParser = (command: string): string => `${execPrefix}${command}`;

/** Whether a full name is that of a command. */
export const isExec = (located: string): boolean => located.startsWith(execPrefix);

/**
 * The parser's full name: a command and a built-in as they are, a path as a file URL.
 * @throws {ParserError} where there is no such built-in or file.
 */
export const locate = (parser: string): string => (isExec(parser) ? parser : locateParser(parser));

/**
 * The guard of the parser with that full name.
 * @throws {ParserError} where its command is empty.
 */
export function openRunner(located: string, protocol: FuzzProtocol): Runner {
  if (!isExec(located)) return new ParserThread(located, protocol);
  const command = located.slice(execPrefix.length).trim();
  if (command === '') throw new ParserError('--exec wants a command that starts a parser.');
  return new ExecRunner(command, protocol);
}
