import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { parseBrokerUrl } from '../target/url.ts';
import { usage } from './errors.ts';

/** Loopback, link-local and the private networks, in which containers are. */
const near = new BlockList();
near.addSubnet('127.0.0.0', 8, 'ipv4');
near.addSubnet('10.0.0.0', 8, 'ipv4');
near.addSubnet('172.16.0.0', 12, 'ipv4');
near.addSubnet('192.168.0.0', 16, 'ipv4');
near.addSubnet('169.254.0.0', 16, 'ipv4');
near.addAddress('::1', 'ipv6');
near.addSubnet('fc00::', 7, 'ipv6');
near.addSubnet('fe80::', 10, 'ipv6');

const isNear = (address: string): boolean => near.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  return (await lookup(host, { all: true }).catch(() => [])).map(({ address }) => address);
}

/**
 * Whoever fuzzes a broker that is neither on this machine nor in a private network says that it is theirs.
 * @throws {CommandError} where they do not.
 */
export async function ownsIt(target: string | undefined, said: boolean): Promise<void> {
  if (said || target?.includes('://') !== true) return;
  const { host } = parseBrokerUrl(target);
  const addresses = await addressesOf(host);
  if (addresses.every(isNear)) return;
  throw usage(
    `${host} is not on this machine nor in a private network. Fuzzing opens thousands of connections, sends what no broker should have to take, declares and deletes queues and exchanges under a prefix of its own, and may hang or kill the broker. If it is yours: --i-own-this-broker.`,
  );
}
