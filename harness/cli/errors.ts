/** Exit statuses, as `JUDGEMENT` in harness/README.md has them. */
export const exitStatus = { asDeclared: 0, surprise: 1, notJudged: 2, usage: 64 } as const;

/** Ends the command with one sentence for people: what happened, where, what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly status: number;

  constructor(sentence: string, status: number = exitStatus.notJudged) {
    super(sentence);
    this.status = status;
  }
}

/** The command line or a file that it names is wrong. */
export function usage(sentence: string): CommandError {
  return new CommandError(sentence, exitStatus.usage);
}
