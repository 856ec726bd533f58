import type { AmqpOpen } from '../../wire/amqp10/codec.ts';
import type { Link } from './link.ts';
import type { Session } from './session.ts';
import { type ConnectionState, type ConnectionStep, connectionTransitions, type Direction } from './transitions.ts';
import type { Unsettled } from './unsettled.ts';
import type { ConnectionEvent, LinkRole, Role } from './vocabulary.ts';

/** How far a connection, its sessions and their links have come: what both directions follow alike. */
export class Progress {
  readonly role: Role;
  readonly peer: Role;
  state: ConnectionState = 'START';
  localOpen: AmqpOpen | undefined;
  remoteOpen: AmqpOpen | undefined;
  /** Sessions by the channel that we send on, and by that of the peer's frames. */
  readonly channels = new Map<number, Session>();
  readonly remoteChannels = new Map<number, Session>();
  readonly sessions = new Set<Session>();
  /** Octets of deliveries that have begun and not ended. */
  partial = 0;
  readonly tell: (event: ConnectionEvent) => void;

  constructor(role: Role, tell: (event: ConnectionEvent) => void) {
    this.role = role;
    this.peer = role === 'client' ? 'server' : 'client';
    this.tell = tell;
  }

  follow(direction: Direction, step: ConnectionStep): void {
    this.state = connectionTransitions[this.state][direction]?.[step] ?? this.state;
  }

  /** Drops what has come of a delivery that will not be completed. */
  dropPartial(link: Link): void {
    this.partial -= link.coming?.cost ?? 0;
    link.coming = undefined;
  }

  /** The link of this name and direction that the peer has attached, and nobody has detached. */
  attached(role: LinkRole, name: string): Link | undefined {
    for (const session of this.sessions) {
      const link = session.named(role, name);
      if (link !== undefined && !link.over && (link.state === 'ATTACHED' || link.state === 'ATTACH_RCVD')) return link;
    }
    return undefined;
  }

  keep(unsettled: Unsettled, direction: Direction): void {
    const { link, deliveryId, key } = unsettled;
    const { incoming, outgoing } = link.session;
    (direction === 'sent' ? outgoing : incoming).set(deliveryId, unsettled);
    link.tags.set(key, unsettled);
  }

  forget(unsettled: Unsettled): void {
    const { link, deliveryId, key } = unsettled;
    const kept = link.role === 'sender' ? link.session.outgoing : link.session.incoming;
    if (kept.get(deliveryId) === unsettled) kept.delete(deliveryId);
    if (link.tags.get(key) === unsettled) link.tags.delete(key);
  }

  /** Nothing will pass over the link any more; the handles may live on until both sides have detached. */
  linkOver(link: Link): void {
    if (link.over) return;
    link.over = true;
    this.dropPartial(link);
    link.session.dropWaiting(link);
    this.tell({ kind: 'link-over', link });
  }

  /** Both sides have detached, or the session has gone. */
  linkGone(link: Link): void {
    this.linkOver(link);
    link.session.remove(link);
    if (link.gone) for (const unsettled of [...link.tags.values()]) this.forget(unsettled);
  }

  sessionOver(session: Session): void {
    if (session.over) return;
    session.over = true;
    for (const link of session.links) this.linkOver(link);
    session.dropWaiting();
    this.tell({ kind: 'session-over', session });
  }

  sessionGone(session: Session): void {
    this.sessionOver(session);
    session.state = 'UNMAPPED';
    for (const link of session.links) link.state = 'DETACHED';
    session.incoming.clear();
    session.outgoing.clear();
    this.sessions.delete(session);
    if (session.channel !== undefined && this.channels.get(session.channel) === session) this.channels.delete(session.channel);
    if (session.remoteChannel !== undefined && this.remoteChannels.get(session.remoteChannel) === session) this.remoteChannels.delete(session.remoteChannel);
  }

  allOver(): void {
    for (const session of [...this.sessions]) this.sessionGone(session);
    this.partial = 0;
  }
}
