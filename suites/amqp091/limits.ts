import type { ConnectOptions, Peer, ProbeConnection } from '../../harness/probe/peer.ts';

/** A limit that the server takes: the wanted one, or its own where that is lower. Zero in an offer sets none. */
const within = (offered: number, wanted: number): number => (offered === 0 ? wanted : Math.min(offered, wanted));

/** A connection with limits below the offer, however low the offer is. */
export async function lowered(peer: Peer, wanted: { readonly channelMax?: number; readonly frameMax?: number }): Promise<ProbeConnection> {
  const asking = await peer.connection({ upTo: 'tune' });
  const { channelMax, frameMax } = asking.tune;
  asking.destroy();
  const limits: ConnectOptions = {
    ...(wanted.channelMax !== undefined && { channelMax: within(channelMax, wanted.channelMax) }),
    ...(wanted.frameMax !== undefined && { frameMax: within(frameMax, wanted.frameMax) }),
  };
  return peer.connection(limits);
}
