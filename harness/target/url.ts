import { readFile } from 'node:fs/promises';
import type { Transport } from '../endpoint/transport.ts';
import { systemClock } from '../net/clock.ts';
import { type TlsOptions, tcpTransport } from '../net/dial.ts';
import type { Profile } from './profile.ts';
import { type Credentials, type Target, TargetError } from './target.ts';
import { facilitiesOfUrl, type UrlFacilities } from './url-facilities.ts';
import { restart } from './url-outage.ts';
import { webSocketFacility } from './web-socket-facility.ts';

/** Files that TLS needs, as paths to PEM. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** A broker's address taken apart. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly credentials: Credentials;
  /** The address without the password, for people and records. */
  readonly shown: string;
  /** The address of the WebSocket in which it is spoken, without credentials; left out: plain TCP, or TLS. */
  readonly webSocket?: string;
}

const portOf = { 'amqp:': 5672, 'amqps:': 5671, 'ws:': 80, 'wss:': 443 } as const;

const isScheme = (protocol: string): protocol is keyof typeof portOf => Object.hasOwn(portOf, protocol);

/** A URL without a password, as reports print it, is enough for guest; for others the environment may hold it. */
function passwordOf(url: URL): string {
  if (url.password !== '') return decodeURIComponent(url.password);
  return url.username === '' || url.username === 'guest' ? 'guest' : (process.env.AMQPSPEC_PASSWORD ?? '');
}

/**
 * Takes a broker URL apart. The path is the virtual host, percent-decoded, `/` when empty; over WebSocket it is that of HTTP; user and password default to guest; another user's
 * password may come from the environment variable AMQPSPEC_PASSWORD.
 * Throws a TargetError that says what is wrong with the URL and never repeats the password.
 */
export function parseBrokerUrl(text: string): BrokerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw new TargetError('The target is no valid URL. A broker is written amqp://user:password@host:port/vhost.');
  if (!isScheme(url.protocol)) throw new TargetError(`A broker URL begins with amqp://, amqps://, ws:// or wss://, not ${url.protocol}//.`);
  if (url.hostname === '') throw new TargetError('The URL names no host. A broker is written amqp://user:password@host:port/vhost.');
  const port = url.port === '' ? portOf[url.protocol] : Number(url.port);
  const overWeb = url.protocol === 'ws:' || url.protocol === 'wss:';
  const path = overWeb ? '' : url.pathname.slice(1);
  const credentials: Credentials = {
    user: url.username === '' ? 'guest' : decodeURIComponent(url.username),
    password: passwordOf(url),
    virtualHost: path === '' ? '/' : decodeURIComponent(path),
  };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const shown = `${url.protocol}//${encodeURIComponent(credentials.user)}@${url.hostname}:${port}${overWeb ? url.pathname : `/${encodeURIComponent(credentials.virtualHost)}`}`;
  const webSocket = overWeb ? { webSocket: `${url.protocol}//${url.host}${url.pathname}${url.search}` } : {};
  return { host, port, tls: url.protocol === 'amqps:' || url.protocol === 'wss:', credentials, shown, ...webSocket };
}

/** The content of a PEM file that an option names. Throws a TargetError where it cannot be read. */
export async function pem(path: string | undefined, option: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new TargetError(`The file ${path} of ${option} cannot be read.`);
  }
}

/** WebSocket is loaded where it is spoken. */
function transportTo({ host, port, webSocket: url }: BrokerAddress, tls: TlsOptions | undefined): Transport {
  const secure = tls === undefined ? {} : { tls };
  if (url === undefined) return tcpTransport({ host, port, ...secure });
  return { dial: async () => (await import('../net/dial-web-socket.ts')).dialWebSocket({ url, ...secure }) };
}

/** A broker that runs somewhere already: it is judged where it stands, and taken down only where its facilities say how. */
export async function urlTarget(
  text: string,
  options: { readonly tls?: TlsFiles; readonly profile?: Profile; readonly profileVersion?: string; readonly facilities?: UrlFacilities } = {},
): Promise<Target> {
  const address = parseBrokerUrl(text);
  const files = options.tls ?? {};
  const [ca, cert, key] = await Promise.all([pem(files.ca, '--ca'), pem(files.cert, '--cert'), pem(files.key, '--key')]);
  const tls = address.tls ? { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) } : undefined;
  const { credentials, shown } = address;
  const reachable = { transport: transportTo(address, tls), clock: systemClock, credentials };
  const outage = options.facilities?.outage;
  const facilities = {
    ...(address.webSocket !== undefined && { webSocket: webSocketFacility(address.webSocket, tls) }),
    ...(options.facilities !== undefined && facilitiesOfUrl(options.facilities, credentials.virtualHost)),
  };
  return {
    ...reachable,
    kind: 'url',
    url: shown,
    ...(options.profile !== undefined && { profile: options.profile }),
    ...(Object.keys(facilities).length > 0 && { facilities }),
    ...(options.profileVersion !== undefined && { profileVersion: options.profileVersion }),
    ...(outage !== undefined && { restart: how => restart(reachable, outage, how) }),
    async [Symbol.asyncDispose]() {},
  };
}
