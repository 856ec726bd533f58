import { check } from '../../harness/check/check.ts';
import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { deliveries, fill, hold, queueHolds, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { queueWith } from './asking.ts';

const levels = (most: number) => fieldTable({ 'x-max-priority': most });

/** Publishes messages with priorities, each with its body. */
function fillBy(channel: ProbeChannel, queue: string, messages: readonly (readonly [priority: number, body: string])[]): void {
  for (const [priority, body] of messages) channel.publish({ routingKey: queue, properties: { priority }, body });
}

/** Priorities of messages. */
export const messagePriorityChecks = [
  ...(
    [
      ['extremes', 0, 9],
      ['boundary', 4, 5],
    ] as const
  ).map(([slug, low, high]) =>
    check(`amqp091/priority/two-levels/${slug}`, {
      title: `A message of priority ${high} overtakes those of priority ${low} in any queue`,
      duties: ['amqp091/basic.two-priorities:emit'],
      async run(peer: Peer) {
        const channel = await peer.channel();
        const queue = await channel.queue();
        fillBy(channel, queue, [
          [low, 'low 1'],
          [low, 'low 2'],
          [high, 'high'],
        ]);
        await queueHolds(peer, channel, queue, 3);
        requireTexts(peer, (await takeAll(peer, channel, queue, 3)).map(textOf), ['high', 'low 1', 'low 2'], 'Messages by priority');
      },
    }),
  ),
  check('amqp091/message-priority/order/get', {
    title: 'A queue with x-max-priority hands out the highest priority first, and equals as they came',
    duties: ['amqp091/message-priority.order:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, levels(5));
      fillBy(channel, queue, [
        [1, 'c1'],
        [3, 'b1'],
        [1, 'c2'],
        [5, 'a1'],
        [3, 'b2'],
        [5, 'a2'],
      ]);
      await queueHolds(peer, channel, queue, 6);
      requireTexts(peer, (await takeAll(peer, channel, queue, 6)).map(textOf), ['a1', 'a2', 'b1', 'b2', 'c1', 'c2'], 'Messages by priority');
    },
  }),
  check('amqp091/message-priority/order/consumer', {
    title: 'A consumer of a queue with x-max-priority gets the highest priority of what waits with each acknowledgement',
    duties: ['amqp091/message-priority.order:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, levels(9));
      await channel.call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
      await channel.consume(queue);
      fill(channel, queue, ['first']);
      let [held] = await deliveries(channel, 1);
      fillBy(channel, queue, [
        [1, 'low'],
        [9, 'high'],
        [5, 'middle'],
      ]);
      await queueHolds(peer, channel, queue, 3);
      const came: string[] = [];
      while (held !== undefined && came.length < 3) {
        channel.send('basic.ack', { deliveryTag: held.method.args.deliveryTag });
        [held] = await deliveries(channel, 1);
        if (held !== undefined) came.push(textOf(held));
      }
      requireTexts(peer, came, ['high', 'middle', 'low'], 'Messages by priority');
    },
  }),
  check('amqp091/message-priority/absent', {
    title: 'In a queue with x-max-priority a message without priority stands with those of priority zero',
    duties: ['amqp091/message-priority.absent:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, levels(9));
      fill(channel, queue, ['none 1']);
      fillBy(channel, queue, [[0, 'zero']]);
      fill(channel, queue, ['none 2']);
      fillBy(channel, queue, [[1, 'one']]);
      await queueHolds(peer, channel, queue, 4);
      requireTexts(peer, (await takeAll(peer, channel, queue, 4)).map(textOf), ['one', 'none 1', 'zero', 'none 2'], 'Messages by priority');
    },
  }),
  check('amqp091/message-priority/above', {
    title: 'In a queue with an x-max-priority of 3 a message of priority 200 stands with those of priority 3',
    duties: ['amqp091/message-priority.above:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, levels(3));
      fillBy(channel, queue, [
        [2, 'two'],
        [3, 'three'],
        [200, 'two hundred'],
        [3, 'three again'],
      ]);
      await queueHolds(peer, channel, queue, 4);
      requireTexts(peer, (await takeAll(peer, channel, queue, 4)).map(textOf), ['three', 'two hundred', 'three again', 'two'], 'Messages by priority');
    },
  }),
  check('amqp091/message-priority/requeue', {
    title: 'In a queue with x-max-priority a message that is requeued stands where it stood',
    duties: ['amqp091/message-priority.requeue:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, levels(5));
      fillBy(channel, queue, [
        [1, 'low 1'],
        [1, 'low 2'],
        [5, 'high'],
      ]);
      await queueHolds(peer, channel, queue, 3);
      const tags = [await hold(peer, channel, queue), await hold(peer, channel, queue)].map(({ method }) => method.args.deliveryTag);
      for (const deliveryTag of tags) channel.send('basic.reject', { deliveryTag, requeue: true });
      await queueHolds(peer, channel, queue, 3);
      requireTexts(peer, (await takeAll(peer, channel, queue, 3)).map(textOf), ['high', 'low 1', 'low 2'], 'Messages by priority');
    },
  }),
  ...(
    [
      ['negative', -1],
      ['above-255', 256],
      ['string', '5'],
    ] as const
  ).map(([slug, value]) =>
    check(`amqp091/message-priority/argument/${slug}`, {
      title: `A queue with the ${typeof value} ${value} for x-max-priority is refused with 406`,
      duties: ['amqp091/message-priority.argument:enforce'],
      departs: true,
      async run(peer: Peer) {
        const channel = await peer.channel();
        await queueWith(peer, channel, levels(5));
        channel.send('queue.declare', { queue: peer.name(), exclusive: true, arguments: fieldTable({ 'x-max-priority': value }) });
        await channel.answersTo('amqp091/message-priority.argument:enforce');
      },
    }),
  ),
];

const given = { 'x-message-ttl': 600_000, 'x-max-length': 10, 'x-dead-letter-exchange': 'amq.direct' } as const;

/** Declaring queues with optional arguments again. */
export const queueArgumentChecks = [
  check('amqp091/queue-arguments/same', {
    title: 'A queue is declared again with the optional arguments it has, in another order too',
    duties: ['amqp091/queue-arguments.equivalent:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, fieldTable(given));
      await channel.call('queue.declare', { queue, exclusive: true, arguments: fieldTable(given) }, 'queue.declare-ok');
      await channel.call('queue.declare', { queue, exclusive: true, arguments: [...fieldTable(given)].reverse() }, 'queue.declare-ok');
    },
  }),
  ...(
    [
      ['other-ttl', { ...given, 'x-message-ttl': 600_001 }],
      ['other-length', { ...given, 'x-max-length': 11 }],
      ['other-exchange', { ...given, 'x-dead-letter-exchange': 'amq.fanout' }],
      ['one-more', { ...given, 'x-max-length-bytes': 1000 }],
      ['one-less', { 'x-message-ttl': 600_000, 'x-max-length': 10 }],
      ['none', {}],
    ] as const
  ).map(([slug, args]) =>
    check(`amqp091/queue-arguments/${slug}`, {
      title: `A queue is not declared again with optional arguments that differ (${slug.replace('-', ' ')}): 406`,
      duties: ['amqp091/queue-arguments.equivalent:enforce'],
      departs: true,
      async run(peer: Peer) {
        const channel = await peer.channel();
        const queue = await queueWith(peer, channel, fieldTable(given));
        channel.send('queue.declare', { queue, exclusive: true, arguments: fieldTable(args) });
        await channel.answersTo('amqp091/queue-arguments.equivalent:enforce');
      },
    }),
  ),
];
