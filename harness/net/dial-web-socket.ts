import type { IncomingMessage } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';
import type { WebSocketManner } from '../endpoint/message-socket.ts';
import { DialError, type Stream } from '../endpoint/transport.ts';
import { explain, type TlsOptions } from './dial.ts';
import { messageMax, subprotocol, WebSocketStream } from './web-socket-stream.ts';

export interface WebSocketOptions extends WebSocketManner {
  /** `ws:` or `wss:`, without credentials. */
  readonly url: string;
  readonly tls?: TlsOptions;
  /** How long connecting may take, the handshake included, in milliseconds. Defaults to 10000. */
  readonly timeoutMs?: number;
}

/** Opens a WebSocket. Rejects with a `DialError`, of the kind `handshake` where the server takes none, or none of these subprotocols. */
export function dialWebSocket({ url, tls, timeoutMs = 10_000, ...manner }: WebSocketOptions): Promise<Stream> {
  const { subprotocols = [subprotocol] } = manner;
  const { host, protocol } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, subprotocols, { ...optionsOf(tls), handshakeTimeout: timeoutMs, perMessageDeflate: false, maxPayload: messageMax });
    const fail = (error: DialError) => {
      socket.on('error', () => {});
      socket.terminate();
      reject(error);
    };
    socket.once('unexpected-response', (_request: unknown, { statusCode }: IncomingMessage) =>
      fail(new DialError('handshake', `${host} refused the WebSocket with status ${statusCode}`)),
    );
    const onError = (error: NodeJS.ErrnoException) => {
      const [kind, happened] =
        error.code === undefined
          ? (['handshake', `refused the WebSocket: ${error.message}`] as const)
          : explain(error, { ...(protocol === 'wss:' && { tls: tls ?? {} }) });
      fail(new DialError(kind, `${host} ${happened}`, { cause: error }));
    };
    socket.once('error', onError);
    socket.once('open', () => {
      socket.off('error', onError);
      manner.tell?.({ kind: 'agreed', subprotocol: socket.protocol });
      resolve(new WebSocketStream(socket, manner));
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
