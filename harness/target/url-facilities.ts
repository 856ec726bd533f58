import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Facilities, Resource, Restriction } from '../probe/facilities.ts';
import type { Credential } from './certificates.ts';
import { TargetError } from './target.ts';
import { tlsFacility } from './tls-facility.ts';

type Command = readonly string[];

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
  /** Programs with their arguments, run on this machine. */
  readonly alarm?: Readonly<Record<Resource, { readonly raise: Command; readonly clear: Command }>>;
  readonly acknowledgementTimeoutMs?: number;
}

/** How long a program that raises or ends an alarm may take, in milliseconds. */
const withinMs = 60_000;

/** What such a program writes is shown to nobody: it may hold secrets. */
async function execute([program = '', ...args]: Command): Promise<void> {
  const child = spawn(program, args, { stdio: 'ignore', timeout: withinMs });
  const ended = await once(child, 'exit').catch(() => undefined);
  if (ended === undefined) throw new TargetError(`The program ${program} of the facilities file could not be started.`);
  if (ended[0] !== 0)
    throw new TargetError(`The program ${program} of the facilities file failed: ${ended[0] === null ? 'it was ended' : `status ${ended[0]}`}.`);
}

const tlsPort = 5671;

function tlsOf({ url, certificates, ...rest }: NonNullable<UrlFacilities['tls']>): Pick<Facilities, 'tls' | 'clientCertificates'> {
  const { hostname, port } = new URL(url);
  const at = { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? tlsPort : Number(port), ...rest };
  if (certificates === undefined) return { tls: tlsFacility(at) };
  const { user, ...credentials } = certificates;
  return { tls: tlsFacility({ ...at, certificates: credentials }), clientCertificates: { user } };
}

/** The facilities as checks use them; logins without a virtual host use `virtualHost`. */
export function facilitiesOfUrl({ logins, tls, alarm, ...rest }: UrlFacilities, virtualHost: string): Facilities {
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
    ...(alarm !== undefined && { alarm: { raise: does('raise'), clear: does('clear') } }),
  };
}
