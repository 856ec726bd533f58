import {
  type ChannelState,
  type ConnectionState,
  type ContentState,
  channelTransitions,
  connectionTransitions,
  contentTransitions,
} from '../../../endpoint/amqp091/transitions.ts';
import type { Role } from '../../../endpoint/amqp091/vocabulary.ts';

/** One step through a table: who says what. */
export interface Edge {
  readonly sender: Role;
  readonly name: string;
}

type Rows = Readonly<Record<string, { readonly [R in Role]?: Readonly<Record<string, string>> }>>;

/** What a client cannot bring about by keeping to the law. */
const beyondUs: ReadonlySet<string> = new Set(['connection.secure', 'connection.blocked', 'connection.unblocked']);

const edgesFrom = (rows: Rows, state: string): readonly (Edge & { readonly to: string })[] =>
  (['client', 'server'] as const).flatMap(sender =>
    Object.entries(rows[state]?.[sender] ?? {})
      .filter(([name]) => !beyondUs.has(name) && !(sender === 'server' && name.endsWith('.close')))
      .map(([name, to]) => ({ sender, name, to })),
  );

/** The shortest way through a table from one state to another; undefined where a client that keeps to the law cannot get there. */
export function path(rows: Rows, from: string, to: string): readonly Edge[] | undefined {
  const ways = new Map<string, readonly Edge[]>([[from, []]]);
  for (const [state, way] of ways) {
    if (state === to) return way;
    for (const { to: next, ...edge } of edgesFrom(rows, state)) if (!ways.has(next)) ways.set(next, [...way, edge]);
  }
  return undefined;
}

function pathsOf<S extends string>(rows: Rows, from: S): ReadonlyMap<S, readonly Edge[]> {
  const found = Object.keys(rows).flatMap(to => {
    const way = path(rows, from, to);
    return way === undefined ? [] : [[to as S, way] as const];
  });
  return new Map(found);
}

/** How a connection comes to each of its states from the one behind the protocol header. */
export const connectionPaths: ReadonlyMap<ConnectionState, readonly Edge[]> = pathsOf<ConnectionState>(connectionTransitions as Rows, 'header');

/** How a channel comes to each of its states. */
export const channelPaths: ReadonlyMap<ChannelState, readonly Edge[]> = pathsOf<ChannelState>(channelTransitions as Rows, 'closed');

/** What a channel may be in the middle of. */
export const contentStates = Object.keys(contentTransitions) as readonly ContentState[];
