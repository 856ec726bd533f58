import type { StartedTestContainer } from 'testcontainers';
import type { Facilities, Resource } from '../probe/facilities.ts';
import { host, type Outfit } from './container-outfit.ts';
import type { ContainerCommand, Profile } from './profile.ts';
import { TargetError } from './target.ts';
import { tlsFacility } from './tls-facility.ts';

async function execute(started: StartedTestContainer, command: ContainerCommand): Promise<void> {
  const { exitCode, output } = await started.exec([...command]);
  if (exitCode === 0) return;
  const last = output.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
  throw new TargetError(`In the container, ${command[0]} ended with status ${exitCode}: ${last}`);
}

/** Runs what the profile wants run before the first check. */
export async function arrange(started: StartedTestContainer, { facilities }: Profile): Promise<void> {
  for (const command of facilities?.commands ?? []) await execute(started, command);
}

/** What was arranged in a container, as checks use it. */
export function facilitiesOf(started: StartedTestContainer, { facilities }: Profile, { tls }: Outfit): Facilities | undefined {
  if (facilities === undefined) return undefined;
  const { logins, otherVirtualHost, alarm, acknowledgementTimeoutMs } = facilities;
  const user = facilities.tls?.user;
  const does = (what: 'raise' | 'clear') => (resource: Resource) => (alarm === undefined ? Promise.resolve() : execute(started, alarm[resource][what]));
  return {
    ...(logins !== undefined && { logins }),
    ...(otherVirtualHost !== undefined && { otherVirtualHost }),
    ...(tls !== undefined && { tls: tlsOf(tls) }),
    ...(tls !== undefined && user !== undefined && { clientCertificates: { user } }),
    ...(alarm !== undefined && { alarm: { raise: does('raise'), clear: does('clear') } }),
    ...(acknowledgementTimeoutMs !== undefined && { acknowledgementTimeoutMs }),
  };
}

function tlsOf({ port, certificates }: NonNullable<Outfit['tls']>): NonNullable<Facilities['tls']> {
  const { ca, known, unknownUser } = certificates;
  return tlsFacility({ host, port, ca, certificates: { known, 'unknown-user': unknownUser } });
}
