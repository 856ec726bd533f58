import pc from 'picocolors';

/** The shared options of every command. */
export interface SharedOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** False with `--no-color`. */
  readonly color?: boolean;
}

export type Colors = ReturnType<typeof pc.createColors>;

/** Where a command's words go. With `--json` stdout carries one JSON value and nothing else. */
export interface Terminal {
  readonly colors: Colors;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Text for people; nothing with `--quiet`. */
  say(text: string): void;
  /** Text that `--quiet` does not silence. */
  warn(text: string): void;
  /** The one JSON value of `--json`; without it, nothing. */
  result(value: unknown): void;
  /** One line that replaces the last on a terminal; elsewhere a plain line each time `milestone` is set. */
  progress(line: string, milestone: boolean): void;
  /** Ends the live line. */
  settle(): void;
}

interface LiveLine {
  (text: string): void;
  clear(): void;
}

async function liveLine(): Promise<LiveLine | undefined> {
  if (!process.stderr.isTTY) return undefined;
  const { logUpdateStderr } = await import('log-update');
  return logUpdateStderr;
}

/** Makes the terminal of one command. */
export async function terminal(options: SharedOptions): Promise<Terminal> {
  const json = options.json === true;
  const quiet = options.quiet === true;
  const people = json ? process.stderr : process.stdout;
  const colors = pc.createColors(options.color !== false && pc.isColorSupported && people.isTTY === true);
  const live = quiet ? undefined : await liveLine();
  const line = (text: string): void => {
    live?.clear();
    people.write(`${text}\n`);
  };
  return {
    colors,
    json,
    quiet,
    verbose: options.verbose === true,
    say: text => {
      if (!quiet) line(text);
    },
    warn: line,
    result: value => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    progress: (text, milestone) => {
      if (live !== undefined) live(text);
      else if (milestone && !quiet) process.stderr.write(`${text}\n`);
    },
    settle: () => live?.clear(),
  };
}
