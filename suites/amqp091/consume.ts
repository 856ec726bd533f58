import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { deliveries, fill, numbered, queueHolds, requireTexts, textOf } from './observations.ts';

/** Class basic, methods consume and cancel. */
export const consumeChecks = [
  check('amqp091/consume/tag/generated', {
    title: 'Consumers without a tag get tags of their own',
    duties: ['amqp091/basic.consume.tag-generated:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const tags = [await channel.consume(queue), await channel.consume(queue), await channel.consume(queue)];
      peer.require(new Set(tags).size === 3 && !tags.includes(''), 'Three consumers without a tag did not get three tags.');
    },
  }),
  check('amqp091/consume/tag/given', {
    title: 'consume-ok and each delivery bear the tag of the consumer',
    duties: ['amqp091/basic.consume-ok.tag:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const { args } = await channel.call('basic.consume', { queue, consumerTag: 'my tag' }, 'basic.consume-ok');
      peer.require(args.consumerTag === 'my tag', `consume-ok bears the tag ${args.consumerTag}.`);
      fill(channel, queue, ['1']);
      const { method } = await channel.arrival('basic.deliver');
      peer.require(method.args.consumerTag === 'my tag', `deliver bears the tag ${method.args.consumerTag}.`);
    },
  }),
  check('amqp091/consume/tag/in-use', {
    title: 'A second consumer with the same tag on a channel is not-allowed',
    duties: ['amqp091/basic.consume.tag-in-use:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue, { consumerTag: 'twice' });
      channel.send('basic.consume', { queue, consumerTag: 'twice' });
      await channel.answersTo('amqp091/basic.consume.tag-in-use:enforce');
    },
  }),
  check('amqp091/consume/tag/per-channel', {
    title: 'Two channels of a connection may have consumers of the same tag',
    duties: ['amqp091/basic.consume.tag-channel:emit'],
    async run(peer) {
      const one = await peer.channel();
      const two = await one.connection.channel();
      const [first, second] = [await one.queue(), await two.queue()];
      await one.consume(first, { consumerTag: 'same' });
      await two.consume(second, { consumerTag: 'same' });
      fill(one, first, ['first']);
      fill(one, second, ['second']);
      requireTexts(peer, (await deliveries(one, 1)).map(textOf), ['first'], 'Deliveries on the first channel');
      requireTexts(peer, (await deliveries(two, 1)).map(textOf), ['second'], 'Deliveries on the second channel');
    },
  }),
  check('amqp091/consume/tag/other-channel', {
    title: "Cancelling another channel's consumer is not-allowed",
    duties: ['amqp091/basic.consume.tag-channel:enforce'],
    departs: true,
    async run(peer) {
      const one = await peer.channel();
      const two = await one.connection.channel();
      const [first, second] = [await one.queue(), await two.queue()];
      await one.consume(first, { consumerTag: 'first' });
      await two.consume(second, { consumerTag: 'second' });
      two.send('basic.cancel', { consumerTag: 'first' });
      await two.answersTo('amqp091/basic.consume.tag-channel:enforce');
    },
  }),
  check('amqp091/consume/exclusive/beside-others', {
    title: 'An exclusive consumer is refused where the queue has a consumer',
    duties: ['amqp091/basic.consume.exclusive:enforce'],
    departs: true,
    async run(peer) {
      const [one, two] = [await peer.channel(), await peer.channel()];
      const queue = await one.queue({ queue: peer.name(), durable: true, exclusive: false });
      await one.consume(queue);
      two.send('basic.consume', { queue, exclusive: true });
      await two.answersTo('amqp091/basic.consume.exclusive:enforce');
    },
  }),
  check('amqp091/consume/exclusive/others-beside', {
    title: 'Another consumer is refused where the queue has an exclusive one',
    duties: ['amqp091/basic.consume.exclusive:enforce'],
    departs: true,
    async run(peer) {
      const [one, two] = [await peer.channel(), await peer.channel()];
      const queue = await one.queue({ queue: peer.name(), durable: true, exclusive: false });
      await one.consume(queue, { exclusive: true });
      two.send('basic.consume', { queue });
      await two.answersTo('amqp091/basic.consume.exclusive:enforce');
    },
  }),
  check('amqp091/consume/missing-queue', {
    title: 'Consuming from a queue that does not exist is not-found',
    duties: ['amqp091/basic.consume.queue-exists:enforce'],
    departs: true,
    async run(peer) {
      const channel = await peer.channel();
      channel.send('basic.consume', { queue: peer.name() });
      await channel.answersTo('amqp091/basic.consume.queue-exists:enforce');
    },
  }),
  check('amqp091/consume/sixteen', {
    title: 'A queue takes 16 consumers',
    duties: ['amqp091/basic.consume.minimum:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      for (let count = 0; count < 16; count += 1) await channel.consume(queue);
      const { args } = await channel.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
      peer.require(args.consumerCount === 16, `The queue counts ${args.consumerCount} consumers.`);
    },
  }),
  check('amqp091/consume/reply-first', {
    title: 'Messages that wait in the queue are delivered after consume-ok, not before',
    duties: ['amqp091/4.6.not-before:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      fill(channel, queue, numbered(3));
      await queueHolds(peer, channel, queue, 3);
      channel.send('basic.consume', { queue });
      const first = await channel.connection.next();
      peer.require(first.kind === 'method' && first.method.name === 'basic.consume-ok', 'Something else came before consume-ok.');
      requireTexts(peer, (await deliveries(channel, 3)).map(textOf), numbered(3), 'Deliveries after consume-ok');
    },
  }),
  check('amqp091/consume/no-wait', {
    title: 'A consumer made with no-wait gets messages, and no consume-ok comes',
    duties: ['amqp091/domain.no-wait:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      channel.send('basic.consume', { queue, consumerTag: 'quiet', noWait: true });
      await channel.barrier(['basic.consume-ok']);
      fill(channel, queue, ['1']);
      requireTexts(peer, (await deliveries(channel, 1)).map(textOf), ['1'], 'Deliveries');
    },
  }),
  check('amqp091/consume/no-ack', {
    title: 'A message delivered with no-ack is gone for good',
    duties: ['amqp091/basic.automatic-acknowledgement:emit'],
    async run(peer) {
      const [channel, other] = [await peer.channel(), await peer.channel()];
      const queue = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
      const consumerTag = await channel.consume(queue, { noAck: true });
      fill(channel, queue, ['gone']);
      await deliveries(channel, 1);
      await channel.call('basic.cancel', { consumerTag }, 'basic.cancel-ok');
      await channel.consume(queue);
      fill(channel, queue, ['held']);
      await deliveries(channel, 1);
      await channel.close();
      await other.consume(queue);
      requireTexts(peer, (await deliveries(other, 1)).map(textOf), ['held'], 'Deliveries after the channel closed');
      await other.barrier(['basic.deliver']);
    },
  }),
  check('amqp091/cancel/effect', {
    title: 'cancel-ok bears the tag, and after it only the other consumer gets messages',
    duties: ['amqp091/basic.cancel.effect:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue, { consumerTag: 'ends' });
      await channel.consume(queue, { consumerTag: 'stays' });
      const { args } = await channel.call('basic.cancel', { consumerTag: 'ends' }, 'basic.cancel-ok');
      peer.require(args.consumerTag === 'ends', `cancel-ok bears the tag ${args.consumerTag}.`);
      fill(channel, queue, numbered(6));
      const tags = (await deliveries(channel, 6)).map(one => one.method.args.consumerTag);
      peer.require(!tags.includes('ends'), 'The cancelled consumer got a message after cancel-ok.');
    },
  }),
  check('amqp091/cancel/delivered', {
    title: 'What a consumer got before its cancel stays with the client and can be acknowledged',
    duties: ['amqp091/basic.cancel.delivered:emit'],
    async run(peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      const consumerTag = await channel.consume(queue);
      fill(channel, queue, ['1']);
      const { method } = await channel.arrival('basic.deliver');
      await channel.call('basic.cancel', { consumerTag }, 'basic.cancel-ok');
      await channel.call('basic.get', { queue }, 'basic.get-empty');
      channel.send('basic.ack', { deliveryTag: method.args.deliveryTag });
      await channel.barrier();
    },
  }),
  check('amqp091/cancel/queue-gone', {
    title: 'Cancelling a consumer whose queue was deleted is no error',
    duties: ['amqp091/basic.cancel.queue-gone:emit'],
    async run(peer) {
      const channel = await peer.channel({ capabilities: { consumer_cancel_notify: false } });
      const queue = await channel.queue();
      const consumerTag = await channel.consume(queue);
      await channel.call('queue.delete', { queue }, 'queue.delete-ok');
      channel.send('basic.cancel', { consumerTag, noWait: true });
      await channel.barrier();
    },
  }),
  check('amqp091/cancel/notify', {
    title: 'A client that asked for it is told when its consumer goes with the queue',
    duties: ['amqp091/basic.cancel.notify:emit'],
    capabilities: ['consumer_cancel_notify'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const other = await channel.connection.channel();
      const queue = await channel.queue();
      await channel.consume(queue, { consumerTag: 'lost' });
      await other.call('queue.delete', { queue }, 'queue.delete-ok');
      const { args } = await channel.expect('basic.cancel');
      peer.require(args.consumerTag === 'lost', `The cancel names ${args.consumerTag}.`);
    },
  }),
  check('amqp091/cancel/no-wait', {
    title: 'A consumer cancelled with no-wait gets nothing more, and no cancel-ok comes',
    duties: ['amqp091/domain.no-wait:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue, { consumerTag: 'ends' });
      await channel.consume(queue, { consumerTag: 'stays' });
      channel.send('basic.cancel', { consumerTag: 'ends', noWait: true });
      await channel.barrier(['basic.cancel-ok']);
      fill(channel, queue, numbered(4));
      const tags = (await deliveries(channel, 4)).map(one => one.method.args.consumerTag);
      peer.require(!tags.includes('ends'), 'The cancelled consumer got a message.');
    },
  }),
];
