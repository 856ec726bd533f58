import type { Session10 } from '../probe/amqp10-links.ts';
import type { Connection10, Draft10 } from '../probe/amqp10-peer.ts';
import type { Peer } from '../probe/peer.ts';
import { Stop } from '../probe/stop.ts';
import type { Disagreement } from './play.ts';

/** The nodes of the cases on a connection: whoever goes well leaves them empty to the next. */
const nodes = new WeakMap<Connection10, Map<string, string>>();

/** One case of 1.0 being played: its connection, its nodes and its script as people read it. */
export class Play10 {
  readonly peer: Peer;
  /** Shared with the cases before, as long as those went well. */
  readonly connection: Connection10;
  /** One line for each step so far. */
  readonly steps: string[] = [];
  readonly #sessions = new Set<Session10>();

  constructor(peer: Peer, connection: Connection10) {
    this.peer = peer;
    this.connection = connection;
  }

  /** Begins a session that is ended with the case. */
  async session(begin: Draft10<'begin'> = {}): Promise<Session10> {
    const session = await this.connection.session(begin);
    this.#sessions.add(session);
    return session;
  }

  /** The script has ended the session, or was told that it has ended. */
  gone(session: Session10): void {
    this.#sessions.delete(session);
  }

  /** The address of the node that `alias` stands for in the script; the same each time, and empty at the beginning. */
  async node(alias: string): Promise<string> {
    const known = nodes.get(this.connection) ?? new Map<string, string>();
    nodes.set(this.connection, known);
    const address = known.get(alias) ?? (await this.peer.node10()).address;
    known.set(alias, address);
    return address;
  }

  /** Adds a line to the script. */
  step(line: string): void {
    this.steps.push(line);
  }

  /** Ends the case unless the condition holds. */
  require(condition: boolean, { what, sentence, duty }: Disagreement): asserts condition {
    if (condition) return;
    throw new Stop({ kind: 'failed', reaction: what, sentence, ending: { kind: 'open' }, ...(duty !== undefined && { duty }) });
  }

  /** Ends the sessions that the case has begun, and forgets what came for them: others may bear their channels. */
  async end(): Promise<void> {
    for (const session of this.#sessions) await session.end();
    this.#sessions.clear();
    this.connection.taken();
  }
}
