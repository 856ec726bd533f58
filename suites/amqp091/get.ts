import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fill, hold, numbered, queueHolds, requireTexts, takeAll, textOf } from './observations.ts';

/** Class basic, method get. */
export const getChecks = [
  check('amqp091/get/empty', {
    title: 'A get on an empty queue is answered with get-empty',
    duties: ['amqp091/basic.get.empty:emit'],
    async run(peer) {
      const channel = await peer.channel();
      await channel.call('basic.get', { queue: await channel.queue() }, 'basic.get-empty');
    },
  }),
  check('amqp091/get/drained', {
    title: 'After the last message, held unacknowledged, get is answered with get-empty',
    duties: ['amqp091/basic.get.empty:emit', 'amqp091/basic.explicit-acknowledgement:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      fill(channel, queue, ['1']);
      await hold(peer, channel, queue);
      await channel.call('basic.get', { queue }, 'basic.get-empty');
    },
  }),
  check('amqp091/get/missing-queue', {
    title: 'A get on a queue that does not exist is not-found',
    duties: ['amqp091/basic.get.queue-exists:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('basic.get', { queue: peer.name() });
      await channel.answersTo('amqp091/basic.get.queue-exists:enforce');
    },
  }),
  check('amqp091/get/origin', {
    title: 'get-ok names the exchange and routing key of publishing',
    duties: ['amqp091/basic.get-ok.origin:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('fanout'), await channel.queue()];
      await channel.bind(queue, exchange, 'binding.key');
      channel.publish({ exchange, routingKey: 'message.key', body: 'x' });
      const { args } = (await hold(peer, channel, queue)).method;
      peer.require(
        args.exchange === exchange && args.routingKey === 'message.key',
        'get-ok names another exchange or routing key than the message was published with.',
      );
    },
  }),
  check('amqp091/get/message-count', {
    title: 'get-ok counts the messages left behind',
    duties: ['amqp091/basic.get-ok.message-count:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      fill(channel, queue, numbered(3));
      await queueHolds(peer, channel, queue, 3);
      const counts = [await hold(peer, channel, queue), await hold(peer, channel, queue), await hold(peer, channel, queue)].map(
        one => one.method.args.messageCount,
      );
      peer.require(counts.join() === '2,1,0', `Three gets from a queue of three counted ${counts.join(', ')}.`);
    },
  }),
  check('amqp091/get/order', {
    title: 'Get takes messages in the order they were published',
    duties: ['amqp091/4.7.order:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      fill(channel, queue, numbered(50));
      requireTexts(peer, (await takeAll(peer, channel, queue, 50)).map(textOf), numbered(50), 'Messages in order');
    },
  }),
  check('amqp091/get/no-ack', {
    title: 'A message got with no-ack is gone for good',
    duties: ['amqp091/basic.automatic-acknowledgement:emit'],
    async run(peer) {
      const [channel, other] = await Promise.all([peer.channel(), peer.channel()]);
      const queue = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
      fill(channel, queue, ['gone', 'held']);
      await queueHolds(peer, channel, queue, 2);
      await channel.get(queue, { noAck: true });
      await hold(peer, channel, queue);
      await channel.close();
      requireTexts(peer, (await takeAll(peer, other, queue, 1)).map(textOf), ['held'], 'Messages after the channel closed');
    },
  }),
  check('amqp091/get/tags', {
    title: 'Delivery tags are never zero and differ on a channel',
    duties: ['amqp091/domain.delivery-tag.non-zero:emit', 'amqp091/domain.delivery-tag.distinct:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      fill(channel, queue, numbered(3));
      const held = [await hold(peer, channel, queue), await hold(peer, channel, queue), await hold(peer, channel, queue)];
      const tags = held.map(one => one.method.args.deliveryTag);
      peer.require(!tags.includes(0n), 'A get-ok bore the delivery tag zero.', 'amqp091/domain.delivery-tag.non-zero:emit');
      peer.require(new Set(tags).size === tags.length, `The tags ${tags.join(', ')} repeat.`, 'amqp091/domain.delivery-tag.distinct:emit');
    },
  }),
  check('amqp091/get/first-time', {
    title: 'A message that was never delivered does not bear the redelivered flag',
    duties: ['amqp091/domain.redelivered.first:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      fill(channel, queue, ['1']);
      const { method } = await hold(peer, channel, queue);
      peer.require(!method.args.redelivered, 'A first get-ok bears the redelivered flag.');
    },
  }),
];
