import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { requireAhead } from './handing-out.ts';
import { deliveries, fill, numbered, requireTexts, textOf } from './observations.ts';

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
      await requireAhead(peer, { looking: channel, queue, channels: [channel] }, 2, 1);
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
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await limited(channel, 2, 5);
      const other = await channel.connection.channel();
      await other.consume(queue);
      let ahead = 0;
      for (let count = 0; count < 5; count += 1) {
        const seen = await channel.connection.next();
        peer.require(seen.kind === 'method' && seen.method.name === 'basic.deliver', 'Something else than a delivery came.');
        if (seen.channel === channel.number) ahead += 1;
      }
      peer.require(ahead <= 2, `The full consumer got ${ahead} messages where 2 are allowed.`);
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
      await requireAhead(peer, { looking: channel, queue, channels: [channel] }, 2, 1);
    },
  }),
  check('amqp091/qos/prefetch/no-ack', {
    title: 'A prefetch count does not hold back a consumer with no-ack',
    duties: ['amqp091/basic.qos.no-ack:emit'],
    async run(peer) {
      const channel = await peer.channel();
      await limited(channel, 1, 5, true);
      requireTexts(peer, (await deliveries(channel, 5)).map(textOf), numbered(5), 'Deliveries in order');
    },
  }),
];
