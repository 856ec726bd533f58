import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { delivered } from './handing-out.ts';
import { deliveries, fill, hold, holding, numbered, requireBack, requireFound, requireTexts, takeAll, textOf } from './observations.ts';

/** Class basic, method recover. */
export const recoverChecks = [
  check('amqp091/recover/requeue-got', {
    title: 'Recover with requeue puts messages taken with get back for other clients, flagged as redelivered',
    duties: ['amqp091/basic.recover.requeue:emit', 'amqp091/basic.recover.redelivered:emit'],
    async run(peer: Peer) {
      const [channel, other] = [await peer.channel(), await peer.channel()];
      const queue = await channel.queue({ queue: peer.name(), durable: true, exclusive: false });
      fill(channel, queue, ['1']);
      await hold(peer, channel, queue);
      await channel.call('basic.recover', { requeue: true }, 'basic.recover-ok');
      const [message] = await takeAll(peer, other, queue, 1);
      requireTexts(peer, message === undefined ? [] : [textOf(message)], ['1'], 'Messages after recover');
      peer.require(message?.method.args.redelivered === true, 'The message lacks the redelivered flag.', 'amqp091/basic.recover.redelivered:emit');
    },
  }),
  check('amqp091/recover/requeue-consumed', {
    title: 'Recover with requeue has consumed messages delivered again, flagged as redelivered',
    duties: ['amqp091/basic.recover.requeue:emit', 'amqp091/basic.recover.redelivered:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      fill(channel, queue, ['1']);
      await channel.arrival('basic.deliver');
      await channel.call('basic.recover', { requeue: true }, 'basic.recover-ok');
      const again = await channel.arrival('basic.deliver');
      requireTexts(peer, [textOf(again)], ['1'], 'Messages after recover');
      peer.require(again.method.args.redelivered, 'The message lacks the redelivered flag.', 'amqp091/basic.recover.redelivered:emit');
    },
  }),
  check('amqp091/recover/reply-first', {
    title: 'What recover sends again comes after recover-ok, not before',
    duties: ['amqp091/4.6.not-before:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      fill(channel, queue, ['1']);
      await channel.arrival('basic.deliver');
      channel.send('basic.recover', { requeue: true });
      const first = await channel.connection.next();
      peer.require(first.kind === 'method' && first.method.name === 'basic.recover-ok', 'Something else came before recover-ok.');
      await channel.arrival('basic.deliver');
    },
  }),
  check('amqp091/recover/original-recipient', {
    title: 'Recover without requeue delivers messages again to the consumer that had them',
    duties: ['amqp091/basic.recover.original-recipient:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue, { consumerTag: 'first' });
      fill(channel, queue, ['1']);
      await channel.arrival('basic.deliver');
      await channel.consume(queue, { consumerTag: 'second' });
      await channel.call('basic.recover', { requeue: false }, 'basic.recover-ok');
      const { method } = await channel.arrival('basic.deliver');
      peer.require(method.args.consumerTag === 'first', `The message came again to the consumer ${method.args.consumerTag}.`);
    },
  }),
  check('amqp091/recover/nothing', {
    title: 'Recover on a channel that holds nothing is answered with recover-ok',
    duties: ['amqp091/basic.recover.recover-ok:emit'],
    async run(peer) {
      const channel = await peer.channel();
      await channel.call('basic.recover', { requeue: true }, 'basic.recover-ok');
    },
  }),
  check('amqp091/recover/all', {
    title: 'Recover with requeue puts back everything that its channel holds',
    duties: ['amqp091/basic.recover.channel:emit'],
    async run(peer) {
      const held = await holding(peer, 4);
      await held.channel.call('basic.recover', { requeue: true }, 'basic.recover-ok');
      await requireFound(peer, held, numbered(4));
    },
  }),
  check('amqp091/recover/acknowledged', {
    title: 'Recover does not bring back what was acknowledged',
    duties: ['amqp091/basic.recover.channel:emit'],
    async run(peer) {
      const held = await holding(peer, 3);
      held.channel.send('basic.ack', { deliveryTag: held.tags[1] ?? 0n });
      await held.channel.call('basic.recover', { requeue: true }, 'basic.recover-ok');
      await requireFound(peer, held, ['1', '3']);
    },
  }),
  check('amqp091/recover/other-channel', {
    title: 'Recover leaves alone what another channel of the connection holds',
    duties: ['amqp091/basic.recover.channel:emit'],
    async run(peer) {
      const held = await holding(peer, 1);
      const recovering = await held.channel.connection.channel();
      fill(recovering, held.queue, ['2']);
      await hold(peer, recovering, held.queue);
      await recovering.call('basic.recover', { requeue: true }, 'basic.recover-ok');
      await requireFound(peer, held, ['2']);
      await requireBack(peer, held, ['1']);
    },
  }),
  check('amqp091/recover/old-tag', {
    title: 'After recover with requeue the tags of what was put back are unknown',
    duties: ['amqp091/basic.ack.exists:enforce'],
    departs: true,
    async run(peer) {
      const { channel, tags } = await holding(peer, 1);
      await channel.call('basic.recover', { requeue: true }, 'basic.recover-ok');
      channel.send('basic.ack', { deliveryTag: tags[0] ?? 0n });
      await channel.answersTo('amqp091/basic.ack.exists:enforce');
    },
  }),
  check('amqp091/recover/original-order', {
    title: 'Recover without requeue delivers three messages again in their order, flagged, under new tags',
    duties: ['amqp091/basic.recover.original-recipient:emit', 'amqp091/basic.recover.redelivered:emit', 'amqp091/domain.delivery-tag.distinct:emit'],
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue);
      fill(channel, queue, numbered(3));
      const first = await deliveries(channel, 3);
      await channel.call('basic.recover', { requeue: false }, 'basic.recover-ok');
      const again = await deliveries(channel, 3);
      requireTexts(peer, again.map(textOf), numbered(3), 'Messages after recover');
      const flagged = again.every(({ method }) => method.args.redelivered);
      peer.require(flagged, 'A message lacks the redelivered flag.', 'amqp091/basic.recover.redelivered:emit');
      const tags = new Set([...first, ...again].map(({ method }) => method.args.deliveryTag));
      peer.require(tags.size === 6, 'A delivery tag was used twice.', 'amqp091/domain.delivery-tag.distinct:emit');
    },
  }),
  check('amqp091/recover-async/requeue', {
    title: 'recover-async with requeue puts messages back for other clients',
    duties: ['amqp091/basic.recover-async.requeue:emit'],
    optional: true,
    async run(peer) {
      const held = await holding(peer, 2);
      held.channel.send('basic.recover-async', { requeue: true });
      await held.channel.barrier(['basic.recover-ok']);
      await requireFound(peer, held, ['1', '2']);
    },
  }),
  check('amqp091/recover-async/redelivered', {
    title: 'What recover-async has delivered again bears the redelivered flag',
    duties: ['amqp091/basic.recover-async.redelivered:emit'],
    optional: true,
    async run(peer: Peer) {
      const { channel, other, queue } = await holding(peer, 1);
      channel.send('basic.recover-async', { requeue: true });
      await channel.barrier();
      const [message] = await takeAll(peer, other, queue, 1);
      peer.require(message?.method.args.redelivered === true, 'The message lacks the redelivered flag.');
    },
  }),
  check('amqp091/recover-async/original-recipient', {
    title: 'recover-async without requeue delivers messages again to the consumer that had them',
    duties: ['amqp091/basic.recover-async.original-recipient:emit'],
    optional: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      const queue = await channel.queue();
      await channel.consume(queue, { consumerTag: 'first' });
      fill(channel, queue, numbered(2));
      await deliveries(channel, 2);
      await channel.consume(queue, { consumerTag: 'second' });
      channel.send('basic.recover-async', { requeue: false });
      await channel.barrier();
      const again = [...(await deliveries(channel, 2)), ...delivered(channel)];
      const tags = again.map(({ method }) => method.args.consumerTag);
      requireTexts(peer, tags, ['first', 'first'], 'Consumers that the messages came to again');
    },
  }),
];
