import type { MessageSocket, WebSocketManner } from '../endpoint/message-socket.ts';
import type { Stream, StreamEnd, StreamListener } from '../endpoint/transport.ts';

/** Octets that wait on a WebSocket above which `write` says no. */
const highWater = 1 << 20;
/** Octets of one message that is taken. */
export const messageMax = 1 << 27;
/** Octets of one message that is sent: there are peers that take no more than 64 KiB. */
const sentMax = 1 << 15;
/** The subprotocol of https://docs.oasis-open.org/amqp-bindmap/amqp-wsb/v1.0/amqp-wsb-v1.0.html. */
export const subprotocol = 'amqp';

/** Codes of RFC 6455, section 7.4.1: the end was in order; a text message, where octets are due; and none, where the socket broke. */
const normal = 1000;
const unsupportedData = 1003;
const abnormal = 1006;

/**
 * A WebSocket as a stream: what is written in one turn of the event loop leaves in as few binary messages as it fits, and what comes in binary messages are its octets. A text message
 * ends it. Ending our direction ends both, since WebSocket has no half of an end.
 */
export class WebSocketStream implements Stream {
  readonly #socket: MessageSocket;
  readonly #manner: WebSocketManner;
  #batch: Uint8Array[] = [];
  #batched = 0;
  #turn: NodeJS.Immediate | undefined;
  #sending = 0;
  #waiting: (() => void)[] = [];
  #ending = false;
  #over: StreamEnd | undefined;
  #listener: StreamListener | undefined;
  #destroyed = false;

  constructor(socket: MessageSocket, manner: WebSocketManner = {}) {
    this.#socket = socket;
    this.#manner = manner;
    socket.on('error', () => this.#finish('reset'));
    socket.on('close', code => {
      manner.tell?.({ kind: 'closed', code });
      this.#finish(code === abnormal ? 'reset' : 'eof');
    });
  }

  listen(listener: StreamListener): void {
    this.#listener = listener;
    const over = this.#over;
    if (over !== undefined) {
      setImmediate(() => listener.end(over));
      return;
    }
    this.#socket.on('message', (data, isBinary) => {
      this.#manner.tell?.({ kind: 'message', isBinary, octets: data.length });
      if (this.#destroyed || this.#over !== undefined) return;
      if (isBinary) listener.data(new Uint8Array(data.buffer, data.byteOffset, data.length));
      else this.#refuse();
    });
  }

  write(bytes: Uint8Array): boolean {
    if (this.#ending || this.#destroyed || this.#over !== undefined) return true;
    this.#batch.push(bytes);
    this.#batched += bytes.length;
    this.#turn ??= setImmediate(() => this.#flush());
    return this.#batched + this.#socket.bufferedAmount < highWater;
  }

  onDrain(ready: () => void): void {
    if (this.#batched === 0 && this.#sending === 0) setImmediate(ready);
    else this.#waiting.push(ready);
  }

  end(): void {
    if (this.#ending) return;
    this.#flush();
    this.#ending = true;
    this.#socket.close(normal);
  }

  destroy(): void {
    this.#destroyed = true;
    clearImmediate(this.#turn);
    this.#socket.terminate();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #flush(): void {
    clearImmediate(this.#turn);
    this.#turn = undefined;
    if (this.#batch.length === 0 || this.#over !== undefined) return;
    const octets = Buffer.concat(this.#batch);
    this.#batch = [];
    this.#batched = 0;
    const { isText = () => false, messageOctets = sentMax } = this.#manner;
    for (let at = 0; at < octets.length; at += messageOctets) {
      this.#sending += 1;
      this.#socket.send(octets.subarray(at, at + messageOctets), { binary: !isText() }, () => this.#sent());
    }
  }

  #sent(): void {
    this.#sending -= 1;
    if (this.#over !== undefined || this.#destroyed || this.#sending > 0 || this.#batched > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const ready of waiting) ready();
  }

  #refuse(): void {
    this.#socket.close(unsupportedData);
    this.#finish('reset');
  }

  #finish(how: StreamEnd): void {
    if (this.#over !== undefined || this.#destroyed) return;
    this.#over = how;
    this.#listener?.end(how);
  }
}
