/** What a command gets: its positional words and its options, as the option table names them. */
export interface Invocation {
  readonly words: readonly (string | readonly string[] | undefined)[];
  readonly options: Readonly<Record<string, unknown>>;
}
