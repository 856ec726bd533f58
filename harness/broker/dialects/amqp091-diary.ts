import type { ClientSession } from '../../endpoint/amqp091/negotiation.ts';
import type { ConnectionEvent, Exception } from '../../endpoint/amqp091/vocabulary.ts';
import { fieldValue } from '../../wire/amqp091/field-table.ts';
import type { Log } from '../log.ts';
import type { ConnectionId, EffectOf } from '../vocabulary.ts';

type Violation = Extract<ConnectionEvent, { readonly kind: 'violation' }>;
type Ended = Extract<ConnectionEvent, { readonly kind: 'ended' }>;

/** What one connection tells the log: how it came about, what went wrong, and why it ended. The first reason for the end is the one that counts. */
export class Diary {
  readonly #log: Log;
  readonly #peer: string;
  #opened: { readonly connection: ConnectionId; readonly user: string } | undefined;
  #why: string | undefined;

  constructor(log: Log, peer: string) {
    this.#log = log;
    this.#peer = peer;
  }

  opened(connection: ConnectionId, { user, virtualHost, clientProperties }: ClientSession): void {
    this.#opened = { connection, user };
    this.#why = undefined;
    this.#log({ event: 'connection-opened', connection, peer: this.#peer, user, virtualHost, client: nameOf(clientProperties) });
  }

  /** The connection is going to end, and this is why. */
  ending(why: string): void {
    this.#why ??= why;
  }

  exception({ scope, code, text }: Pick<Exception, 'scope' | 'code' | 'text'>, channel: number): void {
    if (scope === 'connection' || this.#opened === undefined) this.ending(`${code} ${text}`);
    else this.#log({ event: 'channel-exception', connection: this.#opened.connection, channel, code, why: text });
  }

  violation({ violation, channel, answer }: Violation): void {
    if (typeof answer === 'string') this.ending(violation.detail);
    else this.exception(answer, channel);
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

function nameOf(properties: ClientSession['clientProperties']): string {
  const text = (name: string): string => {
    const field = fieldValue(properties, name);
    return field?.type === 'long-string' ? new TextDecoder().decode(field.value.subarray(0, 100)) : '';
  };
  return text('connection_name') || [text('product'), text('version')].filter(each => each !== '').join(' ');
}
