import type { TlsFacility } from '../../harness/probe/facilities.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { same } from './frames.ts';

type How = NonNullable<Parameters<TlsFacility['transport']>[0]>;

/** A channel over TLS, where the server goes through the handshake with us; else `lacking` is broken. */
export async function secureChannel(peer: Peer, how: How, lacking: string): Promise<ProbeChannel> {
  const transport = peer.facility('tls').transport(how);
  peer.require((await peer.raw(transport)) !== 'refused', lacking);
  return peer.channel({ transport });
}

/** Publishes a message and wants it back as it was. */
export async function roundTrip(peer: Peer, channel: ProbeChannel, queue: string, body: Uint8Array): Promise<void> {
  channel.publish({ routingKey: queue, body });
  const { body: came } = await channel.arrival('basic.deliver');
  peer.require(same(came, body), `A body of ${body.length} octets came back changed.`);
}
