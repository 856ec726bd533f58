import { check } from '../../harness/check/check.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { methodFrame, pattern, sendFrames } from './frames.ts';
import { hold, holding, requireBack, requireFound, requireTexts, smallFrames, takeAll, textOf } from './observations.ts';

const nack = ['basic.nack'] as const;

/** Gets a message of many frames and refuses it in the same write, by the tag that it must bear. */
async function refuseWhileSending(peer: Peer, refuse: 'basic.reject' | 'basic.nack'): Promise<void> {
  const channel = await smallFrames(peer);
  const queue = await channel.queue();
  const { number } = channel;
  for (const body of ['1', '2', pattern(200_000), 'last']) channel.publish({ routingKey: queue, body });
  const tags = [(await hold(peer, channel, queue)).method.args.deliveryTag, (await hold(peer, channel, queue)).method.args.deliveryTag];
  const next = (tags[1] ?? 0n) + 1n;
  if (tags[1] !== (tags[0] ?? 0n) + 1n) peer.notApplicable('The delivery tags of this server do not follow each other, so that the next cannot be told.');
  sendFrames(channel, methodFrame(number, 'basic.get', { queue }), methodFrame(number, refuse, { deliveryTag: next, requeue: true }));
  const large = await channel.arrival('basic.get-ok');
  peer.require(large.method.args.deliveryTag === next, `The tag behind ${tags[1]} is ${large.method.args.deliveryTag}.`);
  const left = await takeAll(peer, await channel.connection.channel(), queue, 2);
  const texts = left.map(message => (message.body.length > 10 ? 'the refused message' : textOf(message)));
  requireTexts(peer, texts.sort(), ['last', 'the refused message'], 'What is left in the queue');
}

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
  check('amqp091/reject/while-sending', {
    title: 'A reject that arrives before the content it rejects has been sent is taken',
    duties: ['amqp091/basic.reject.while-sending:emit'],
    run: (peer: Peer) => refuseWhileSending(peer, 'basic.reject'),
  }),
  check('amqp091/nack/while-sending', {
    title: 'A nack that arrives before the content it refuses has been sent is taken',
    duties: ['amqp091/basic.nack.while-sending:emit'],
    capabilities: nack,
    run: (peer: Peer) => refuseWhileSending(peer, 'basic.nack'),
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
