import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { sharedQueue } from '../amqp091/handing-out.ts';
import { deliveries, fill, requireTexts, textOf } from '../amqp091/observations.ts';

const capabilities = ['consumer_cancel_notify'] as const;

async function requireNotice(peer: Peer, channel: ProbeChannel, consumerTag: string): Promise<void> {
  const { args } = await channel.expect('basic.cancel');
  peer.require(args.consumerTag === consumerTag, `The cancel names ${args.consumerTag}.`);
}

/** A consumer whose queue another channel has deleted, once its notice came. */
async function lost(peer: Peer, consumerTag: string): Promise<ProbeChannel> {
  const channel = await peer.channel();
  const other = await channel.connection.channel();
  const queue = await channel.queue();
  await channel.consume(queue, { consumerTag });
  await other.call('queue.delete', { queue }, 'queue.delete-ok');
  await requireNotice(peer, channel, consumerTag);
  return channel;
}

/** Consumer cancel notification, an extension. */
export const consumerCancelChecks = [
  check('amqp091/cancel/notify-own-delete', {
    title: 'A client that deletes the queue of its own consumer on the same channel is told that the consumer is lost',
    duties: ['amqp091/basic.cancel.notify:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue, { consumerTag: 'lost' });
      await channel.call('queue.delete', { queue }, 'queue.delete-ok');
      await requireNotice(peer, channel, 'lost');
    },
  }),
  check('amqp091/cancel/notify-foreign-delete', {
    title: 'A client is told that its consumer is lost when another connection deletes the queue',
    duties: ['amqp091/basic.cancel.notify:emit'],
    capabilities,
    async run(peer) {
      const [channel, other] = [await peer.channel(), await peer.channel()];
      const queue = await sharedQueue(peer, channel);
      await channel.consume(queue, { consumerTag: 'lost' });
      await other.call('queue.delete', { queue }, 'queue.delete-ok');
      await requireNotice(peer, channel, 'lost');
    },
  }),
  check('amqp091/cancel/notify-each', {
    title: 'Each consumer of a deleted queue is named once, on its own channel, and consumers of other queues are not',
    duties: ['amqp091/basic.cancel.notify:emit'],
    capabilities,
    async run(peer: Peer) {
      const one = await peer.channel();
      const [two, other] = [await one.connection.channel(), await one.connection.channel()];
      const [queue, kept] = [await one.queue(), await one.queue()];
      for (const consumerTag of ['a', 'b']) await one.consume(queue, { consumerTag });
      await one.consume(kept, { consumerTag: 'kept' });
      await two.consume(queue, { consumerTag: 'a' });
      await other.call('queue.delete', { queue }, 'queue.delete-ok');
      const named = [await one.expect('basic.cancel'), await one.expect('basic.cancel')].map(({ args }) => args.consumerTag);
      requireTexts(peer, named.sort(), ['a', 'b'], 'Consumers that the cancels name');
      await requireNotice(peer, two, 'a');
      fill(one, kept, ['1']);
      requireTexts(peer, (await deliveries(one, 1)).map(textOf), ['1'], 'Deliveries to the consumer of the other queue');
      for (const channel of [one, two]) await channel.barrier(['basic.cancel']);
    },
  }),
  check('amqp091/cancel/notify-unannounced', {
    title: 'A client that did not announce consumer_cancel_notify is sent no cancel when it loses a consumer',
    duties: ['amqp091/basic.cancel.unannounced:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel({ capabilities: { consumer_cancel_notify: false } });
      const canary = await peer.channel();
      const queue = await sharedQueue(peer, channel);
      await channel.consume(queue, { consumerTag: 'lost' });
      await canary.consume(queue, { consumerTag: 'canary' });
      await canary.call('queue.delete', { queue }, 'queue.delete-ok');
      await requireNotice(peer, canary, 'canary');
      await channel.barrier(['basic.cancel']);
    },
  }),
  check('amqp091/cancel/notify-own-cancel', {
    title: 'A consumer that its client cancels is confirmed with cancel-ok and not with cancel',
    duties: ['amqp091/basic.cancel.unannounced:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue, { consumerTag: 'ends' });
      await channel.call('basic.cancel', { consumerTag: 'ends' }, 'basic.cancel-ok');
      await channel.call('queue.delete', { queue }, 'queue.delete-ok');
      await channel.barrier(['basic.cancel']);
    },
  }),
  check('amqp091/cancel/notify-crossing', {
    title: 'A cancel for a consumer that was lost meanwhile is answered with cancel-ok',
    duties: ['amqp091/basic.cancel.crossing:emit'],
    capabilities,
    async run(peer: Peer) {
      const channel = await lost(peer, 'lost');
      const { args } = await channel.call('basic.cancel', { consumerTag: 'lost' }, 'basic.cancel-ok');
      peer.require(args.consumerTag === 'lost', `cancel-ok names ${args.consumerTag}.`);
    },
  }),
  check('amqp091/cancel/notify-tag-free', {
    title: 'The tag of a consumer that was lost may be used again',
    duties: ['amqp091/basic.consume.lifetime:emit'],
    capabilities,
    async run(peer) {
      const channel = await lost(peer, 'again');
      const queue = await channel.queue();
      await channel.consume(queue, { consumerTag: 'again' });
      fill(channel, queue, ['1']);
      requireTexts(peer, (await deliveries(channel, 1)).map(textOf), ['1'], 'Deliveries');
    },
  }),
];
