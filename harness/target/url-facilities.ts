import type { Facilities, Resource, Restriction, WebSocketFacility } from '../probe/facilities.ts';
import type { QueueHook } from '../probe/node-facts.ts';
import type { Credential } from './certificates.ts';
import { type Command, execute } from './command.ts';
import { tlsFacility } from './tls-facility.ts';
import type { UrlOutage } from './url-outage.ts';
import { webSocketFacility } from './web-socket-facility.ts';

/** What its operator says of a broker that runs somewhere, with PEM texts in place of files. */
export interface UrlFacilities {
  /** The virtual host defaults to that of the URL. */
  readonly logins?: Readonly<Record<Restriction, { readonly user: string; readonly password: string; readonly virtualHost?: string }>>;
  readonly otherVirtualHost?: string;
  readonly tls?: {
    readonly url: string;
    readonly ca?: string;
    readonly serverName?: string;
    readonly certificates?: { readonly user: string; readonly known: Credential; readonly 'unknown-user': Credential };
  };
  readonly webSocket?: { readonly url: string; readonly ca?: string; readonly serverName?: string };
  readonly alarm?: Readonly<Record<Resource, { readonly raise: Command; readonly clear: Command }>>;
  /** Programs that make and remove a queue of the name that stands for `{queue}` in their arguments; `address` is what it looks like in 1.0. */
  readonly queues?: { readonly create: Command; readonly delete: Command; readonly address?: string };
  readonly acknowledgementTimeoutMs?: number;
  /** Left out: checks of what the broker keeps are not run. */
  readonly outage?: UrlOutage;
}

const tlsPort = 5671;

function tlsOf({ url, certificates, ...rest }: NonNullable<UrlFacilities['tls']>): Pick<Facilities, 'tls' | 'clientCertificates'> {
  const { hostname, port } = new URL(url);
  const at = { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? tlsPort : Number(port), ...rest };
  if (certificates === undefined) return { tls: tlsFacility(at) };
  const { user, ...credentials } = certificates;
  return { tls: tlsFacility({ ...at, certificates: credentials }), clientCertificates: { user } };
}

const webSocketOf = ({ url, ...tls }: NonNullable<UrlFacilities['webSocket']>): WebSocketFacility => webSocketFacility(url, tls);

function hookOf({ create, delete: remove, address }: NonNullable<UrlFacilities['queues']>): QueueHook {
  const named = (command: Command, name: string): Command => command.map(word => word.replaceAll('{queue}', name));
  return {
    create: name => execute(named(create, name)),
    remove: name => execute(named(remove, name)),
    ...(address !== undefined && { address }),
  };
}

/** The facilities as checks use them; logins without a virtual host use `virtualHost`. */
export function facilitiesOfUrl({ logins, tls, webSocket, alarm, queues, outage: _, ...rest }: UrlFacilities, virtualHost: string): Facilities {
  const does = (what: 'raise' | 'clear') => (resource: Resource) => execute(alarm?.[resource][what] ?? []);
  const loginOf = (restriction: Restriction) => ({ user: '', password: '', virtualHost, ...logins?.[restriction] });
  return {
    ...rest,
    ...(logins !== undefined && {
      logins: {
        'no-configure': loginOf('no-configure'),
        'no-write': loginOf('no-write'),
        'no-read': loginOf('no-read'),
        'no-access': loginOf('no-access'),
      },
    }),
    ...(tls !== undefined && tlsOf(tls)),
    ...(webSocket !== undefined && { webSocket: webSocketOf(webSocket) }),
    ...(queues !== undefined && { queues: hookOf(queues) }),
    ...(alarm !== undefined && { alarm: { raise: does('raise'), clear: does('clear') } }),
  };
}
