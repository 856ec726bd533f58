import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { requireConfirmed } from '../amqp091/confirming.ts';
import { commit, select } from '../amqp091/transactions.ts';

/** A channel on which a client gets to know that the server has taken its messages over: by confirms where the server has them, else by commits. */
export interface Secured {
  readonly channel: ProbeChannel;
  /** What the server breaks that loses such a message. */
  readonly duty: DutyId;
  /** Publishes so many messages, and resolves when the server has taken them over. */
  take(count: number, publish: (channel: ProbeChannel) => void): Promise<void>;
}

export async function securing(peer: Peer): Promise<Secured> {
  const channel = await peer.channel();
  if (!channel.connection.capability('publisher_confirms')) return transacting(peer, channel);
  await channel.call('confirm.select', {}, 'confirm.select-ok');
  let last = 0;
  return {
    channel,
    duty: 'amqp091/confirm.persistent:emit',
    async take(count, publish) {
      publish(channel);
      await requireConfirmed(peer, channel, last + count, last + 1);
      last += count;
    },
  };
}

async function transacting(peer: Peer, channel: ProbeChannel): Promise<Secured> {
  await select(peer, channel);
  return {
    channel,
    duty: 'amqp091/tx.commit.persistent:emit',
    async take(_, publish) {
      publish(channel);
      await commit(channel);
    },
  };
}
