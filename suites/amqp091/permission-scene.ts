import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';

export type Permission = 'configure' | 'write' | 'read';

/** What the owner has arranged: a queue with a binding to an exchange, and another exchange. */
export interface Scene {
  readonly owner: ProbeChannel;
  /** The one who lacks a permission. */
  readonly user: ProbeChannel;
  readonly queue: string;
  readonly exchange: string;
  readonly other: string;
}

export const dutyOf = (lacking: Permission): DutyId => `amqp091/permission.${lacking}:enforce`;

/** Opens a channel for the target's own user and one for a user who lacks this permission. */
export async function scene(peer: Peer, lacking: Permission): Promise<Scene> {
  const as = peer.facility('logins')[`no-${lacking}`];
  const owner = await peer.channel();
  const queue = await owner.queue({ queue: peer.name(), durable: true, exclusive: false });
  const [exchange, other] = [await owner.exchange('direct'), await owner.exchange('direct')];
  await owner.bind(queue, exchange, 'bound');
  return { owner, user: await peer.channel({ as }), queue, exchange, other };
}
