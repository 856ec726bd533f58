/** One mistake that a fuzz campaign found, shrunk. */
export interface Finding {
  /** The same for the same mistake, whatever the seed. */
  readonly id: string;
  /** What is fuzzed: `parser`, `broker` or `client`. */
  readonly subject: string;
  /** As `0-9-1`. */
  readonly protocol: string;
  /** As `crash`, `hang`, `accepted illegal`. */
  readonly severity: string;
  readonly title: string;
  /** The rule that says so, where one is needed. */
  readonly rule?: string;
  /** How the input leaves the law; left out where it does not. */
  readonly departure?: string;
  /** State of the conversation when that was sent. */
  readonly state?: string;
  /** What came back. */
  readonly reaction?: string;
  /** Which input of which campaign it was, before it was shrunk. */
  readonly seed: number;
  readonly index: number;
  /** The text of the case: every octet, with each frame in words. */
  readonly text: string;
  /** Path of the saved case. */
  readonly case?: string;
  readonly replay: string;
}

/** What a fuzz campaign did, whether it found something or not. */
export interface FuzzRecord {
  readonly subject: string;
  /** As `0-9-1`. */
  readonly protocols: readonly string[];
  /** Inputs of a parser, conversations with a peer; those of earlier parts of a resumed campaign too. */
  readonly inputs: number;
  readonly inputsPerSecond: number;
  /** Index of the input with which the campaign would go on. */
  readonly next: number;
  /** Cases of the corpus that were played first, and how many of them still show a mistake. */
  readonly replayed: { readonly cases: number; readonly failing: number };
  /** All that a campaign can draw; no states of parsers. */
  readonly states: readonly string[];
  readonly departures: readonly string[];
  /** How often each departure was tried in each state; what was not tried is left out. */
  readonly coverage: readonly FuzzCell[];
}

/** How often a departure was tried in a state; `state` is empty where there are none. */
export interface FuzzCell {
  readonly state: string;
  readonly departure: string;
  readonly count: number;
}

/** Joins what the shards of a campaign did; undefined where none of them is a campaign. */
export function mergeFuzz(parts: readonly FuzzRecord[]): FuzzRecord | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  const sum = (of: (part: FuzzRecord) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const cells = new Map<string, FuzzCell>();
  for (const cell of parts.flatMap(({ coverage }) => coverage)) {
    const key = JSON.stringify([cell.state, cell.departure]);
    cells.set(key, { ...cell, count: cell.count + (cells.get(key)?.count ?? 0) });
  }
  return {
    ...first,
    inputs: sum(({ inputs }) => inputs),
    inputsPerSecond: sum(({ inputsPerSecond }) => inputsPerSecond),
    next: Math.max(...parts.map(({ next }) => next)),
    replayed: { cases: Math.max(...parts.map(({ replayed }) => replayed.cases)), failing: Math.max(...parts.map(({ replayed }) => replayed.failing)) },
    coverage: [...cells.values()],
  };
}

/** Each mistake once, the first that tells of it. */
export const distinct = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ id }, at) => findings.findIndex(each => each.id === id) === at);
