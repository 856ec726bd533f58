import { createServer } from 'node:net';
import type { GenericContainer } from 'testcontainers';
import { type Certificates, newCertificates } from './arrangement.ts';
import type { Profile } from './profile.ts';

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Whom the known client certificate names where the profile knows nobody by it. */
const nobody = 'amqpspec';

/** Ports of this machine, and what was made for this container alone. */
export interface Outfit {
  readonly port: number;
  readonly tls: { readonly port: number; readonly certificates: Certificates } | undefined;
}

export const host = '127.0.0.1';

export async function outfitFor({ facilities }: Profile): Promise<Outfit> {
  const [port, tlsPort] = await Promise.all([freePort(), freePort()]);
  const tls = facilities?.tls && {
    port: tlsPort,
    certificates: newCertificates([host, 'localhost'], facilities.tls.user ?? nobody, facilities.tls.serverKey),
  };
  return { port, tls };
}

function filesOf({ files = {}, facilities }: Profile, { tls }: Outfit): readonly (readonly [target: string, content: string])[] {
  const { ca, cert, key } = facilities?.tls?.files ?? {};
  const made = { [ca ?? '']: tls?.certificates.ca, [cert ?? '']: tls?.certificates.server.cert, [key ?? '']: tls?.certificates.server.key };
  return [...Object.entries(files), ...Object.entries(made)].flatMap(([target, content]) => (content === undefined ? [] : [[target, content] as const]));
}

export function configured(container: GenericContainer, profile: Profile, outfit: Outfit): GenericContainer {
  container.withExposedPorts({ container: profile.ports.amqp, host: outfit.port });
  if (profile.facilities?.tls !== undefined && outfit.tls !== undefined) {
    container.withExposedPorts({ container: profile.facilities.tls.port, host: outfit.tls.port });
  }
  if (profile.environment !== undefined) container.withEnvironment({ ...profile.environment });
  if (profile.entrypoint !== undefined) container.withEntrypoint([...profile.entrypoint]);
  if (profile.command !== undefined) container.withCommand([...profile.command]);
  if (profile.user !== undefined) container.withUser(profile.user);
  const files = filesOf(profile, outfit);
  // The broker in the container is another user than the one that copies.
  if (files.length > 0) container.withCopyContentToContainer(files.map(([target, content]) => ({ target, content, mode: 0o644 })));
  return container;
}
