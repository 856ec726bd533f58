import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';

/** A channel in confirm mode. */
export async function confirming(peer: Peer): Promise<ProbeChannel> {
  const channel = await peer.channel();
  await channel.call('confirm.select', {}, 'confirm.select-ok');
  return channel;
}

/** Takes confirms until messages `from` to `to` are covered; none may come twice, or for a message that was not published. */
export async function requireConfirmed(peer: Peer, channel: ProbeChannel, to: number, from = 1): Promise<void> {
  const open = new Set(Array.from({ length: to - from + 1 }, (_, index) => BigInt(from + index)));
  while (open.size > 0) {
    const { deliveryTag, multiple } = (await channel.expect('basic.ack')).args;
    const covered = [...open].filter(tag => tag === deliveryTag || (multiple && (tag < deliveryTag || deliveryTag === 0n)));
    const known = deliveryTag === 0n ? multiple : covered.includes(deliveryTag);
    peer.require(known, `A confirm names ${deliveryTag}, which is confirmed already or was never published.`);
    for (const tag of covered) open.delete(tag);
  }
}
