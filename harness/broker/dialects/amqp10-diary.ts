import type { ConnectionEvent } from '../../endpoint/amqp10/vocabulary.ts';
import type { AmqpError } from '../../wire/amqp10/codec.ts';
import type { Log } from '../log.ts';
import type { ConnectionId, EffectOf } from '../vocabulary.ts';

type Violation = Extract<ConnectionEvent, { readonly kind: 'violation' }>;
type Ended = Extract<ConnectionEvent, { readonly kind: 'ended' }>;

/** What one connection tells the log. The first reason for its end is the one that counts. */
export class Diary10 {
  readonly #log: Log;
  readonly #peer: string;
  #opened: { readonly connection: ConnectionId; readonly user: string } | undefined;
  #why: string | undefined;

  constructor(log: Log, peer: string) {
    this.#log = log;
    this.#peer = peer;
  }

  opened(connection: ConnectionId, user: string, virtualHost: string, client: string): void {
    this.#opened = { connection, user };
    this.#why = undefined;
    this.#log({ event: 'connection-opened', connection, peer: this.#peer, user, virtualHost, client });
  }

  /** The connection is going to end, and this is why. */
  ending(why: string): void {
    this.#why ??= why;
  }

  /** A link, or the session of that name, was ended with an error of ours. */
  detached(link: string, { condition, description = '' }: AmqpError): void {
    if (this.#opened !== undefined) this.#log({ event: 'link-exception', connection: this.#opened.connection, link, condition, why: description });
  }

  violation({ violation, answer, channel }: Violation): void {
    if (answer.kind === 'detach' || answer.kind === 'end') this.detached(`session ${channel}`, { ...answer.error, description: violation.detail });
    else if (answer.kind !== 'borne' && answer.kind !== 'discarded') this.ending(violation.detail);
  }

  held({ connection, held, reason }: EffectOf<'hold'>): void {
    this.#log(held ? { event: 'publisher-held', connection, why: reason } : { event: 'publisher-released', connection });
  }

  /** A client that goes before it has opened, as one that looks whether the port answers, is no news. */
  ended({ how }: Ended): void {
    const why = this.#why ?? (this.#opened && (how === 'reset' ? 'the client reset it' : 'the client left without closing it'));
    if (why === undefined) return;
    if (this.#opened === undefined) this.#log({ event: 'connection-refused', peer: this.#peer, why });
    else this.#log({ event: 'connection-closed', ...this.#opened, peer: this.#peer, why });
  }
}
