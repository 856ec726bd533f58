import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { holding, requireBack, requireFound, takeAll } from './observations.ts';

const nack = ['basic.nack'] as const;

/** Class basic, methods reject and nack. */
export const rejectChecks = [
  check('amqp091/reject/requeue', {
    title: 'A message rejected with requeue is there for another client, and only that message',
    duties: ['amqp091/basic.reject.requeue:emit'],
    async run(peer) {
      const held = await holding(peer, 2);
      held.channel.send('basic.reject', { deliveryTag: held.tags[0] ?? 0n, requeue: true });
      await requireFound(peer, held, ['1']);
    },
  }),
  check('amqp091/reject/discard', {
    title: 'A message rejected without requeue does not come again',
    duties: ['amqp091/basic.reject.discard:emit'],
    async run(peer) {
      const held = await holding(peer, 2);
      held.channel.send('basic.reject', { deliveryTag: held.tags[0] ?? 0n, requeue: false });
      await requireBack(peer, held, ['2']);
    },
  }),
  check('amqp091/reject/redelivered-flag', {
    title: 'A rejected and requeued message bears the redelivered flag when it comes again',
    duties: ['amqp091/domain.redelivered.implementation:emit'],
    async run(peer: Peer) {
      const { channel, other, queue, tags } = await holding(peer, 1);
      channel.send('basic.reject', { deliveryTag: tags[0] ?? 0n, requeue: true });
      const [message] = await takeAll(peer, other, queue, 1);
      peer.require(message?.method.args.redelivered === true, 'The message came again without the redelivered flag.');
    },
  }),
  check('amqp091/reject/unknown-tag', {
    title: 'A reject of a tag that was never delivered closes the channel',
    duties: ['amqp091/basic.reject.exists:enforce'],
    departs: true,
    async run(peer) {
      const { channel, tags } = await holding(peer, 1);
      channel.send('basic.reject', { deliveryTag: (tags[0] ?? 0n) + 100n, requeue: true });
      await channel.answersTo('amqp091/basic.reject.exists:enforce');
    },
  }),
  check('amqp091/nack/requeue', {
    title: 'A message refused by nack with requeue is there for another client, and only that message',
    duties: ['amqp091/basic.nack.requeue:emit'],
    capabilities: nack,
    async run(peer) {
      const held = await holding(peer, 2);
      held.channel.send('basic.nack', { deliveryTag: held.tags[1] ?? 0n, requeue: true });
      await requireFound(peer, held, ['2']);
    },
  }),
  check('amqp091/nack/discard', {
    title: 'A message refused by nack without requeue does not come again',
    duties: ['amqp091/basic.nack.discard:emit'],
    capabilities: nack,
    async run(peer) {
      const held = await holding(peer, 3);
      held.channel.send('basic.nack', { deliveryTag: held.tags[1] ?? 0n, requeue: false });
      await requireBack(peer, held, ['1', '3']);
    },
  }),
  check('amqp091/nack/multiple', {
    title: 'A nack with multiple refuses all messages up to the one it names, and no later one',
    duties: ['amqp091/basic.nack.multiple:emit'],
    capabilities: nack,
    async run(peer) {
      const held = await holding(peer, 3);
      held.channel.send('basic.nack', { deliveryTag: held.tags[1] ?? 0n, multiple: true, requeue: false });
      await requireBack(peer, held, ['3']);
    },
  }),
  check('amqp091/nack/all', {
    title: 'A nack with multiple and tag zero refuses all messages held',
    duties: ['amqp091/basic.nack.all:emit'],
    capabilities: nack,
    async run(peer) {
      const held = await holding(peer, 3);
      held.channel.send('basic.nack', { deliveryTag: 0n, multiple: true, requeue: true });
      await requireFound(peer, held, ['1', '2', '3']);
    },
  }),
  check('amqp091/nack/unknown-tag', {
    title: 'A nack of a tag that was never delivered closes the channel',
    duties: ['amqp091/basic.nack.exists:enforce'],
    capabilities: nack,
    departs: true,
    async run(peer) {
      const { channel, tags } = await holding(peer, 1);
      channel.send('basic.nack', { deliveryTag: (tags[0] ?? 0n) + 100n });
      await channel.answersTo('amqp091/basic.nack.exists:enforce');
    },
  }),
];
