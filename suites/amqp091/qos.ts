import { check } from '../../harness/check/check.ts';
import type { ProbeChannel } from '../../harness/probe/peer.ts';
import { deliveries, fill, numbered, queueHolds, requireTexts, textOf } from './observations.ts';

/** A channel with a prefetch count, and a consumer on a new queue that holds `messages` messages. */
async function limited(channel: ProbeChannel, prefetchCount: number, messages: number, noAck = false): Promise<string> {
  const queue = await channel.queue();
  await channel.call('basic.qos', { prefetchCount }, 'basic.qos-ok');
  fill(channel, queue, numbered(messages));
  await channel.consume(queue, { noAck });
  return queue;
}

/** Class basic, method qos. */
export const qosChecks = [
  check('amqp091/qos/prefetch/limit', {
    title: 'A consumer gets no more messages ahead than its prefetch count',
    duties: ['amqp091/basic.qos.prefetch-count:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await limited(channel, 2, 5);
      for (const body of ['1', '2']) requireTexts(peer, [textOf(await channel.arrival('basic.deliver'))], [body], 'Deliveries in order');
      await queueHolds(peer, channel, queue, 3);
      await channel.barrier(['basic.deliver']);
    },
  }),
  check('amqp091/qos/prefetch/next-on-ack', {
    title: 'Each acknowledgement lets one more message through',
    duties: ['amqp091/basic.qos.prefetch-count:emit'],
    async run(peer) {
      const channel = await peer.channel();
      await limited(channel, 1, 4);
      for (const body of numbered(4)) {
        const message = await channel.arrival('basic.deliver');
        requireTexts(peer, [textOf(message)], [body], 'Deliveries in order');
        await channel.barrier(['basic.deliver']);
        channel.send('basic.ack', { deliveryTag: message.method.args.deliveryTag });
      }
    },
  }),
  check('amqp091/qos/prefetch/rest-for-others', {
    title: 'What a full consumer may not get goes to another',
    duties: ['amqp091/basic.qos.prefetch-count:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await limited(channel, 2, 5);
      for (const body of ['1', '2']) requireTexts(peer, [textOf(await channel.arrival('basic.deliver'))], [body], 'Deliveries to the full consumer');
      const other = await channel.connection.channel();
      await other.consume(queue);
      for (const body of ['3', '4', '5']) requireTexts(peer, [textOf(await other.arrival('basic.deliver'))], [body], 'Deliveries to the other consumer');
    },
  }),
  check('amqp091/qos/prefetch/global', {
    title: 'A global prefetch count holds for the consumers of a channel together',
    duties: ['amqp091/basic.qos.prefetch-count:emit'],
    async run(peer) {
      const channel = await peer.channel();
      await channel.call('basic.qos', { prefetchCount: 2, global: true }, 'basic.qos-ok');
      const queue = await channel.queue();
      for (const consumerTag of ['one', 'other']) await channel.consume(queue, { consumerTag });
      fill(channel, queue, numbered(5));
      const came = await deliveries(channel, 2);
      requireTexts(peer, came.map(textOf), ['1', '2'], 'Deliveries to both consumers');
      await queueHolds(peer, channel, queue, 3);
      await channel.barrier(['basic.deliver']);
    },
  }),
  check('amqp091/qos/prefetch/no-ack', {
    title: 'A prefetch count does not hold back a consumer with no-ack',
    duties: ['amqp091/basic.qos.no-ack:emit'],
    async run(peer) {
      const channel = await peer.channel();
      await limited(channel, 1, 5, true);
      for (const body of numbered(5)) requireTexts(peer, [textOf(await channel.arrival('basic.deliver'))], [body], 'Deliveries in order');
    },
  }),
];
