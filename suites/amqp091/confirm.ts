import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { confirming, requireConfirmed } from './confirming.ts';
import { fill, numbered, queueHolds } from './observations.ts';

const capabilities = ['publisher_confirms'] as const;

/** Class confirm. */
export const confirmChecks = [
  check('amqp091/confirm/select/ok', {
    title: 'confirm.select is answered with select-ok, also the second time',
    duties: ['amqp091/confirm.select:emit'],
    capabilities,
    async run(peer) {
      const channel = await confirming(peer);
      await channel.call('confirm.select', {}, 'confirm.select-ok');
    },
  }),
  check('amqp091/confirm/select/no-wait', {
    title: 'confirm.select with no-wait selects, and no select-ok comes',
    duties: ['amqp091/domain.no-wait:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('confirm.select', { noWait: true });
      await channel.barrier(['confirm.select-ok']);
      fill(channel, await channel.queue(), ['1']);
      await requireConfirmed(peer, channel, 1);
    },
  }),
  check('amqp091/confirm/all/routed', {
    title: 'Messages that a queue takes are confirmed',
    duties: ['amqp091/confirm.all-messages:emit'],
    capabilities,
    async run(peer) {
      const channel = await confirming(peer);
      fill(channel, await channel.queue(), numbered(10));
      await requireConfirmed(peer, channel, 10);
    },
  }),
  check('amqp091/confirm/all/persistent', {
    title: 'Persistent messages in a durable queue are confirmed',
    duties: ['amqp091/confirm.all-messages:emit'],
    capabilities,
    async run(peer) {
      const channel = await confirming(peer);
      const queue = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
      for (const body of numbered(5)) channel.publish({ routingKey: queue, properties: { deliveryMode: 2 }, body });
      await requireConfirmed(peer, channel, 5);
    },
  }),
  check('amqp091/confirm/all/unroutable', {
    title: 'Messages that no queue takes are confirmed',
    duties: ['amqp091/confirm.all-messages:emit'],
    capabilities,
    async run(peer) {
      const channel = await confirming(peer);
      const exchange = await channel.exchange('direct');
      for (const body of numbered(3)) channel.publish({ exchange, routingKey: 'nobody', body });
      await requireConfirmed(peer, channel, 3);
    },
  }),
  check('amqp091/confirm/once', {
    title: 'Each message is confirmed once, also among unroutable ones',
    duties: ['amqp091/confirm.once:emit'],
    capabilities,
    async run(peer) {
      const channel = await confirming(peer);
      const queue = await channel.queue();
      for (const body of numbered(20)) channel.publish({ routingKey: Number(body) % 4 === 0 ? peer.name('nobody') : queue, body });
      await requireConfirmed(peer, channel, 20);
      await queueHolds(peer, channel, queue, 15);
      await channel.barrier(['basic.ack', 'basic.nack']);
    },
  }),
  check('amqp091/confirm/sequence/from-select', {
    title: 'Numbers begin at 1 with the first message after select, and a second select does not begin anew',
    duties: ['amqp091/confirm.sequence:emit'],
    capabilities,
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      fill(channel, queue, numbered(3));
      await channel.call('confirm.select', {}, 'confirm.select-ok');
      fill(channel, queue, numbered(2));
      await requireConfirmed(peer, channel, 2);
      await channel.call('confirm.select', {}, 'confirm.select-ok');
      fill(channel, queue, ['3']);
      await requireConfirmed(peer, channel, 3, 3);
    },
  }),
  check('amqp091/confirm/sequence/per-channel', {
    title: 'Each channel of a connection numbers its messages for itself',
    duties: ['amqp091/confirm.sequence:emit'],
    capabilities,
    async run(peer) {
      const one = await confirming(peer);
      const two = await one.connection.channel();
      await two.call('confirm.select', {}, 'confirm.select-ok');
      const queue = await one.queue();
      fill(one, queue, numbered(2));
      await requireConfirmed(peer, one, 2);
      fill(two, queue, ['1']);
      await requireConfirmed(peer, two, 1);
    },
  }),
  check('amqp091/confirm/return-first', {
    title: 'A mandatory message that no queue takes is returned before it is confirmed',
    duties: ['amqp091/confirm.return-first:emit'],
    capabilities,
    async run(peer: Peer) {
      const channel = await confirming(peer);
      const exchange = await channel.exchange('direct');
      channel.publish({ exchange, routingKey: 'nobody', mandatory: true, body: 'back' });
      const first = await channel.connection.next();
      peer.require(first.kind === 'method' && first.method.name === 'basic.return', 'Something else came before the return.');
      await requireConfirmed(peer, channel, 1);
    },
  }),
  check('amqp091/confirm/all-queues', {
    title: 'Once a message is confirmed, every queue that it was routed to has it',
    duties: ['amqp091/confirm.all-queues:emit'],
    capabilities,
    async run(peer) {
      const channel = await confirming(peer);
      const exchange = await channel.exchange('fanout');
      const queues = [await channel.queue(), await channel.queue(), await channel.queue()];
      for (const queue of queues) await channel.bind(queue, exchange);
      channel.publish({ exchange, body: 'everywhere' });
      await requireConfirmed(peer, channel, 1);
      for (const queue of queues) await channel.call('basic.get', { queue }, 'basic.get-ok');
    },
  }),
  check('amqp091/confirm/unselected', {
    title: 'Without select nothing is confirmed',
    duties: ['amqp091/confirm.unselected:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      fill(channel, queue, numbered(3));
      await queueHolds(peer, channel, queue, 3);
      await channel.barrier(['basic.ack', 'basic.nack']);
    },
  }),
];
