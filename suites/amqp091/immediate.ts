import { type Check, check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fill, requireTexts, takeAll, textOf } from './observations.ts';

/** Class basic, the immediate flag of publish. A server should have it; one that says not-implemented fails one check and lacks the others. */
export const immediateChecks: readonly Check[] = [
  check('amqp091/publish/immediate/no-consumer', {
    title: 'An immediate message for a queue without consumers comes back',
    duties: ['amqp091/basic.publish.immediate:emit'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.publish({ routingKey: await channel.queue(), immediate: true, body: 'back' });
      await channel.answersTo('amqp091/basic.publish.immediate:emit');
    },
  }),
  check('amqp091/publish/immediate/code', {
    title: 'The return of an immediate message says no-consumers and carries what was published',
    duties: ['amqp091/basic.return.no-consumers:emit', 'amqp091/basic.return.content:emit'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const routingKey = await channel.queue();
      channel.publish({ routingKey, immediate: true, properties: { messageId: 'm1' }, body: 'back again' });
      const back = await channel.arrival('basic.return');
      const { replyCode } = back.method.args;
      peer.require(replyCode === 313, `The return says ${replyCode}.`, 'amqp091/basic.return.no-consumers:emit');
      const { routingKey: key, exchange } = back.method.args;
      peer.require(key === routingKey && exchange === '', 'The return names another exchange or key.', 'amqp091/basic.return.content:emit');
      const intact = back.properties.messageId === 'm1' && textOf(back) === 'back again';
      peer.require(intact, 'The message came back changed.', 'amqp091/basic.return.content:emit');
    },
  }),
  check('amqp091/publish/immediate/not-queued', {
    title: 'An immediate message that came back is in no queue',
    duties: ['amqp091/basic.publish.immediate-taken:emit'],
    optional: true,
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      channel.publish({ routingKey: queue, immediate: true, body: 'back' });
      await channel.arrival('basic.return');
      fill(channel, queue, ['later']);
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['later'], 'Messages in the queue');
    },
  }),
  check('amqp091/publish/immediate/consumer', {
    title: 'An immediate message is delivered to a consumer that waits, and does not come back',
    duties: ['amqp091/basic.publish.immediate-taken:emit'],
    optional: true,
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      channel.publish({ routingKey: queue, immediate: true, body: 'taken' });
      await channel.barrier(['basic.return']);
      requireTexts(peer, [textOf(await channel.arrival('basic.deliver'))], ['taken'], 'What was delivered');
      await channel.barrier(['basic.return']);
    },
  }),
  check('amqp091/publish/immediate/busy-consumer', {
    title: 'An immediate message comes back while the only consumer has as much as it prefetches',
    duties: ['amqp091/basic.publish.immediate:emit'],
    optional: true,
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
      await channel.consume(queue);
      fill(channel, queue, ['first']);
      await channel.arrival('basic.deliver');
      channel.publish({ routingKey: queue, immediate: true, body: 'back' });
      await channel.arrival('basic.return');
    },
  }),
  check('amqp091/publish/immediate/unroutable', {
    title: 'An immediate message that no queue takes comes back',
    duties: ['amqp091/basic.publish.immediate:emit'],
    optional: true,
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.publish({ routingKey: peer.name('nobody'), immediate: true, body: 'back' });
      await channel.answersTo('amqp091/basic.publish.immediate:emit');
    },
  }),
  check('amqp091/publish/immediate/confirmed', {
    title: 'An immediate message that comes back is confirmed behind its return',
    duties: ['amqp091/confirm.return-first:emit'],
    capabilities: ['publisher_confirms'],
    optional: true,
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      await channel.call('confirm.select', {}, 'confirm.select-ok');
      channel.publish({ routingKey: await channel.queue(), immediate: true, body: 'back' });
      await channel.arrival('basic.return');
      await channel.expect('basic.ack');
    },
  }),
];
