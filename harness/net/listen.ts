import { createServer, type Server, type Socket } from 'node:net';
import type { MessageSocket } from '../endpoint/message-socket.ts';
import type { Stream } from '../endpoint/transport.ts';
import type { TlsVersion } from './dial.ts';
import { peerOf, place, socketStream } from './socket-stream.ts';

/** How a listener speaks TLS: PEM texts, and what it asks of clients. */
export interface TlsListenOptions {
  readonly cert: string;
  readonly key: string;
  /** Authority of the clients' certificates; left out: those that this machine trusts. */
  readonly ca?: string;
  /** Asks clients for a certificate. Those without one are taken all the same; one that does not verify ends the connection. Defaults to whether there is a `ca`. */
  readonly requestCert?: boolean;
  /** Whether a client's certificate has to verify. Defaults to true. */
  readonly verify?: boolean;
  /** Defaults to TLSv1.2. */
  readonly minVersion?: TlsVersion;
  /** Defaults to TLSv1.3. */
  readonly maxVersion?: TlsVersion;
  /** TLS ends before this port, as at a proxy that carries the certificate: the port itself speaks plain. */
  readonly terminated?: boolean;
  /** Connections at a time on this port, in the middle of their handshake or beyond; more are dropped. Left out: as many as come. */
  readonly connectionMax?: number;
  /** How long the TLS handshake may take, in milliseconds. Defaults to 10000. */
  readonly handshakeTimeoutMs?: number;
}

/** How a listener takes WebSockets. */
export interface WebSocketListenOptions {
  /** Which subprotocol is agreed on, of those that a client offers: `refused` ends the handshake, `none` goes on without. Left out: that of AMQP, or the handshake ends. */
  readonly agree?: (offered: readonly string[]) => { readonly subprotocol: string } | 'none' | 'refused';
  /** Stands around each socket. */
  readonly around?: (socket: MessageSocket) => MessageSocket;
}

/** What is known of the peer of an accepted stream. */
export interface Accepted {
  /** Common name of the client's certificate, where it showed one that holds. */
  readonly commonName?: string;
  /** Address and port of the client. */
  readonly peer: string;
}

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Takes one accepted stream and must call its `listen` before the turn ends. */
  accept(stream: Stream, accepted: Accepted): void;
  /** Left out: plain TCP. */
  readonly tls?: TlsListenOptions;
  /** Takes WebSockets in place of streams, over TLS where that is spoken. */
  readonly webSocket?: WebSocketListenOptions;
  /** Connections at a time; more are dropped. Left out: as many as come. */
  readonly connectionMax?: number;
  /** Told of each that is dropped. */
  dropped?(): void;
}

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Accepts no more. */
  refuse(): void;
  /** Accepts no more and drops what is open. */
  close(): Promise<void>;
}

/** The address could not be listened on. The message is one sentence: what happened and where. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly kind: 'in-use' | 'denied' | 'no-such-address' | 'certificate' | 'other';

  constructor(kind: ListenError['kind'], sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.kind = kind;
  }
}

/** Accepts TCP or TLS connections. Rejects with a `ListenError`. */
export async function listen({ host, port, accept, tls, webSocket, connectionMax, dropped = () => {} }: ListenOptions): Promise<Listening> {
  const open = new Set<Socket>();
  const server = await serverFor(accept, tls, webSocket);
  const most = Math.min(connectionMax ?? Number.POSITIVE_INFINITY, tls?.connectionMax ?? Number.POSITIVE_INFINITY);
  if (most < Number.POSITIVE_INFINITY) server.maxConnections = most;
  server.on('drop', dropped);
  server.on('connection', socket => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen({ host, port, backlog: 1024 }, () => {
      const address = server.address();
      resolve({
        host,
        port: typeof address === 'object' && address !== null ? address.port : port,
        refuse: () => void server.close(),
        close: () => close(server, open),
      });
    });
  });
}

type Accept = ListenOptions['accept'];

/** WebSocket takes its time to load, too. */
async function serverFor(accept: Accept, tls: TlsListenOptions | undefined, webSocket: WebSocketListenOptions | undefined): Promise<Server> {
  if (webSocket !== undefined) return upgradingServer(accept, tls, webSocket);
  return tls === undefined || tls.terminated === true ? plainServer(accept) : secureServer(accept, tls);
}

async function upgradingServer(accept: Accept, tls: TlsListenOptions | undefined, webSocket: WebSocketListenOptions): Promise<Server> {
  const { webSocketServer } = await import('./listen-web-socket.ts');
  return withCertificates(() => webSocketServer(accept, webSocket, tls));
}

/** TLS takes its time to load, which most listeners need not wait for. */
async function secureServer(accept: Accept, tls: TlsListenOptions): Promise<Server> {
  const { tlsServer } = await import('./listen-tls.ts');
  return withCertificates(() => tlsServer(accept, tls));
}

function withCertificates(make: () => Server): Server {
  try {
    return make();
  } catch (cause) {
    throw new ListenError('certificate', 'The certificate, its key or the authority is no PEM that can be used, or they do not belong together', { cause });
  }
}

function plainServer(accept: Accept): Server {
  return createServer({ allowHalfOpen: true, noDelay: true }, socket => accept(socketStream(socket), { peer: peerOf(socket) }));
}

function close(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve()); // An error says that it was closed already.
    for (const socket of open) socket.destroy();
  });
}

const failures: Readonly<Record<string, readonly [ListenError['kind'], string]>> = {
  EADDRINUSE: ['in-use', 'is in use by another program'],
  EACCES: ['denied', 'may not be listened on: the system denied it'],
  EADDRNOTAVAIL: ['no-such-address', 'is no address of this machine'],
  ENOTFOUND: ['no-such-address', 'is no address of this machine'],
};

function explain(error: NodeJS.ErrnoException, host: string, port: number): ListenError {
  const [kind, happened] = failures[error.code ?? ''] ?? ['other', `cannot be listened on (${error.code ?? error.message})`];
  return new ListenError(kind, `${place(host, port)} ${happened}`, { cause: error });
}
