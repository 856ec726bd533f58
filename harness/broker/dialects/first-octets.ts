import type { Clock, Stream, StreamEnd, StreamListener } from '../../endpoint/transport.ts';
import type { Broker } from '../broker.ts';
import type { Amqp10Settings } from './amqp10-settings.ts';
import { serveAmqp091 } from './amqp091.ts';
import type { Amqp091Settings } from './amqp091-settings.ts';
import type { Client, ServedConnection } from './served.ts';

/** What a listener of both protocols offers and tolerates. */
export type ListenerSettings = Amqp091Settings & Amqp10Settings;

const literal = Buffer.from('AMQP');

type Serve10 = typeof import('./amqp10.ts').serveAmqp10;

/** What serves 1.0, or loads it: whoever does not speak it need not wait for that. */
export type Ten = { readonly serve: Serve10 } | { readonly load: () => Promise<Serve10> };

/** Serves one accepted stream by the protocol that its first octets ask for. What is neither is for 0-9-1 to refuse. */
export function serveAmqp(stream: Stream, clock: Clock, broker: Broker, settings: ListenerSettings, ten: Ten, client: Client = {}): ServedConnection {
  return new Undecided(stream, clock, settings, client, {
    amqp091: inner => serveAmqp091(inner, clock, broker, settings, client),
    amqp10: (inner, serve) => serve(inner, clock, broker, settings, client),
    ten,
  });
}

interface Servers {
  amqp091(stream: Stream): ServedConnection;
  amqp10(stream: Stream, serve: Serve10): ServedConnection;
  readonly ten: Ten;
}

/** Whether octets begin a 1.0 connection; undefined: more of them are needed. The version follows an id: 0, 2 for TLS, 3 for SASL. */
export function asksFor10(octets: Uint8Array): boolean | undefined {
  if (octets.some((octet, index) => index < literal.length && octet !== literal[index])) return false;
  const [id, major] = octets.subarray(literal.length);
  if (id === 0) return major === undefined ? undefined : major === 1;
  return id === undefined ? undefined : id === 2 || id === 3;
}

/** A stream that nobody has asked for a protocol on yet; then the stream of the connection that serves it. */
class Undecided implements Stream, ServedConnection {
  readonly ended: Promise<void>;
  readonly #stream: Stream;
  readonly #servers: Servers;
  readonly #giveUp: () => void;
  #octets: Uint8Array = new Uint8Array(0);
  #served: ServedConnection | undefined;
  #listener: StreamListener | undefined;
  #ended: StreamEnd | undefined;
  #closed = false;
  #tellEnd = (): void => {};

  constructor(stream: Stream, clock: Clock, { handshakeTimeoutMs, log }: ListenerSettings, client: Client, servers: Servers) {
    this.#stream = stream;
    this.#servers = servers;
    this.ended = new Promise(resolve => {
      this.#tellEnd = resolve;
    });
    const cancel = clock.at(clock.now() + handshakeTimeoutMs, () => {
      log({ event: 'connection-refused', peer: client.peer ?? 'a stream', why: 'it did not open in time' });
      stream.destroy();
      this.#tellEnd();
    });
    this.#giveUp = cancel;
    stream.listen({ data: bytes => this.#data(bytes), end: how => this.#end(how) });
  }

  close(): void {
    if (this.#served !== undefined) this.#served.close();
    else this.#leave();
  }

  listen(listener: StreamListener): void {
    this.#listener = listener;
  }

  write(bytes: Uint8Array): boolean {
    return this.#stream.write(bytes);
  }

  onDrain(ready: () => void): void {
    this.#stream.onDrain(ready);
  }

  end(): void {
    this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  #data(bytes: Uint8Array): void {
    if (this.#listener !== undefined) {
      this.#listener.data(bytes);
      return;
    }
    const decided = asksFor10(this.#octets) !== undefined;
    this.#octets = this.#octets.length === 0 ? bytes : Buffer.concat([this.#octets, bytes]);
    const is10 = asksFor10(this.#octets);
    if (is10 !== undefined && !decided) this.#decide(is10);
  }

  #decide(is10: boolean): void {
    const { amqp091, amqp10, ten } = this.#servers;
    if (!is10) this.#begin(amqp091(this));
    else if ('serve' in ten) this.#begin(amqp10(this, ten.serve));
    else {
      this.#stream.pause();
      ten.load().then(serve => this.#loaded(() => amqp10(this, serve)));
    }
  }

  #loaded(serve: () => ServedConnection): void {
    if (this.#ended !== undefined || this.#closed) return;
    this.#begin(serve());
    this.#stream.resume();
  }

  #begin(served: ServedConnection): void {
    this.#giveUp();
    this.#served = served;
    served.ended.then(this.#tellEnd);
    const octets = this.#octets;
    this.#octets = new Uint8Array(0);
    this.#listener?.data(octets);
  }

  #end(how: StreamEnd): void {
    this.#ended = how;
    if (this.#listener !== undefined) this.#listener.end(how);
    else this.#leave();
  }

  #leave(): void {
    this.#closed = true;
    this.#giveUp();
    this.#stream.end();
    this.#tellEnd();
  }
}
