import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { deliveries, fill, numbered, requireTexts, smallFrames, takeAll, textOf } from './observations.ts';

/** Class basic, method deliver: what comes, in which order, to whom. */
export const deliverChecks = [
  check('amqp091/deliver/origin', {
    title: 'deliver names the exchange and routing key of publishing',
    duties: ['amqp091/basic.deliver.origin:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const [exchange, queue] = [await channel.exchange('fanout'), await channel.queue()];
      await channel.bind(queue, exchange, 'binding.key');
      await channel.consume(queue);
      channel.publish({ exchange, routingKey: 'message.key', body: 'x' });
      const { args } = (await channel.arrival('basic.deliver')).method;
      peer.require(
        args.exchange === exchange && args.routingKey === 'message.key',
        'deliver names another exchange or routing key than the message was published with.',
      );
    },
  }),
  check('amqp091/deliver/origin-default', {
    title: 'A message from the default exchange is delivered with an empty exchange name',
    duties: ['amqp091/basic.deliver.origin:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      fill(channel, queue, ['1']);
      const { args } = (await channel.arrival('basic.deliver')).method;
      peer.require(args.exchange === '' && args.routingKey === queue, 'deliver names another exchange or routing key than the message was published with.');
    },
  }),
  check('amqp091/deliver/content', {
    title: 'A delivery carries the properties and the body of the message',
    duties: ['amqp091/3.1.1.properties-intact:emit', 'amqp091/3.1.1.body-intact:emit'],
    async run(peer: Peer) {
      const channel = await smallFrames(peer);
      const queue = await channel.queue();
      await channel.consume(queue);
      const body = 'octets '.repeat(3000);
      channel.publish({ routingKey: queue, properties: { messageId: 'm1', deliveryMode: 2, priority: 0 }, body });
      const message = await channel.arrival('basic.deliver');
      const { messageId, deliveryMode, priority } = message.properties;
      const kept = messageId === 'm1' && deliveryMode === 2 && priority === 0;
      peer.require(kept, 'A property was lost or changed.', 'amqp091/3.1.1.properties-intact:emit');
      peer.require(textOf(message) === body, 'The body was changed.', 'amqp091/3.1.1.body-intact:emit');
    },
  }),
  check('amqp091/deliver/order', {
    title: 'A consumer gets messages in the order they were published',
    duties: ['amqp091/4.7.order:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue, { noAck: true });
      fill(channel, queue, numbered(100));
      requireTexts(peer, (await deliveries(channel, 100)).map(textOf), numbered(100), 'Deliveries in order');
    },
  }),
  check('amqp091/deliver/order-of-sizes', {
    title: 'Messages of several frames keep their order among small and empty ones',
    duties: ['amqp091/4.7.order:emit'],
    async run(peer) {
      const channel = await smallFrames(peer);
      const queue = await channel.queue();
      await channel.consume(queue, { noAck: true });
      const bodies = numbered(20).map((label, index) => label.repeat([0, 1, 5000, 20_000][index % 4] ?? 0));
      fill(channel, queue, bodies);
      requireTexts(peer, (await deliveries(channel, 20)).map(textOf), bodies, 'Deliveries in order');
    },
  }),
  check('amqp091/deliver/order-of-persistence', {
    title: 'Persistent and transient messages keep their common order',
    duties: ['amqp091/basic.persistence-order:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
      for (const [index, body] of numbered(40).entries()) channel.publish({ routingKey: queue, properties: { deliveryMode: index % 3 === 0 ? 2 : 1 }, body });
      await channel.consume(queue, { noAck: true });
      requireTexts(peer, (await deliveries(channel, 40)).map(textOf), numbered(40), 'Deliveries in order');
    },
  }),
  check('amqp091/deliver/tags', {
    title: 'Delivery tags are never zero and differ on a channel, whatever the consumer',
    duties: ['amqp091/domain.delivery-tag.non-zero:emit', 'amqp091/domain.delivery-tag.distinct:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const [one, two] = [await channel.queue(), await channel.queue()];
      for (const queue of [one, two]) {
        await channel.consume(queue);
        fill(channel, queue, numbered(3));
      }
      const tags = (await deliveries(channel, 6)).map(message => message.method.args.deliveryTag);
      peer.require(!tags.includes(0n), 'A delivery bore the tag zero.', 'amqp091/domain.delivery-tag.non-zero:emit');
      peer.require(new Set(tags).size === 6, `The tags ${tags.join(', ')} repeat.`, 'amqp091/domain.delivery-tag.distinct:emit');
    },
  }),
  check('amqp091/deliver/first-time', {
    title: 'A delivery of a message that was never delivered does not bear the redelivered flag',
    duties: ['amqp091/domain.redelivered.first:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      fill(channel, queue, numbered(3));
      const flags = (await deliveries(channel, 3)).map(message => message.method.args.redelivered);
      peer.require(!flags.includes(true), 'A first delivery bears the redelivered flag.');
    },
  }),
  check('amqp091/deliver/competing', {
    title: 'Two consumers of a queue share its messages: each comes once',
    duties: ['amqp091/3.1.4.one-reader:emit'],
    async run(peer: Peer) {
      const one = await peer.channel();
      const two = await one.connection.channel();
      const queue = await one.queue();
      for (const channel of [one, two]) await channel.consume(queue);
      fill(one, queue, numbered(20));
      const bodies: string[] = [];
      while (bodies.length < 20) {
        const seen = await one.connection.next();
        peer.require(seen.kind === 'method' && seen.arrival !== undefined, 'Something else than a delivery came.');
        bodies.push(textOf(seen.arrival));
      }
      requireTexts(
        peer,
        bodies.sort((a, b) => Number(a) - Number(b)),
        numbered(20),
        'Messages of both consumers',
      );
      for (const channel of [one, two]) await channel.barrier(['basic.deliver']);
    },
  }),
  check('amqp091/deliver/priority-levels', {
    title: 'In which order messages of the priorities 0 to 9 leave a queue that was declared without arguments',
    duties: ['amqp091/basic.priority-levels:permit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      for (let priority = 0; priority <= 9; priority++) channel.publish({ routingKey: queue, properties: { priority } });
      const came = await takeAll(peer, channel, queue, 10);
      peer.measure('order of priorities published from 0 to 9', came.map(({ properties }) => String(properties.priority)).join(' '));
    },
  }),
];
