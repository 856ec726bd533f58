import type { Performative } from '../wire/amqp10/codec.ts';

interface Route {
  readonly name: string;
  readonly role: 'sender' | 'receiver';
  /** The peer's handle. */
  remote: number | undefined;
  /** We have detached. */
  ended: boolean;
}

interface Session {
  /** By our handle. */
  readonly links: Map<number, Route>;
  remoteEnded: boolean;
  ended: boolean;
}

/** Where a frame of the peer's belongs: our channel and our handle. */
export interface Place {
  readonly local: number | undefined;
  readonly handle: number | undefined;
}

/** Follows which of our channels and handles the peer's own stand for, whatever else is sent, legal or not. */
export class Routes {
  readonly #sessions = new Map<number, Session>();
  /** Our channel by the peer's. */
  readonly #locals = new Map<number, number>();

  sent(channel: number, what: Performative): void {
    if (what.type === 'begin') {
      if (this.#sessions.get(channel)?.ended !== false) this.#sessions.set(channel, { links: new Map(), remoteEnded: false, ended: false });
      if (what.remoteChannel !== undefined && !this.#locals.has(what.remoteChannel)) this.#locals.set(what.remoteChannel, channel);
      return;
    }
    const session = this.#sessions.get(channel);
    if (session === undefined) return;
    if (what.type === 'attach' && session.links.get(what.handle)?.ended !== false) {
      session.links.set(what.handle, { name: what.name, role: what.role, remote: undefined, ended: false });
    }
    const link = what.type === 'detach' ? session.links.get(what.handle) : undefined;
    if (link !== undefined) link.ended = true;
    if (what.type === 'end') {
      session.ended = true;
      if (session.remoteEnded) this.#sessions.delete(channel);
    }
  }

  received(channel: number, what: Performative): Place {
    if (what.type === 'open' || what.type === 'close') return { local: undefined, handle: undefined };
    if (what.type === 'begin' && what.remoteChannel !== undefined && !this.#locals.has(channel)) this.#locals.set(channel, what.remoteChannel);
    const local = this.#locals.get(channel);
    const session = local === undefined ? undefined : this.#sessions.get(local);
    if (local === undefined || session === undefined) return { local, handle: undefined };
    if (what.type === 'end') {
      this.#locals.delete(channel);
      session.remoteEnded = true;
      if (session.ended) this.#sessions.delete(local);
    }
    return { local, handle: handleOf(session, what) };
  }
}

function handleOf(session: Session, what: Performative): number | undefined {
  if (what.type === 'attach') {
    const found = [...session.links].find(([, { name, role }]) => name === what.name && role !== what.role);
    if (found !== undefined) found[1].remote = what.handle;
    return found?.[0];
  }
  if (what.type !== 'flow' && what.type !== 'transfer' && what.type !== 'detach') return undefined;
  const found = what.handle === undefined ? undefined : [...session.links].find(([, { remote }]) => remote === what.handle);
  if (found !== undefined && what.type === 'detach') found[1].remote = undefined;
  return found?.[0];
}
