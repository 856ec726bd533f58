import type { AmqpFlow, Performative } from '../../wire/amqp10/codec.ts';
import { errorOf } from './breaches.ts';
import type { Commander } from './commands.ts';
import type { Link } from './link.ts';
import type { Outbound } from './outbound.ts';
import type { Progress } from './progress.ts';
import type { Session } from './session.ts';
import type { Automatic, Commands, ConnectionEvent, LinkEndpoint, SessionEndpoint } from './vocabulary.ts';

/** What a machine does by itself upon an event, unless its user has done it on hearing of it. */
export class Reactions {
  readonly #commander: Commander & Pick<Commands, 'close'>;
  readonly #progress: Progress;
  readonly #outbound: Outbound;
  readonly #automatic: Automatic;
  readonly #finish: () => void;
  #held = false;

  /** `finish` ends the stream. */
  constructor(
    commander: Commander & Pick<Commands, 'close'>,
    state: { readonly progress: Progress; readonly outbound: Outbound },
    automatic: Automatic,
    finish: () => void,
  ) {
    this.#commander = commander;
    this.#progress = state.progress;
    this.#outbound = state.outbound;
    this.#automatic = automatic;
    this.#finish = finish;
  }

  /** `flowed`: the user has sent a flow meanwhile. */
  to(event: ConnectionEvent, flowed: boolean, now: number): void {
    if (event.kind === 'flow') this.#flow(event.session as Session, event.link as Link | undefined, event.flow, flowed, now);
    else if (event.kind === 'session-begun') this.#goOn(event.session as Session);
    else if (event.kind === 'session-ended') this.#ended(event.session, now);
    else if (event.kind === 'link-detached') this.#detached(event.link, event.detach.closed === true, now);
    else if (event.kind === 'closed') this.#closed(now);
  }

  #flow(session: Session, link: Link | undefined, { echo, drain }: AmqpFlow, flowed: boolean, now: number): void {
    this.#goOn(session);
    const drains = this.#automatic.drain && drain === true && link?.role === 'sender' && link.credit > 0 && link.usable;
    if (drains && link.drain) this.#commander.drained(link, now);
    else if (echo === true && this.#automatic.echo && !flowed) this.#outbound.flow(session, link);
  }

  #closed(now: number): void {
    this.#progress.allOver();
    if (!this.#automatic.ending) return;
    if (this.#progress.state === 'CLOSE_RCVD') this.#commander.close(now);
    if (this.#progress.state === 'END') this.#finish();
  }

  #goOn(session: Session): void {
    if (this.#outbound.goOn(session)) this.#progress.tell({ kind: 'writable', session });
  }

  #ended(session: SessionEndpoint, now: number): void {
    if (this.#automatic.ending && session.state === 'END_RCVD') this.#commander.end(session, now);
  }

  #detached(link: LinkEndpoint, closed: boolean, now: number): void {
    if (!this.#automatic.ending || link.state !== 'DETACH_RCVD') return;
    if (link.handle === undefined) this.#commander.acceptLink(link, now);
    this.#commander.detach(link, now, { closed });
  }

  /** A link that cannot be told of ends its session; anything else the connection, as long as that can be told. */
  unsayable({ type }: Performative, session: Session | undefined, now: number): void {
    const error = errorOf('amqp:frame-size-too-small', `the ${type} is larger than the frames that are taken`);
    if (type === 'attach' && session !== undefined) this.#commander.end(session, now, error);
    else if (type === 'open' || type === 'close') this.#finish();
    else this.#commander.close(now, error);
  }

  /** No more room is told of until this ends, and then where it is due. */
  holdWindows(held: boolean): void {
    this.#held = held;
    this.#outbound.refreshes = this.#automatic.window && !held;
    if (!held) for (const session of this.#progress.sessions) if (session.usable && session.channel !== undefined) this.used(session);
  }

  /** Tells the peer of more room, once half of it is used. */
  used(session: Session): void {
    if (!this.#automatic.window || this.#held || session.incomingWindow * 2 > session.incomingWindowMax) return;
    this.#outbound.flow(session, undefined);
  }
}
