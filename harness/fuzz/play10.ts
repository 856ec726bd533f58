import type { Session10 } from '../probe/amqp10-links.ts';
import type { Connection10, Draft10 } from '../probe/amqp10-peer.ts';
import { Playing } from './play.ts';

/** The nodes of the cases on a connection: whoever goes well leaves them empty to the next. */
const nodes = new WeakMap<Connection10, Map<string, string>>();

/** One case of 1.0 being played, with its nodes. */
export class Play10 extends Playing<Connection10> {
  readonly #sessions = new Set<Session10>();

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

  /** Ends the sessions that the case has begun, and forgets what came for them: others may bear their channels. */
  async end(): Promise<void> {
    for (const session of this.#sessions) await session.end();
    this.#sessions.clear();
    this.connection.taken();
  }
}
