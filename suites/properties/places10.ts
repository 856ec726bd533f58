import type { Play10 } from '../../harness/fuzz/play10.ts';
import type { Session10 } from '../../harness/probe/amqp10-links.ts';
import type { Connection10 } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { Stop } from '../../harness/probe/stop.ts';

/** A session: two on the connection of the case, and one on another connection of the same container. */
export type Place = 0 | 1 | 2;

const containers = new WeakMap<Connection10, string>();

/** A connection of a container that is known. */
export async function connectPlaces(peer: Peer): Promise<Connection10> {
  const containerId = peer.name('container');
  const connection = await peer.connection10({ open: { containerId } });
  containers.set(connection, containerId);
  return connection;
}

function another(peer: Peer, connection: Connection10): Promise<Connection10> {
  return peer.connection10({ open: { containerId: containers.get(connection) ?? peer.name('container') } });
}

/** What a peer can do. */
interface Ways {
  /** It lets a link be attached that is attached on another session, or another connection, and ends its former attachment. */
  readonly within: boolean;
  readonly across: boolean;
  /** It takes a link that comes with what its client holds for unsettled. */
  readonly resumes: boolean;
}

/** What was found out of each server, once for all cases. */
const known = new WeakMap<Peer, Promise<Ways>>();

async function steals(peer: Peer, address: string, from: Session10, to: Session10): Promise<boolean> {
  const name = peer.name('link');
  await from.receiver(address, { name });
  try {
    await to.receiver(address, { name });
  } catch (error) {
    if (error instanceof Stop && error.why.kind === 'failed') return false;
    throw error;
  }
  await from.barrier();
  return from.connection.taken().some(seen => seen.kind === 'frame' && seen.local === from.channel && seen.performative.type === 'detach');
}

async function resumes(peer: Peer, address: string): Promise<boolean> {
  const session = await peer.session10();
  try {
    await session.receiver(address, {
      unsettled: [
        [
          { type: 'binary', value: Buffer.from('of no delivery') },
          { type: 'null', value: null },
        ],
      ],
    });
    return true;
  } catch (error) {
    if (error instanceof Stop && error.why.kind === 'failed') return false;
    throw error;
  } finally {
    session.connection.destroy();
  }
}

async function findOut(peer: Peer): Promise<Ways> {
  const { address } = await peer.node10();
  const connection = await connectPlaces(peer);
  const within = await steals(peer, address, await connection.session(), await connection.session());
  connection.destroy();
  const one = await connectPlaces(peer);
  const second = await another(peer, one);
  const across = await steals(peer, address, await one.session(), await second.session());
  one.destroy();
  second.destroy();
  return { within, across, resumes: await resumes(peer, address) };
}

function waysOf(peer: Peer): Promise<Ways> {
  const asked = known.get(peer) ?? findOut(peer);
  known.set(peer, asked);
  return asked;
}

/** The sessions of a case, each begun when it is needed. */
export class Places {
  readonly #play: Play10;
  readonly #ways: Ways;
  readonly #sessions = new Map<Place, Session10>();
  #second: Connection10 | undefined;

  private constructor(play: Play10, ways: Ways) {
    this.#play = play;
    this.#ways = ways;
  }

  static async begin(play: Play10): Promise<Places> {
    return new Places(play, await waysOf(play.peer));
  }

  /** Whether a link that is attached on one session can be attached on another. */
  steals(from: Place, to: Place): boolean {
    return from === 2 || to === 2 ? this.#ways.across : this.#ways.within;
  }

  /** Whether a link may be attached with what its client holds. */
  get resumes(): boolean {
    return this.#ways.resumes;
  }

  async session(at: Place): Promise<Session10> {
    const session = this.#sessions.get(at) ?? (await this.#begun(at));
    this.#sessions.set(at, session);
    return session;
  }

  async #begun(at: Place): Promise<Session10> {
    if (at !== 2) return this.#play.session();
    this.#second ??= await another(this.#play.peer, this.#play.connection);
    return this.#second.session();
  }

  /** Ends a session, or drops the second connection. Answers which sessions are over. */
  async over(at: Place, how: 'end' | 'lose', tell: (line: string) => void): Promise<readonly Place[]> {
    const session = this.#sessions.get(at);
    if (session === undefined) return [];
    this.#sessions.delete(at);
    if (at === 2) {
      tell(`session 3: ${how === 'lose' ? 'drop the connection' : 'close the connection'}`);
      if (how === 'lose') this.#second?.destroy();
      else await this.#second?.close();
      this.#second = undefined;
    } else {
      tell(`session ${at + 1}: end`);
      await session.end();
      this.#play.gone(session);
    }
    return [at];
  }

  /** Ends them all. */
  async end(): Promise<void> {
    for (const at of [0, 1, 2] as const) await this.over(at, 'end', () => {});
  }
}
