/** What became of a client's process. */
export interface Exit {
  readonly status: number | undefined;
  readonly signal: string | undefined;
}

/** A client that was started. */
export interface RunningClient {
  readonly exited: Promise<Exit>;
  /** Asks it to end by itself. */
  terminate(): void;
  /** Ends it, and whatever it started. */
  kill(): void;
  /** Octets of memory that it and what it started hold; undefined where that cannot be known. */
  memory(): number | undefined;
  /** The last lines that it wrote. */
  words(): readonly string[];
}

/** Starts the client once more, with these variables in its environment. */
export type StartClient = (environment: Readonly<Record<string, string>>) => RunningClient;
