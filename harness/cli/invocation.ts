/** What a command gets: its positional words and its options, as the option table names them. */
export interface Invocation {
  readonly words: readonly (string | readonly string[] | undefined)[];
  readonly options: Readonly<Record<string, unknown>>;
  /** Names of the options that were written on the command line; the others are defaults. */
  readonly given: readonly string[];
}
