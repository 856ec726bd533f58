import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel, ProbeConnection } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { joined } from '../../harness/wire/amqp091/craft.ts';
import { bodyFrame, headerFrame, methodFrame, octets, publishFrame, sendFrames } from './frames.ts';
import { fill, hold, queueView } from './observations.ts';

const bodyMissing: DutyId = 'amqp091/4.2.6.body-missing:enforce';
const notOpen: DutyId = 'amqp091/channel.not-open:enforce';

/** A queue of another connection, where what is given up must not arrive. */
async function onlooker(peer: Peer): Promise<{ readonly other: ProbeConnection; readonly queue: string }> {
  const other = await peer.connection();
  return { other, queue: await (await other.channel()).queue() };
}

/** All frames of a content but the last two octets of its body. */
const begun = ({ number }: ProbeChannel, queue: string): Uint8Array =>
  joined(publishFrame(number, queue), headerFrame(number, { bodySize: 4 }), bodyFrame(number, octets(1, 2)));

async function requireEmpty(peer: Peer, other: ProbeConnection, queue: string): Promise<void> {
  const view = await queueView(peer, other, queue);
  peer.require(view.kind === 'there' && view.messages === 0, 'Content that was given up is in its queue.');
}

/** Contents that never become whole, and what comes for a channel that is closed or closing. */
export const givenUpChecks = [
  check('amqp091/content/channel-closed-amid-body', {
    title: 'channel.close before the body is complete closes the connection, or the channel, and delivers nothing',
    duties: [bodyMissing],
    departs: true,
    async run(peer: Peer) {
      const { other, queue } = await onlooker(peer);
      const channel = await peer.channel();
      sendFrames(channel, begun(channel, queue), methodFrame(channel.number, 'channel.close', { replyCode: 200, replyText: 'amqpspec' }));
      await channel.answersTo(bodyMissing);
      await requireEmpty(peer, other, queue);
    },
  }),
  check('amqp091/content/client-gone-amid-body', {
    title: 'A client that is gone before its body is complete has published nothing',
    duties: [bodyMissing],
    departs: true,
    async run(peer: Peer) {
      const { other, queue } = await onlooker(peer);
      const channel = await peer.channel();
      const shared = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
      fill(channel, shared, ['back once the client is gone']);
      await hold(peer, channel, shared);
      sendFrames(channel, begun(channel, queue));
      await channel.connection.flush();
      channel.connection.destroy();
      const second = await other.channel();
      await hold(peer, second, shared);
      await second.close();
      await requireEmpty(peer, other, queue);
    },
  }),
  check('amqp091/content/behind-channel-exception', {
    title: 'Content that follows the cause of a channel exception is discarded, and harms neither connection nor queue',
    duties: ['amqp091/channel.close.stability:emit'],
    departs: true,
    async run(peer: Peer) {
      const { other, queue } = await onlooker(peer);
      const channel = await peer.channel();
      const { number } = channel;
      const content = joined(publishFrame(number, queue), headerFrame(number, { bodySize: 1 }), bodyFrame(number, octets(1)));
      sendFrames(channel, methodFrame(number, 'queue.declare', { queue: peer.name(), passive: true }), content);
      await channel.expect('channel.close');
      sendFrames(channel, content);
      channel.send('channel.close-ok');
      await (await channel.connection.channel(number)).barrier();
      await requireEmpty(peer, other, queue);
    },
  }),
  check('amqp091/channel/content-after-close', {
    title: 'A publish with its content on a channel that was closed is a channel-error of the connection',
    duties: [notOpen],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const { number } = channel;
      await channel.close();
      sendFrames(channel, publishFrame(number, 'amqpspec'), headerFrame(number, { bodySize: 1 }), bodyFrame(number, octets(1)));
      await channel.connection.answersTo(notOpen);
    },
  }),
];
