import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { fill, hold, holding, requireBack, requireTexts, takeAll, textOf } from './observations.ts';

/** Sends an ack that cannot be right. */
async function requireRefusedAck(peer: Peer, settle: (channel: ProbeChannel, tag: bigint) => void): Promise<void> {
  const channel = await peer.channel();
  const queue = await channel.queue();
  fill(channel, queue, ['1']);
  const { method } = await hold(peer, channel, queue);
  settle(channel, method.args.deliveryTag);
  await channel.answersTo('amqp091/basic.ack.exists:enforce');
}

/** Class basic, method ack, and what becomes of messages that are never acknowledged (4.5). */
export const acknowledgeChecks = [
  check('amqp091/ack/explicit', {
    title: 'A message that waits for its acknowledgement is handed to nobody else, and is gone once acknowledged',
    duties: ['amqp091/basic.explicit-acknowledgement:emit'],
    async run(peer) {
      const held = await holding(peer, 2);
      await held.other.call('basic.get', { queue: held.queue }, 'basic.get-empty');
      held.channel.send('basic.ack', { deliveryTag: held.tags[0] ?? 0n });
      await requireBack(peer, held, ['2']);
    },
  }),
  check('amqp091/ack/single', {
    title: 'An ack settles the one message it names, not those before it',
    duties: ['amqp091/basic.ack.single:emit'],
    async run(peer) {
      const held = await holding(peer, 3);
      held.channel.send('basic.ack', { deliveryTag: held.tags[1] ?? 0n });
      await requireBack(peer, held, ['1', '3']);
    },
  }),
  check('amqp091/ack/multiple', {
    title: 'An ack with multiple settles all messages up to the one it names, and no later one',
    duties: ['amqp091/basic.ack.multiple:emit'],
    async run(peer) {
      const held = await holding(peer, 4);
      held.channel.send('basic.ack', { deliveryTag: held.tags[2] ?? 0n, multiple: true });
      await requireBack(peer, held, ['4']);
    },
  }),
  check('amqp091/ack/all', {
    title: 'An ack with multiple and tag zero settles all messages held, and none got later',
    duties: ['amqp091/basic.ack.all:emit'],
    async run(peer) {
      const held = await holding(peer, 3);
      held.channel.send('basic.ack', { deliveryTag: 0n, multiple: true });
      fill(held.channel, held.queue, ['later']);
      await hold(peer, held.channel, held.queue);
      await requireBack(peer, held, ['later']);
    },
  }),
  check('amqp091/ack/unknown-tag', {
    title: 'An ack of a tag that was never delivered closes the channel',
    duties: ['amqp091/basic.ack.exists:enforce'],
    departs: true,
    run: peer => requireRefusedAck(peer, (channel, tag) => channel.send('basic.ack', { deliveryTag: tag + 100n })),
  }),
  check('amqp091/ack/twice', {
    title: 'A second ack of the same tag closes the channel',
    duties: ['amqp091/basic.ack.exists:enforce'],
    departs: true,
    run: peer =>
      requireRefusedAck(peer, (channel, deliveryTag) => {
        channel.send('basic.ack', { deliveryTag });
        channel.send('basic.ack', { deliveryTag });
      }),
  }),
  check('amqp091/ack/unknown-multiple', {
    title: 'An ack with multiple up to a tag that was never delivered closes the channel',
    duties: ['amqp091/basic.ack.exists:enforce'],
    departs: true,
    run: peer => requireRefusedAck(peer, (channel, tag) => channel.send('basic.ack', { deliveryTag: tag + 100n, multiple: true })),
  }),
  check('amqp091/ack/other-channel', {
    title: "An ack of another channel's delivery closes the channel",
    duties: ['amqp091/domain.delivery-tag.channel-local:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      fill(channel, queue, ['1']);
      const { method } = await hold(peer, channel, queue);
      const other = await channel.connection.channel();
      other.send('basic.ack', { deliveryTag: method.args.deliveryTag });
      await other.answersTo('amqp091/domain.delivery-tag.channel-local:enforce');
    },
  }),
  check('amqp091/ack/channel-closed', {
    title: 'Messages unacknowledged when their channel closes are delivered again',
    duties: ['amqp091/4.5.redelivery:emit'],
    run: async peer => requireBack(peer, await holding(peer, 2), ['1', '2']),
  }),
  check('amqp091/ack/connection-closed', {
    title: 'Messages unacknowledged when their connection closes are delivered again',
    duties: ['amqp091/4.5.redelivery:emit'],
    async run(peer) {
      const { channel, other, queue } = await holding(peer, 2);
      await channel.connection.close();
      requireTexts(peer, (await takeAll(peer, other, queue, 2)).map(textOf).sort(), ['1', '2'], 'Messages that came back');
    },
  }),
  check('amqp091/ack/connection-lost', {
    title: 'Messages unacknowledged when their connection is lost are delivered again',
    duties: ['amqp091/4.5.redelivery:emit'],
    async run(peer) {
      const { channel, other, queue } = await holding(peer, 2);
      channel.connection.destroy();
      requireTexts(peer, (await takeAll(peer, other, queue, 2)).map(textOf).sort(), ['1', '2'], 'Messages that came back');
    },
  }),
  check('amqp091/ack/channel-failed', {
    title: 'Messages unacknowledged when an error closes their channel are delivered again',
    duties: ['amqp091/4.5.redelivery:emit'],
    departs: true,
    async run(peer) {
      const { channel, other, queue } = await holding(peer, 2);
      channel.send('queue.declare', { queue: peer.name(), passive: true });
      await channel.answersTo('amqp091/queue.declare.passive-missing:enforce');
      requireTexts(peer, (await takeAll(peer, other, queue, 2)).map(textOf).sort(), ['1', '2'], 'Messages that came back');
    },
  }),
  check('amqp091/ack/redelivered-flag', {
    title: 'A message delivered again after its channel closed bears the redelivered flag',
    duties: ['amqp091/domain.redelivered.implementation:emit'],
    async run(peer: Peer) {
      const { channel, other, queue } = await holding(peer, 1);
      await channel.close();
      const [message] = await takeAll(peer, other, queue, 1);
      peer.require(message?.method.args.redelivered === true, 'The message came again without the redelivered flag.');
    },
  }),
];
