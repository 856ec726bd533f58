import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fieldTable } from '../../harness/wire/amqp091/field-table.ts';
import { deliveries, fill, requireTexts, takeAll, textOf } from '../amqp091/observations.ts';
import { queueWith } from './asking.ts';
import { outlive, requireEmpty } from './lifetimes.ts';

const shortMs = 60;
const long = 600_000;
const ttl = (ms: number) => fieldTable({ 'x-message-ttl': ms });

const wrongExpirations: readonly (readonly [slug: string, expiration: string])[] = [
  ['word', 'soon'],
  ['negative', '-1'],
  ['fraction', '1.5'],
  ['unit', '10ms'],
  ['empty', ''],
];

const wrongArguments: readonly (readonly [slug: string, value: number | string | boolean])[] = [
  ['negative', -1],
  ['fraction', 1.5],
  ['string', '1000'],
  ['boolean', true],
];

/** x-message-ttl and the property expiration. */
export const messageTtlChecks = [
  check('amqp091/message-ttl/queue/get', {
    title: 'A message that outlived the x-message-ttl of its queue is not handed out by get',
    duties: ['amqp091/message-ttl.queue:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, ttl(shortMs));
      fill(channel, queue, ['1', '2']);
      await outlive(peer, channel, shortMs, queue);
      await requireEmpty(peer, channel, queue, 'Both messages expired');
    },
  }),
  check('amqp091/message-ttl/queue/consumer', {
    title: 'A message that expired while the only consumer was busy is not delivered to it afterwards',
    duties: ['amqp091/message-ttl.queue:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, ttl(shortMs));
      await channel.call('basic.qos', { prefetchCount: 1 }, 'basic.qos-ok');
      await channel.consume(queue);
      fill(channel, queue, ['held', 'expires']);
      const held = await channel.arrival('basic.deliver');
      await outlive(peer, channel, shortMs, queue);
      channel.send('basic.ack', { deliveryTag: held.method.args.deliveryTag });
      fill(channel, queue, ['fresh']);
      const next = await channel.arrival('basic.deliver');
      requireTexts(peer, [held, next].map(textOf), ['held', 'fresh'], 'Messages that the consumer got');
    },
  }),
  check('amqp091/message-ttl/message/get', {
    title: 'Of messages in a queue without limits those expire that have an expiration, and no others',
    duties: ['amqp091/message-ttl.message:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, ttl(long));
      for (const body of ['1', '2']) channel.publish({ routingKey: queue, properties: { expiration: `${shortMs}` }, body });
      fill(channel, queue, ['stays']);
      await outlive(peer, channel, shortMs, queue);
      const left = await takeAll(peer, channel, queue, 1);
      requireTexts(peer, left.map(textOf), ['stays'], 'Messages that are left');
    },
  }),
  check('amqp091/message-ttl/message/behind', {
    title: 'A message that expired behind one that did not is not handed out either',
    duties: ['amqp091/message-ttl.message:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, ttl(long));
      fill(channel, queue, ['head']);
      channel.publish({ routingKey: queue, properties: { expiration: `${shortMs}` }, body: 'behind' });
      await outlive(peer, channel, shortMs, queue);
      const head = await channel.get(queue, { noAck: true });
      peer.require(head !== null && textOf(head) === 'head', 'The message at the head, which does not expire, is not handed out.');
      await requireEmpty(peer, channel, queue, 'The message behind the first expired');
    },
  }),
  check('amqp091/message-ttl/waits/queue', {
    title: 'A queue with x-message-ttl keeps what has time left',
    duties: ['amqp091/message-ttl.waits:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, ttl(long));
      fill(channel, queue, ['1', '2']);
      await outlive(peer, channel, 0, queue);
      requireTexts(peer, (await takeAll(peer, channel, queue, 2)).map(textOf), ['1', '2'], 'Messages that wait');
    },
  }),
  check('amqp091/message-ttl/waits/message', {
    title: 'A message with an expiration waits for as long as that has not passed',
    duties: ['amqp091/message-ttl.waits:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await queueWith(peer, channel, ttl(2 * long));
      channel.publish({ routingKey: queue, properties: { expiration: `${long}` }, body: 'patient' });
      await outlive(peer, channel, 0, queue);
      requireTexts(peer, (await takeAll(peer, channel, queue, 1)).map(textOf), ['patient'], 'Messages that wait');
    },
  }),
  ...(
    [
      ['queue', shortMs, long],
      ['message', long, shortMs],
    ] as const
  ).map(([lower, queueMs, messageMs]) =>
    check(`amqp091/message-ttl/minimum/${lower}`, {
      title: `Of the times to live of queue and message the lower one counts, also where it is that of the ${lower}`,
      duties: ['amqp091/message-ttl.minimum:emit'],
      async run(peer: Peer) {
        const channel = await peer.channel();
        const queue = await queueWith(peer, channel, ttl(queueMs));
        channel.publish({ routingKey: queue, properties: { expiration: `${messageMs}` }, body: 'expires' });
        await outlive(peer, channel, shortMs, queue);
        await requireEmpty(peer, channel, queue, 'The message expired');
      },
    }),
  ),
  ...(
    [
      ['queue', 0, undefined],
      ['message', long, '0'],
    ] as const
  ).map(([whose, queueMs, expiration]) =>
    check(`amqp091/message-ttl/zero/${whose}`, {
      title: `With a time to live of zero, given by the ${whose}, a message is delivered to a waiting consumer and kept for nobody else`,
      duties: ['amqp091/message-ttl.zero:emit'],
      async run(peer: Peer) {
        const channel = await peer.channel();
        const queue = await queueWith(peer, channel, ttl(queueMs));
        const publish = (body: string) => channel.publish({ routingKey: queue, properties: expiration === undefined ? {} : { expiration }, body });
        publish('nobody waits');
        await outlive(peer, channel, 0, queue);
        await requireEmpty(peer, channel, queue, 'Nobody waited for the message');
        await channel.consume(queue);
        publish('somebody waits');
        requireTexts(peer, (await deliveries(channel, 1)).map(textOf), ['somebody waits'], 'Messages that the consumer got');
      },
    }),
  ),
  ...(['rejected', 'channel-closed'] as const).map(how =>
    check(`amqp091/message-ttl/requeue/${how}`, {
      title: `A message that was ${how === 'rejected' ? 'rejected with requeue' : 'held by a channel that closed'} expires when it would have expired anyway`,
      duties: ['amqp091/message-ttl.requeue:emit'],
      async run(peer: Peer) {
        const channel = await peer.channel();
        const holder = await channel.connection.channel();
        const queue = await queueWith(peer, channel, ttl(shortMs));
        const consumerTag = await holder.consume(queue);
        fill(channel, queue, ['held']);
        const held = await holder.arrival('basic.deliver');
        await outlive(peer, channel, shortMs, queue);
        await holder.call('basic.cancel', { consumerTag }, 'basic.cancel-ok');
        if (how === 'rejected') holder.send('basic.reject', { deliveryTag: held.method.args.deliveryTag, requeue: true });
        await holder.close();
        await requireEmpty(peer, channel, queue, 'The time to live ended while the message was held');
      },
    }),
  ),
  check('amqp091/message-ttl/each-queue', {
    title: 'A message in two queues expires in the one and stays in the other',
    duties: ['amqp091/message-ttl.each-queue:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queues = [await queueWith(peer, channel, ttl(shortMs)), await channel.queue({ queue: peer.name() })] as const;
      const exchange = await channel.exchange('fanout');
      for (const queue of queues) await channel.bind(queue, exchange);
      channel.publish({ exchange, body: 'both' });
      await outlive(peer, channel, shortMs, ...queues);
      await requireEmpty(peer, channel, queues[0], 'The message expired');
      requireTexts(peer, (await takeAll(peer, channel, queues[1], 1)).map(textOf), ['both'], 'Messages in the other queue');
    },
  }),
  ...wrongExpirations.map(([slug, expiration]) =>
    check(`amqp091/message-ttl/expiration-syntax/${slug}`, {
      title: `A message whose expiration is '${expiration}' is refused with 406`,
      duties: ['amqp091/message-ttl.expiration-syntax:enforce'],
      departs: true,
      async run(peer: Peer) {
        const channel = await peer.channel();
        const queue = await queueWith(peer, channel, ttl(long));
        channel.publish({ routingKey: queue, properties: { expiration }, body: 'when?' });
        await channel.answersTo('amqp091/message-ttl.expiration-syntax:enforce');
      },
    }),
  ),
  ...wrongArguments.map(([slug, value]) =>
    check(`amqp091/message-ttl/argument/${slug}`, {
      title: `A queue with the ${typeof value} ${value} for x-message-ttl is refused with 406`,
      duties: ['amqp091/message-ttl.argument:enforce'],
      departs: true,
      async run(peer: Peer) {
        const channel = await peer.channel();
        await queueWith(peer, channel, ttl(long));
        channel.send('queue.declare', { queue: peer.name(), exclusive: true, arguments: fieldTable({ 'x-message-ttl': value }) });
        await channel.answersTo('amqp091/message-ttl.argument:enforce');
      },
    }),
  ),
];
