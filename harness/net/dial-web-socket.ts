import type { IncomingMessage } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';
import { DialError, type Stream } from '../endpoint/transport.ts';
import { explain, type TlsOptions } from './dial.ts';
import { messageMax, subprotocol, WebSocketStream } from './web-socket-stream.ts';

export interface WebSocketOptions {
  /** `ws:` or `wss:`, without credentials. */
  readonly url: string;
  readonly tls?: TlsOptions;
  /** Defaults to `amqp` alone. */
  readonly subprotocols?: readonly string[];
  /** What is written goes in text messages, as nobody should. */
  readonly text?: boolean;
  /** How long connecting may take, the handshake included, in milliseconds. Defaults to 10000. */
  readonly timeoutMs?: number;
}

/** Opens a WebSocket. Rejects with a `DialError`. */
export function dialWebSocket({ url, tls, subprotocols = [subprotocol], text, timeoutMs = 10_000 }: WebSocketOptions): Promise<Stream> {
  const { host } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, subprotocols, { ...optionsOf(tls), handshakeTimeout: timeoutMs, perMessageDeflate: false, maxPayload: messageMax });
    const fail = (error: DialError) => {
      socket.on('error', () => {});
      socket.terminate();
      reject(error);
    };
    socket.once('unexpected-response', (_request: unknown, { statusCode }: IncomingMessage) =>
      fail(new DialError('refused', `${host} refused the WebSocket with status ${statusCode}`)),
    );
    const onError = (error: NodeJS.ErrnoException) => {
      const [kind, happened] =
        error.code === undefined ? (['refused', `refused the WebSocket: ${error.message}`] as const) : explain(error, { ...(tls && { tls }) });
      fail(new DialError(kind, `${host} ${happened}`, { cause: error }));
    };
    socket.once('error', onError);
    socket.once('open', () => {
      socket.off('error', onError);
      resolve(new WebSocketStream(socket, text === undefined ? {} : { text }));
    });
  });
}

function optionsOf(tls: TlsOptions = {}): ClientOptions {
  const { ca, cert, key, serverName, verify } = tls;
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName !== undefined && { servername: serverName }),
    ...(verify !== undefined && { rejectUnauthorized: verify }),
  };
}
