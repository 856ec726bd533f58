import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { ListenOptions, TlsListenOptions } from './listen.ts';
import { peerOf, socketStream } from './socket-stream.ts';

/** A handshake that fails ends its own socket and nothing else. Throws where the PEM texts cannot be used. */
export function tlsServer(accept: ListenOptions['accept'], tls: TlsListenOptions): Server {
  const { ca, requestCert = ca !== undefined, verify = true, minVersion = 'TLSv1.2', maxVersion = 'TLSv1.3', handshakeTimeoutMs = 10_000 } = tls;
  const old = minVersion === 'TLSv1' || minVersion === 'TLSv1.1';
  const options = {
    cert: tls.cert,
    key: tls.key,
    requestCert,
    // Clients without a certificate are welcome, so that what is shown has to be judged here.
    rejectUnauthorized: false,
    minVersion,
    maxVersion,
    handshakeTimeout: handshakeTimeoutMs,
    ...(ca !== undefined && { ca }),
    ...(old && { ciphers: 'DEFAULT@SECLEVEL=0' }),
  };
  const server = createServer(options, socket => {
    const shown = requestCert ? commonNameOf(socket) : undefined;
    if (shown !== undefined && verify && !socket.authorized) socket.destroy();
    else accept(socketStream(socket), { peer: peerOf(socket), ...(shown !== undefined && { commonName: shown }) });
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
