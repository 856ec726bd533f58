import type { StreamEnd } from '../../endpoint/transport.ts';
import type { Log } from '../log.ts';
import type { ConnectionId, EffectOf } from '../vocabulary.ts';

/** What one connection tells the log, whatever protocol it speaks: how it came about, what went wrong, and why it ended. The first reason for the end is the one that counts. */
export class Diary {
  protected readonly log: Log;
  readonly #peer: string;
  #open: { readonly connection: ConnectionId; readonly user: string } | undefined;
  #why: string | undefined;

  constructor(log: Log, peer = 'a stream') {
    this.log = log;
    this.#peer = peer;
  }

  /** The connection while it is open. */
  protected get connection(): ConnectionId | undefined {
    return this.#open?.connection;
  }

  /** `client`: what it calls itself. */
  opened(connection: ConnectionId, user: string, virtualHost: string, client: string): void {
    this.#open = { connection, user };
    this.#why = undefined;
    this.log({ event: 'connection-opened', connection, peer: this.#peer, user, virtualHost, client });
  }

  /** The connection is going to end, and this is why. */
  ending(why: string): void {
    this.#why ??= why;
  }

  held({ connection, held, reason }: EffectOf<'hold'>): void {
    this.log(held ? { event: 'publisher-held', connection, why: reason } : { event: 'publisher-released', connection });
  }

  /** A client that goes before it has opened, as one that looks whether the port answers, is no news. */
  ended({ how }: { readonly how: StreamEnd }): void {
    const why = this.#why ?? (this.#open && (how === 'reset' ? 'the client reset it' : 'the client left without closing it'));
    if (why === undefined) return;
    if (this.#open === undefined) this.log({ event: 'connection-refused', peer: this.#peer, why });
    else this.log({ event: 'connection-closed', ...this.#open, peer: this.#peer, why });
  }
}
