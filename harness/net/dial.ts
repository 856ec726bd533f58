import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { DialError, type DialFailure, type Stream, type Transport } from '../endpoint/transport.ts';
import { place, socketStream } from './socket-stream.ts';

/** TLS versions by the names that Node gives them. */
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** PEM texts, and whether a certificate that does not verify is taken all the same. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Name to verify and to announce; left out: the host. */
  readonly serverName?: string;
  /** Defaults to true. */
  readonly verify?: boolean;
  /** The only version to speak; left out: whatever both have, from 1.2 on. */
  readonly version?: TlsVersion;
}

export interface DialOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsOptions;
  /** How long connecting may take, TLS included, in milliseconds. Defaults to 10000. */
  readonly timeoutMs?: number;
}

/** TCP, or TLS over it. `dial` rejects with a `DialError`. */
export function tcpTransport(options: DialOptions): Transport {
  return { dial: () => dial(options) };
}

function dial(options: DialOptions): Promise<Stream> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  return new Promise((resolve, reject) => {
    const socket = options.tls === undefined ? openTcp(options) : openTls(options, options.tls);
    const timer = setTimeout(() => fail('timed-out', `gave no answer within ${timeoutMs / 1000} s`), timeoutMs);
    const fail = (kind: DialFailure, happened: string, cause?: unknown) => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.destroy();
      reject(new DialError(kind, `${place(options.host, options.port)} ${happened}`, { cause }));
    };
    const onError = (error: NodeJS.ErrnoException) => {
      const [kind, happened] = explain(error, options);
      fail(kind, happened, error);
    };
    const onClose = () => fail('reset', options.tls === undefined ? 'closed the connection at once' : 'closed the connection during the TLS handshake');
    socket.once('error', onError);
    socket.once('close', onClose);
    socket.once(options.tls === undefined ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer);
      const stream = socketStream(socket);
      socket.off('error', onError);
      socket.off('close', onClose);
      resolve(stream);
    });
  });
}

function openTcp({ host, port }: DialOptions): Socket {
  return connectTcp({ host, port, allowHalfOpen: true });
}

function openTls({ host, port }: DialOptions, tls: TlsOptions): Socket {
  const name = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
  return connectTls({
    host,
    port,
    rejectUnauthorized: tls.verify ?? true,
    ...(name !== undefined && { servername: name }),
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key }),
    ...(tls.version !== undefined && { minVersion: tls.version, maxVersion: tls.version, ...(isOld(tls.version) && { ciphers: 'DEFAULT@SECLEVEL=0' }) }),
  });
}

/** These are only spoken by who lowers what it holds for secure. */
function isOld(version: TlsVersion): boolean {
  return version === 'TLSv1' || version === 'TLSv1.1';
}

/** System error codes, each with its kind and what to tell people. */
const failures: Readonly<Record<string, readonly [DialFailure, string]>> = {
  ECONNREFUSED: ['refused', 'refused the connection: nothing listens there'],
  ENOTFOUND: ['not-found', 'could not be found: the host name is unknown'],
  EAI_AGAIN: ['not-found', 'could not be found: the name service does not answer'],
  EAI_FAIL: ['not-found', 'could not be found: the name service failed'],
  ENETUNREACH: ['unreachable', 'cannot be reached: there is no route to its network'],
  EHOSTUNREACH: ['unreachable', 'cannot be reached: there is no route to the host'],
  EADDRNOTAVAIL: ['unreachable', 'cannot be reached: no local address fits'],
  ETIMEDOUT: ['timed-out', 'gave no answer in time'],
  ECONNRESET: ['reset', 'reset the connection at once'],
  EPIPE: ['reset', 'closed the connection at once'],
  EACCES: ['denied', 'may not be connected to: the system denied it'],
  EPERM: ['denied', 'may not be connected to: the system denied it'],
};

/** A system error as its kind and what to tell people. */
export function explain(error: NodeJS.ErrnoException, { tls }: Pick<DialOptions, 'tls'>): readonly [DialFailure, string] {
  const code = error.code ?? '';
  const known = failures[code];
  if (known !== undefined && !(tls !== undefined && known[0] === 'reset')) return known;
  if (tls !== undefined && known !== undefined) return ['tls', 'closed the connection during the TLS handshake: it may not speak TLS'];
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return ['tls', 'does not speak TLS as expected'];
  if (tls !== undefined && /CERT|VERIFY|ISSUER|SIGNATURE|CRL|ALTNAME|SELF_SIGNED/.test(code)) {
    return ['certificate', `showed a certificate that does not verify (${code.toLowerCase().replaceAll('_', ' ').replace('err tls ', '')})`];
  }
  return ['other', `could not be connected to (${code === '' ? error.message : code})`];
}
