import type { PermissionTable } from '../broker/access.ts';
import type { Login } from '../probe/context.ts';
import type { Restriction, TokensFacility } from '../probe/facilities.ts';
import { tokensFacility, tokenUser } from './arranged-tokens.ts';
import { type Credential, createAuthority, type KeyKind } from './certificates.ts';
import type { Credentials } from './target.ts';

/** What our own broker is given besides its usual user, so that checks of users, virtual hosts and certificates can be played. */
const otherVirtualHost = 'amqpspec-other';
const restrictions: readonly Restriction[] = ['no-configure', 'no-write', 'no-read', 'no-access'];
const userOf = (restriction: Restriction): string => `amqpspec-${restriction}`;
/** Whom the known client certificate stands for. */
export const certificateUser = 'amqpspec-certificate';
const password = 'amqpspec';
const everything = '.*';
const nothing = '^$';

/** Settings of a broker with this login and all that goes with it. */
export interface Arrangement {
  readonly users: Readonly<Record<string, string>>;
  readonly virtualHosts: readonly string[];
  readonly permissions: PermissionTable;
  readonly facilities: { readonly logins: Readonly<Record<Restriction, Login>>; readonly otherVirtualHost: string; readonly tokens: TokensFacility };
}

export function arrangementFor({ user, password: own, virtualHost }: Credentials): Arrangement {
  const login = (restriction: Restriction): Login => ({ user: userOf(restriction), password, virtualHost });
  const lacking = (restriction: Restriction) => ({
    configure: restriction === 'no-configure' ? nothing : everything,
    write: restriction === 'no-write' ? nothing : everything,
    read: restriction === 'no-read' ? nothing : everything,
  });
  return {
    users: { [user]: own, ...Object.fromEntries([...restrictions.map(userOf), certificateUser, tokenUser].map(name => [name, password])) },
    virtualHosts: [virtualHost, otherVirtualHost],
    permissions: Object.fromEntries([
      [tokenUser, { [virtualHost]: { configure: nothing, write: nothing, read: nothing } }],
      [certificateUser, { [virtualHost]: { configure: everything, write: everything, read: everything } }],
      ...restrictions.map(restriction => [userOf(restriction), restriction === 'no-access' ? {} : { [virtualHost]: lacking(restriction) }]),
    ]),
    facilities: {
      logins: { 'no-configure': login('no-configure'), 'no-write': login('no-write'), 'no-read': login('no-read'), 'no-access': login('no-access') },
      otherVirtualHost,
      tokens: tokensFacility({ user: tokenUser, password, virtualHost }),
    },
  };
}

/** Certificates for one run: those of a server, and of clients that it knows and that nobody there knows. */
export interface Certificates {
  readonly ca: string;
  readonly server: Credential;
  readonly known: Credential;
  readonly unknownUser: Credential;
}

export function newCertificates(hosts: readonly string[], user: string, serverKey?: KeyKind): Certificates {
  const authority = createAuthority('amqpspec authority');
  return {
    ca: authority.certificate,
    server: authority.issue('amqpspec server', hosts, serverKey),
    known: authority.issue(user),
    unknownUser: authority.issue('amqpspec-nobody'),
  };
}
