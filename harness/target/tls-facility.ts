import type { Transport } from '../endpoint/transport.ts';
import { tcpTransport } from '../net/dial.ts';
import type { ClientCertificate, TlsFacility } from '../probe/facilities.ts';
import { type Credential, createAuthority } from './certificates.ts';

/** A TLS port, who vouches for its server, and the client certificates at hand. */
export interface TlsPort {
  readonly host: string;
  readonly port: number;
  /** PEM; left out: the authorities that this machine trusts. */
  readonly ca?: string;
  /** The name that the server's certificate bears; left out: the host. */
  readonly serverName?: string;
  readonly certificates?: Readonly<Partial<Record<ClientCertificate, Credential>>>;
}

/** Client certificates of an authority that nobody trusts can always be had. */
function foreign(): Credential {
  return createAuthority('amqpspec foreign authority').issue('guest');
}

/** How checks dial a TLS port. */
export function tlsFacility({ host, port, ca, serverName, certificates = {} }: TlsPort): TlsFacility {
  let stranger: Credential | undefined;
  const credentialOf = (kind: ClientCertificate): Credential | undefined => {
    if (kind !== 'foreign-authority') return certificates[kind];
    stranger ??= certificates[kind] ?? foreign();
    return stranger;
  };
  return {
    transport: (options = {}): Transport => {
      const name = options.serverName ?? serverName;
      const tls = {
        ...(ca !== undefined && { ca }),
        ...(options.version !== undefined && { version: options.version }),
        ...(name !== undefined && { serverName: name }),
        ...(options.certificate !== undefined && credentialOf(options.certificate)),
      };
      return tcpTransport({ host, port, tls });
    },
    plain: tcpTransport({ host, port }),
  };
}
