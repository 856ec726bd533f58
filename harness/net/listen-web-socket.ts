import { createServer as createHttp, type IncomingMessage } from 'node:http';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { ListenOptions } from './listen.ts';
import { peerOf } from './socket-stream.ts';
import { messageMax, subprotocol, WebSocketStream } from './web-socket-stream.ts';

const upgradeRequired = 426;
const refusal = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** Accepts WebSockets whose client offers the subprotocol of AMQP, at any path; whoever does not is refused in the handshake. */
export function webSocketServer(accept: ListenOptions['accept']): Server {
  const server = createHttp((_request, response) => response.writeHead(upgradeRequired, { connection: 'close' }).end());
  const upgrader = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: messageMax, handleProtocols: () => subprotocol });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (!offers(request)) socket.end(refusal);
    else upgrader.handleUpgrade(request, socket, head, webSocket => accept(new WebSocketStream(webSocket), { peer: peerOf(request.socket) }));
  });
  return server;
}

function offers({ headers }: IncomingMessage): boolean {
  const offered = headers['sec-websocket-protocol'] ?? '';
  return offered
    .split(',')
    .map(each => each.trim().toLowerCase())
    .includes(subprotocol);
}
