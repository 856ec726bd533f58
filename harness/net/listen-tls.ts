import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import type { Accepted, ListenOptions, TlsListenOptions } from './listen.ts';
import { peerOf, socketStream } from './socket-stream.ts';

/** What a server of Node is told. */
export function serverOptions(tls: TlsListenOptions): TlsOptions {
  const { cert, key, ca, minVersion = 'TLSv1.2', maxVersion = 'TLSv1.3', handshakeTimeoutMs = 10_000 } = tls;
  const old = minVersion === 'TLSv1' || minVersion === 'TLSv1.1';
  return {
    cert,
    key,
    requestCert: asksClients(tls),
    // Clients without a certificate are welcome, so that what is shown has to be judged here.
    rejectUnauthorized: false,
    minVersion,
    maxVersion,
    handshakeTimeout: handshakeTimeoutMs,
    ...(ca !== undefined && { ca }),
    ...(old && { ciphers: 'DEFAULT@SECLEVEL=0' }),
  };
}

const asksClients = ({ ca, requestCert = ca !== undefined }: TlsListenOptions): boolean => requestCert;

/** Who is at the other end; undefined where the certificate that it showed does not verify. */
export function acceptedOn(socket: TLSSocket, tls: TlsListenOptions): Accepted | undefined {
  const shown = asksClients(tls) ? commonNameOf(socket) : undefined;
  if (shown !== undefined && tls.verify !== false && !socket.authorized) return undefined;
  return { peer: peerOf(socket), ...(shown !== undefined && { commonName: shown }) };
}

/** A handshake that fails ends its own socket and nothing else. Throws where the PEM texts cannot be used. */
export function tlsServer(accept: ListenOptions['accept'], tls: TlsListenOptions): Server {
  const server = createServer(serverOptions(tls), socket => {
    const accepted = acceptedOn(socket, tls);
    if (accepted === undefined) socket.destroy();
    else accept(socketStream(socket), accepted);
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

/** Undefined where the client showed no certificate; empty where it bears no name. */
function commonNameOf(socket: TLSSocket): string | undefined {
  const certificate = socket.getPeerCertificate();
  if (certificate.subject === undefined) return undefined;
  const name: string | string[] | undefined = certificate.subject.CN;
  return Array.isArray(name) ? (name[0] ?? '') : (name ?? '');
}
