import { AskingDesk10 } from './amqp10-asking.ts';
import { HttpDesk10 } from './amqp10-http.ts';
import type { Session10 } from './amqp10-links.ts';
import type { ProbeChannel } from './peer.ts';
import type { Probe } from './probe.ts';

/** The connections on which queues are made: one of each protocol, opened when it is needed. */
export class Desk {
  readonly probe: Probe;
  /** Queues that came into being by a link or a request, which nobody deletes unasked. */
  readonly attached = new Set<string>();
  #session: Promise<Session10> | undefined;
  #channel: Promise<ProbeChannel> | undefined;
  #http: Promise<HttpDesk10> | undefined;
  #asking: Promise<AskingDesk10> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #lost = false;

  constructor(probe: Probe) {
    this.probe = probe;
  }

  /** A connection broke off: another desk is needed. */
  get gone(): boolean {
    return this.#lost;
  }

  async session(): Promise<Session10> {
    this.#session ??= this.probe.session10();
    const session = await this.#session;
    this.#lost ||= session.connection.over;
    return session;
  }

  async channel(): Promise<ProbeChannel> {
    this.#channel ??= this.probe.channel();
    const channel = await this.#channel;
    this.#lost ||= channel.connection.over;
    return channel;
  }

  /** Links to `/management`, or to `$management`, one request at a time. */
  http(): Promise<HttpDesk10> {
    this.#http ??= this.session().then(session => HttpDesk10.attach(session, this.probe.name('management')));
    return this.#http;
  }

  asking(): Promise<AskingDesk10> {
    this.#asking ??= this.session().then(session => AskingDesk10.attach(session, '$management', this.probe.name('answers')));
    return this.#asking;
  }

  /** Does things one after the other: responses come over one link. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work, work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
