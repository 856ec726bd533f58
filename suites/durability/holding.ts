import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { hold } from '../amqp091/observations.ts';

/** Gets so many messages and leaves them unacknowledged. */
export async function holdAll(peer: Peer, channel: ProbeChannel, queue: string, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await hold(peer, channel, queue);
}
