import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { fill, hold, requireTexts, takeAll, textOf } from './observations.ts';

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
];
