import { createServer as createHttp, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { Accepted, ListenOptions, TlsListenOptions, WebSocketListenOptions } from './listen.ts';
import { acceptedOn, serverOptions } from './listen-tls.ts';
import { peerOf } from './socket-stream.ts';
import { messageMax, subprotocol, WebSocketStream } from './web-socket-stream.ts';

const upgradeRequired = 426;
const refusal = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

const agreeOnAmqp: NonNullable<WebSocketListenOptions['agree']> = offered =>
  offered.some(each => each.toLowerCase() === subprotocol) ? { subprotocol } : 'refused';

/**
 * Accepts WebSockets whose client offers the subprotocol of AMQP, at any path; whoever does not is refused in the handshake.
 * Throws where the PEM texts cannot be used.
 */
export function webSocketServer(
  accept: ListenOptions['accept'],
  { agree = agreeOnAmqp, around = socket => socket }: WebSocketListenOptions,
  tls?: TlsListenOptions,
): Server {
  const server = httpServer((_request, response) => void response.writeHead(upgradeRequired, { connection: 'close' }).end(), tls);
  const upgrader = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: messageMax,
    handleProtocols: offered => {
      const agreed = agree([...offered]);
      return typeof agreed === 'string' ? false : agreed.subprotocol;
    },
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const accepted = whoIs(request, tls);
    if (accepted === undefined || agree(offeredBy(request)) === 'refused') socket.end(refusal);
    else upgrader.handleUpgrade(request, socket, head, webSocket => accept(new WebSocketStream(around(webSocket)), accepted));
  });
  return server;
}

function httpServer(answer: RequestListener, tls: TlsListenOptions | undefined): Server {
  if (tls === undefined) return createHttp(answer);
  const server = createHttps(serverOptions(tls), answer);
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

function whoIs({ socket }: IncomingMessage, tls: TlsListenOptions | undefined): Accepted | undefined {
  return tls !== undefined && socket instanceof TLSSocket ? acceptedOn(socket, tls) : { peer: peerOf(socket) };
}

function offeredBy({ headers }: IncomingMessage): readonly string[] {
  const offered = headers['sec-websocket-protocol'] ?? '';
  return offered
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '');
}
